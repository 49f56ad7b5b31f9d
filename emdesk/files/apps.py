from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "emdesk.files"

    def ready(self) -> None:
        import emdesk.files.limits  # noqa: F401, PLC0415  (app ready)

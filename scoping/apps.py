from django.apps import AppConfig


class ScopingConfig(AppConfig):
    name = "scoping"

    def ready(self) -> None:
        from scoping import register  # noqa: F401, PLC0415 (app ready)

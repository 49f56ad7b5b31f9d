from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "emdesk.activity"

    def ready(self) -> None:
        import emdesk.activity.deeds  # noqa: F401, PLC0415  (app ready)

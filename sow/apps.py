from django.apps import AppConfig


class SowConfig(AppConfig):
    name = "sow"

    def ready(self) -> None:
        from sow import register  # noqa: F401, PLC0415 (when the apps are ready)

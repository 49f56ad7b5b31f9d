from django.apps import AppConfig


class ConfigurationConfig(AppConfig):
    name = "emdesk.configuration"

    def ready(self) -> None:
        import emdesk.configuration.currencies  # noqa: PLC0415  (app ready)
        import emdesk.configuration.fiscal_year  # noqa: F401, PLC0415

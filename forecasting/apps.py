from django.apps import AppConfig


class ForecastingConfig(AppConfig):
    name = "forecasting"

    def ready(self) -> None:
        from forecasting import register  # noqa: F401, PLC0415 (when the apps are ready)

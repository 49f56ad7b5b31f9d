from django.apps import AppConfig


class SlaConfig(AppConfig):
    name = "emdesk.sla"

    def ready(self) -> None:
        import emdesk.sla.register  # noqa: F401, PLC0415  (app ready)

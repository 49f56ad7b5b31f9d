from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "emdesk.approvals"

    def ready(self) -> None:
        import emdesk.approvals.register  # noqa: F401, PLC0415  (app ready)

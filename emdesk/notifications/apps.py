from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "emdesk.notifications"

    def ready(self) -> None:
        import emdesk.notifications.register  # noqa: F401, PLC0415  (app ready)

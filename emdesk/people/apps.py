from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "emdesk.people"
    verbose_name = "People"

    def ready(self) -> None:
        from emdesk.people import second_factor  # noqa: PLC0415 (app ready)

        second_factor.listen()

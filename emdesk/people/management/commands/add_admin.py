"""The first administrator of a new desk, or another one when nobody can sign in."""

from argparse import ArgumentParser
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils.timezone import now

from emdesk.people.models import Role, User


class Command(BaseCommand):
    help = "Add an administrator and print the page where they set their password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, email: str, name: str, **options: Any) -> None:
        try:
            user = User.objects.enrol(email, name=name, roles=[Role.ADMIN], by=None, at=now())
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from None
        self.stdout.write(f"{user} sets a password within one hour at {password_page(user)}")


def password_page(user: User) -> str:
    uid, key = user_pk_to_url_str(user), default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})

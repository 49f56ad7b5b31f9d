"""People to test with, and how they come in: by the sign-in page, like everybody."""

from __future__ import annotations

import fcntl
import json
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from emdesk.people.models import Role, User

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = date(2026, 3, 2)
PASSWORD = "correct horse battery"
REPORT = Path(__file__).resolve().parents[2] / "reports" / "login.json"
_numbers = count(1)


def make_user(*roles: Role, **fields: Any) -> User:
    number = next(_numbers)
    fields.setdefault("email", f"person{number}@example.com")
    fields.setdefault("name", f"Person {number}")
    return User.objects.create_user(password=PASSWORD, roles=list(roles), **fields)


def sign_in(client: Client, user: User, password: str = PASSWORD, **extra: Any) -> HttpResponse:
    said = {"login": user.email, "password": password}
    return client.post(reverse("account_login"), said, **extra)


def signed_in(user: User) -> Client:
    client = Client()
    assert sign_in(client, user).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("people:profile")).status_code == 200


def report(name: str, **figures: Any) -> None:
    """Keep a figure for the reader of ``reports/login.json``."""
    REPORT.parent.mkdir(exist_ok=True)
    with REPORT.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        found = json.loads(file.read() or "{}")
        file.truncate(0)
        json.dump(found | {name: figures}, file, indent=2, sort_keys=True)

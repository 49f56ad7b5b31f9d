"""An authenticator app for tests."""

from __future__ import annotations

import re

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

SET_UP = "mfa_activate_totp"


def code_of(secret: str) -> str:
    _, now, _ = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, now))


def secret_shown(client: Client) -> str:
    page = client.get(reverse(SET_UP)).content.decode()
    found = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert found, page
    return found[1]


def set_up(client: Client) -> str:
    """Set up a second factor by the page."""
    secret = secret_shown(client)
    response = client.post(reverse(SET_UP), {"code": code_of(secret)})
    assert response.status_code == 302, response.content.decode()
    return secret


def show_code(client: Client, code: str) -> HttpResponse:
    return client.post(reverse("mfa_authenticate"), {"code": code})

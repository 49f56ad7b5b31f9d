"""Browsers a person has signed in from before.

Wrong passwords from elsewhere count against the account; those from a known browser count by
themselves. So a stranger who hammers an account never keeps its owner out of their own browser,
and knowing the cookie of one browser opens no more guesses than that browser has.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

COOKIE = "known_browser"
SALT = "emdesk.people.known_browser"
REMEMBERED_SECONDS = 180 * 24 * 60 * 60


def browser_of(request: HttpRequest, email: str) -> str:
    """The mark this browser got when ``email`` signed in here, or nothing."""
    mark = request.get_signed_cookie(
        COOKIE, default="", salt=f"{SALT}:{email}", max_age=REMEMBERED_SECONDS
    )
    return mark or ""


def remember(response: HttpResponse, email: str) -> None:
    response.set_signed_cookie(
        COOKIE,
        get_random_string(22),
        salt=f"{SALT}:{email}",
        max_age=REMEMBERED_SECONDS,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )

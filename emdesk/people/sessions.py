"""How long a sign-in lasts: eight hours at most, half an hour of quiet for those who decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from emdesk.people.rules import needs_second_factor

View = TypeVar("View", bound=Callable[..., HttpResponse])
SEEN = "seen_at"
NOTED_EVERY = 60


def unattended(view: View) -> View:
    """Mark a view that pages ask by themselves: being asked is no sign of a person."""
    view.unattended = True  # type: ignore[attr-defined]
    return view


def signed_in_at(request: HttpRequest) -> float | None:
    records = get_authentication_records(request, request.user)
    return records[0]["at"] if records else None


def outlived(request: HttpRequest, at: float) -> bool:
    began = signed_in_at(request)
    return began is not None and at - began > settings.SESSION_COOKIE_AGE


def gone_quiet(request: HttpRequest, at: float) -> bool:
    """Whether someone who must not leave a screen open has done so."""
    if not needs_second_factor(request.user):  # type: ignore[arg-type]
        return False
    seen: float = request.session.get(SEEN, at)
    return at - seen > settings.SECOND_FACTOR_IDLE_SECONDS


def note_presence(request: HttpRequest, view: Any, at: float) -> None:
    """Once a minute is enough, and only for those whose quiet is measured."""
    if getattr(view, "unattended", False) or not needs_second_factor(request.user):  # type: ignore[arg-type]
        return
    if at - request.session.get(SEEN, 0) > NOTED_EVERY:
        request.session[SEEN] = at

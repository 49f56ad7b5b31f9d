"""The second factor: who passed it in this session, and what changes with it.

A session notes whose second factor it has seen. Setting one up or taking one away ends the
person's other sessions, and every check gives the session a new key.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.contrib.auth import update_session_auth_hash
from django.db.transaction import atomic
from django.http import HttpRequest

from emdesk.ledger.recording import record
from emdesk.people.models import User

PASSED = "second_factor_of"


def passed(request: HttpRequest) -> bool:
    return bool(request.session.get(PASSED) == request.user.pk)


def on_used(request: HttpRequest, user: User, **_: Any) -> None:
    request.session[PASSED] = user.pk
    request.session.cycle_key()


def on_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        request.session[PASSED] = user.pk
        _keep_only_this_session(request, user)


def on_removed(request: HttpRequest, user: User, **_: Any) -> None:
    request.session.pop(PASSED, None)
    _keep_only_this_session(request, user)


def _keep_only_this_session(request: HttpRequest, user: User) -> None:
    user.end_sessions()
    update_session_auth_hash(request, user)


@atomic
def forget(user: User, *, by: User, at: datetime) -> None:
    """For somebody who lost their phone and their codes; an administrator vouches for them."""
    removed, _ = Authenticator.objects.filter(user=user).delete()
    if removed:
        user.end_sessions()
        record(user, "people.second_factor_forgotten", by=by, at=at)


def listen() -> None:
    signals.authenticator_used.connect(on_used)
    signals.authenticator_added.connect(on_added)
    signals.authenticator_removed.connect(on_removed)

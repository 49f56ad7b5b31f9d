"""Around every request: is somebody signed in, with a second factor if need be, and still there."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from emdesk.people import sessions
from emdesk.people.rules import needs_second_factor
from emdesk.people.second_factor import passed

Next = Callable[[HttpRequest], HttpResponse]
ON_THE_WAY = ("mfa_activate_totp", "account_reauthenticate")


class SignInRequired(LoginRequiredMiddleware):
    """Every page is private unless its view says otherwise."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponse:
        return to_sign_in(request)


def second_factor(get_response: Next) -> Next:
    """Who needs a second factor sets it up before anything else.

    A session from before it was set up never showed it: that one signs in again.
    """

    def ask(request: HttpRequest, view: Any, *_: Any) -> HttpResponse | None:
        if _open_to_all(request, view) or passed(request):
            return None
        if not needs_second_factor(request.user):  # type: ignore[arg-type]
            return None
        if is_mfa_enabled(request.user):
            return _sign_in_again(request)
        if request.resolver_match and request.resolver_match.view_name in ON_THE_WAY:
            return None
        return go(request, reverse("mfa_activate_totp"))

    def respond(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    respond.process_view = ask  # type: ignore[attr-defined]
    return respond


def session_limits(get_response: Next) -> Next:
    """A session that is too old, or was left alone too long, ends."""

    def ask(request: HttpRequest, view: Any, *_: Any) -> HttpResponse | None:
        if _open_to_all(request, view):
            return None
        at = time.time()
        if sessions.outlived(request, at) or sessions.gone_quiet(request, at):
            return _sign_in_again(request)
        sessions.note_presence(request, view, at)
        return None

    def respond(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    respond.process_view = ask  # type: ignore[attr-defined]
    return respond


def _open_to_all(request: HttpRequest, view: Any) -> bool:
    return not getattr(view, "login_required", True) or not request.user.is_authenticated


def _sign_in_again(request: HttpRequest) -> HttpResponse:
    logout(request)
    return to_sign_in(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """And back to the page they see, which is not what a part of it asked for."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    path = (htmx.current_url_abs_path or "/") if htmx else request.get_full_path()
    return go(request, redirect_to_login(path).url)


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Send the whole page there, also when only a part of it was asked for."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)

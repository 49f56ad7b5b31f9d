"""Who reads figures, and whether the rows behind them may name a customer."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpResponse

from emdesk.people.models import User
from emdesk.web import SignedIn
from forecasting.rules import sees_forecast_calls
from scoping import rules

P = ParamSpec("P")
View = Callable[Concatenate[SignedIn, P], HttpResponse]


def for_readers(view: View[P]) -> View[P]:
    """For everybody else these pages do not exist."""

    @wraps(view)
    def guarded(request: SignedIn, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not rules.reads_win_rate(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def for_hearers(view: View[P]) -> View[P]:
    """Call mode goes deal by deal through everybody's: for the others it does not exist."""

    @wraps(view)
    def guarded(request: SignedIn, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not sees_forecast_calls(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def for_closers(view: View[P]) -> View[P]:
    """What is open is told deal by deal of everybody: for who reads those and the figures."""

    @wraps(view)
    def guarded(request: SignedIn, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        user = request.user
        if not (rules.reads_whole_win_rate(user) and rules.sees_every_issue(user)):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def names_customers(user: User) -> bool:
    """Who signs reads the figures, not the board; the account team sees its own deals alone."""
    return rules.sees_every_issue(user) or not rules.reads_whole_win_rate(user)

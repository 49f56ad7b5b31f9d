"""Files for the CRM and the tracker: what changed here since a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import get_current_timezone, localdate, now
from django.views.decorators.http import require_safe

from emdesk.exporting import TooMuch, download
from emdesk.people.models import User
from emdesk.web import SignedIn
from scoping import rules
from scoping.carrying_back import DEAL_HEAD, LABEL_HEAD, changed_deals, changed_labels
from scoping.views.opportunities import only_readers

USUAL = timedelta(days=7)
Found = Callable[[User, datetime], Iterator[list[Any]]]


@require_safe
def em_fields(request: SignedIn) -> HttpResponse:
    """The EM's fields of changed deals, as a Data Loader takes them."""
    return _file(request, "opportunities-changed", DEAL_HEAD, changed_deals)


@require_safe
def issue_labels(request: SignedIn) -> HttpResponse:
    return _file(request, "labels-changed", LABEL_HEAD, changed_labels)


def _file(request: SignedIn, name: str, head: Sequence[str], found: Found) -> HttpResponse:
    only_readers(request.user)
    if not rules.exports(request.user):
        raise PermissionDenied
    day = _day(request.GET.get("since", ""))
    since = datetime.combine(day, time.min, get_current_timezone())
    try:
        return download("csv", f"{name}-since-{day}", head, found(request.user, since))
    except TooMuch as refusal:
        messages.error(request, f"{refusal} Or choose a later day.")
        return redirect(reverse("scoping:opportunities"))


def _day(text: str) -> date:
    """The day that was asked for, else a week ago."""
    try:
        day: date = forms.DateField(input_formats=["%Y-%m-%d"]).clean(text)
        return day
    except forms.ValidationError:
        return localdate(now()) - USUAL

"""The settings page, read by everyone and changed by a few."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_http_methods, require_safe

from emdesk.configuration.definitions import definition_of
from emdesk.configuration.forms import ChangeForm
from emdesk.configuration.rules import may_change
from emdesk.configuration.standing import standing_of, standings
from emdesk.configuration.values import set_value, value_of
from emdesk.web import SignedIn


@require_safe
def settings(request: SignedIn) -> HttpResponse:
    context = {"standings": standings(localdate()), "may_change": may_change(request.user)}
    return render(request, "configuration/settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedIn, key: str) -> HttpResponse:
    try:
        definition = definition_of(key)
    except KeyError:
        raise Http404 from None
    if not may_change(request.user):
        raise PermissionDenied
    today = localdate()
    form = ChangeForm(definition, value_of(key, today), today, request.POST or None)
    if form.is_valid():
        _set(key, form, request)
        return redirect("configuration:settings")
    context = {"standing": standing_of(definition, today), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "configuration/change.html", context, status=status)


def _set(key: str, form: ChangeForm, request: SignedIn) -> None:
    value, begins = form.cleaned_data["value"], form.cleaned_data["effective_from"]
    reason = form.cleaned_data["reason"]
    set_value(key, value, effective_from=begins, reason=reason, by=request.user, at=now())

"""A person's own pages: who they are, when they are away, how the desk looks to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.transaction import atomic
from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_http_methods, require_POST

from emdesk.configuration.rules import may_change
from emdesk.people.forms import AbsenceForm, ProfileForm, RegionsForm
from emdesk.people.models import Absence, Role, User
from emdesk.web import THEMES, SignedIn

A_YEAR = 365 * 24 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedIn) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if form.is_valid():
        _save(request, form.cleaned_data, at=now())
        messages.success(request, "Your profile is saved.")
        return redirect("people:profile")
    return _page(request, profile_form=form)


def _save(request: SignedIn, said: dict[str, Any], at: datetime) -> None:
    with atomic():
        request.user.choose_calendar(said.pop("calendar"), by=request.user, at=at)
        request.user.amend(by=request.user, at=at, **said)


@require_POST
def add_absence(request: SignedIn) -> HttpResponse:
    form = AbsenceForm(request.POST, instance=Absence(user_id=request.user.pk))
    if form.is_valid():
        try:
            form.instance.keep(by=request.user, at=now())
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, f"{form.instance.delegate} stands in for you.")
            return redirect("people:profile")
    return _page(request, absence_form=form)


@require_POST
def end_absence(request: SignedIn, pk: int) -> HttpResponse:
    """Back at work today: yesterday was the last day away."""
    absence = get_object_or_404(Absence.objects.ahead(localdate()), pk=pk, user=request.user)
    absence.end(localdate() - timedelta(days=1), by=request.user, at=now())
    messages.success(request, "Nobody stands in for you any more.")
    return redirect("people:profile")


@require_http_methods(["GET", "HEAD", "POST"])
def regions(request: SignedIn) -> HttpResponse:
    """By which calendar each region goes, for those who may change settings."""
    if not may_change(request.user):
        raise PermissionDenied
    form = RegionsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with atomic():
            for region in form.chosen():
                region.keep(by=request.user, at=now())
        messages.success(request, "The regions' calendars are saved.")
        return redirect("calendars:calendars")
    status = 422 if form.is_bound else 200
    return render(request, "people/regions.html", {"form": form}, status=status)


def _page(request: SignedIn, **bound: BaseForm) -> HttpResponse:
    absences = request.user.absences.ahead(localdate()).select_related("delegate")
    context = {
        "profile_form": ProfileForm(instance=request.user),
        "absence_form": AbsenceForm(instance=Absence(user_id=request.user.pk)),
        "absences": absences,
        "roles": [Role(role).label for role in request.user.roles],
        "today": localdate(),
        "themes": THEMES,
    } | bound
    status = 422 if any(form.errors for form in bound.values()) else 200
    return render(request, "people/profile.html", context, status=status)


@require_POST
def theme(request: SignedIn) -> HttpResponse:
    chosen, back = request.POST.get("theme", ""), request.POST.get("next", "")
    if chosen not in THEMES:
        return HttpResponseBadRequest("Choose auto, light or dark.")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    response = redirect(back if safe else "people:profile")
    response.set_cookie("theme", chosen, max_age=A_YEAR, secure=request.is_secure(), samesite="Lax")
    return response

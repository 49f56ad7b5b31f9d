"""A person's own pages: who they are, when they are away, how the desk looks to them."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_http_methods, require_POST

from emdesk.people.forms import AbsenceForm, ProfileForm
from emdesk.people.models import Absence, Role, User
from emdesk.web import THEMES, SignedIn

A_YEAR = 365 * 24 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedIn) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if form.is_valid():
        request.user.amend(by=request.user, at=now(), **form.cleaned_data)
        messages.success(request, "Your profile is saved.")
        return redirect("people:profile")
    return _page(request, profile_form=form)


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

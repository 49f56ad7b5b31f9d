"""A subject's timeline, and watching it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from emdesk.activity.timeline import timeline
from emdesk.activity.watching import unwatch, watch
from emdesk.subjects import visible_subjects
from emdesk.web import SignedIn


@require_safe
def page(request: SignedIn, label: str, pk: int) -> HttpResponse:
    subject = visible_subjects.find(label, pk, request.user)
    show, before = request.GET.get("show", ""), request.GET.get("before", "")
    context = {"subject": subject, "timeline": timeline(subject, show=show, before=before)}
    if request.htmx:
        template = "activity/_entries.html" if before else "activity/_timeline.html"
    else:
        template = "activity/timeline.html"
    return render(request, template, context)


@require_POST
def start_watching(request: SignedIn, label: str, pk: int) -> HttpResponse:
    subject = visible_subjects.find(label, pk, request.user)
    watch(subject, by=request.user, at=now())
    return _after_watching(request, subject, watching=True)


@require_POST
def stop_watching(request: SignedIn, label: str, pk: int) -> HttpResponse:
    subject = visible_subjects.find(label, pk, request.user)
    unwatch(subject, by=request.user, at=now())
    return _after_watching(request, subject, watching=False)


def _after_watching(request: SignedIn, subject: Any, *, watching: bool) -> HttpResponse:
    if not request.htmx:
        return redirect(subject)
    context = {"label": subject._meta.label_lower, "pk": subject.pk, "watching": watching}
    return render(request, "activity/_watch.html", context)

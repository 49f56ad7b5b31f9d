"""Planning, ending and carrying away meetings about an issue."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from emdesk.web import SignedIn
from scoping import meetings, rules
from scoping.forms.issue import MeetingForm, NotesForm
from scoping.models import Meeting
from scoping.views.editing import READ_WRITE, form_about, only_if
from scoping.views.moves import find


@READ_WRITE
def plan_meeting(request: SignedIn, pk: int) -> HttpResponse:
    found = find(request, pk)
    only_if(rules.works_issue(found, request.user))
    form = MeetingForm(request.POST or None, instance=Meeting(issue=found))
    if request.method == "POST" and form.is_valid():
        people = list(form.cleaned_data["people"])
        meetings.plan(form.save(commit=False), people, by=request.user, at=now())
        return redirect(f"{found.get_absolute_url()}#meetings")
    return form_about(request, found, form, "Plan a meeting", "Plan it")


@require_POST
def end_meeting(request: SignedIn, pk: int, meeting_pk: int) -> HttpResponse:
    """It was held, with these notes; or it was cancelled."""
    found = find(request, pk)
    only_if(rules.works_issue(found, request.user))
    meeting = get_object_or_404(found.meetings, pk=meeting_pk, cancelled_at=None)
    if "cancel" in request.POST and not meeting.held_at:
        meetings.cancel(meeting, by=request.user, at=now())
        return redirect(f"{found.get_absolute_url()}#meetings")
    form = NotesForm(request.POST)
    if form.is_valid():
        notes = form.cleaned_data["notes"]
        meetings.hold(meeting, notes=notes, by=request.user, at=now())
    else:
        messages.error(request, "Write down in a few words what was said.")
    return redirect(f"{found.get_absolute_url()}#meetings")


@require_safe
def calendar_file(request: SignedIn, pk: int, meeting_pk: int) -> HttpResponse:
    found = find(request, pk)
    meeting = get_object_or_404(found.meetings, pk=meeting_pk)
    response = HttpResponse(meetings.calendar_file(meeting, found, now()), "text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.reference}.ics"'
    return response

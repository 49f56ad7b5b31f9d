"""The promises: read by everyone, changed by the leads, tried out before they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_http_methods, require_safe

from emdesk.calendars.drawing import DrawnDay, draw_week
from emdesk.calendars.hours import Hours, due, timetable
from emdesk.calendars.spelling import spell_week
from emdesk.sla.forms import PolicyForm, TryForm
from emdesk.sla.models import Clock, Policy
from emdesk.sla.publishing import Overtaken, differences, publish
from emdesk.sla.replaying import replay
from emdesk.sla.rules import changes_policies
from emdesk.sla.signs import labels, pause_reasons, watched
from emdesk.sla.wording import hours_in_words, spelled_change
from emdesk.subjects import visible_subjects
from emdesk.web import SignedIn


@dataclass(frozen=True)
class Line:
    """One promise in the list: the version in force, one to come, how many seen clocks run."""

    policy: Policy
    to_come: Policy | None
    running: int
    words: str
    heard: bool


@dataclass(frozen=True)
class Trial:
    """When a clock would be due by each kind of hours."""

    hours: str
    due_at: datetime
    chosen: bool

    @property
    def words(self) -> str:
        """By the calendar's own clock, whatever the reader's is."""
        return in_words(self.due_at)


@require_safe
def policies(request: SignedIn) -> HttpResponse:
    at = now()
    seen = Clock.objects.live().filter(visible_subjects.rows(request.user))
    running = dict(seen.order_by().values_list("key").annotate(Count("pk")))
    latest = {each.key: each for each in Policy.objects.order_by("version")}
    lines = [
        Line(
            each,
            latest[each.key] if latest[each.key].effective_from > at else None,
            running.get(each.key, 0),
            hours_in_words(each),
            _says(each.key) is not None,
        )
        for each in Policy.objects.in_force(at)
    ]
    lines.sort(key=lambda line: line.policy.position)
    context = {"lines": lines, "may_change": changes_policies(request.user)}
    return render(request, "sla/policies.html", context)


@require_safe
def policy(request: SignedIn, key: str) -> HttpResponse:
    at = now()
    versions = _versions(key)
    current = next((each for each in versions if each.effective_from <= at), versions[-1])
    context = {
        "policy": current,
        "to_come": [each for each in versions if each.effective_from > at],
        "history": _history(versions),
        "may_change": changes_policies(request.user),
        **_about(key),
        **_tried(request, current, at),
    }
    return render(request, "sla/policy.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedIn, key: str) -> HttpResponse:
    if not changes_policies(request.user):
        raise PermissionDenied
    answer: HttpResponse = _change(request, key)
    return answer


def _publishes(request: SignedIn) -> bool:
    return request.POST.get("do") == "publish"


@reauthentication_required(enabled=_publishes)  # type: ignore[untyped-decorator]
def _change(request: SignedIn, key: str) -> HttpResponse:
    """The sentence with its gaps; looked at with its consequences before it is published.

    Whoever publishes proves who they are, unless they did minutes ago; what was said is kept.
    """
    at = now()
    latest = _versions(key)[0]
    form = PolicyForm(latest, at, request.POST or None, heard=_says(key) is not None)
    proposed, played = latest, None
    if form.is_valid():
        proposed = form.proposed
        if _publishes(request):
            if _published(form, latest, request, at):
                return redirect("sla:policy", key)
        else:
            played = replay(proposed, localdate(), at)
    context = {
        "policy": latest,
        "form": form,
        "replay": played,
        "looked": form.is_bound and form.is_valid(),
        **_about(key),
        **_tried(request, proposed, at),
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "sla/change.html", context, status=status)


def in_words(moment: datetime) -> str:
    return f"{moment:%A %-d %B %Y, %H:%M}"


def _published(form: PolicyForm, latest: Policy, request: SignedIn, at: datetime) -> bool:
    said = form.cleaned_data
    try:
        if said["version"] != latest.version:
            raise Overtaken
        publish(
            latest,
            by=request.user,
            at=at,
            effective_from=said["effective_from"],
            reason=said["reason"],
            migrate=said["migrate"],
            **form.changed,
        )
    except Overtaken:
        form.add_error(None, "Somebody published another version meanwhile. Look at it first.")
        return False
    messages.success(request, f"{latest.name} is changed.")
    return True


def _versions(key: str) -> list[Policy]:
    """Every version, newest first, or 404."""
    found = Policy.objects.filter(key=key).select_related("set_by").order_by("-version")
    versions = list(found)
    if not versions:
        raise Http404
    return versions


def _history(versions: list[Policy]) -> list[tuple[Policy, list[str]]]:
    older = [*versions[1:], None]
    return [
        (new, [spelled_change(*each) for each in differences(old, new).items()] if old else [])
        for new, old in zip(versions, older, strict=True)
    ]


def _says(key: str) -> tuple[str, str] | None:
    """What starts and what stops this promise, if anything in emdesk does."""
    watches = (watched(label) for label in labels())
    return next((each.says[key] for each in watches if each and key in each.says), None)


def _about(key: str) -> dict[str, Any]:
    says = _says(key)
    return {"starts": says and says[0], "stops": says and says[1], "reasons": pause_reasons()}


def _tried(request: SignedIn, policy: Policy, at: datetime) -> dict[str, Any]:
    """The sample week, and when a clock would be due by each kind of hours."""
    form = TryForm(at, request.GET)
    calendar, started = form.cleaned_data.get("calendar"), form.cleaned_data.get("started")
    if calendar is None or started is None:
        return {"try_form": form, "trials": [], "days": list[DrawnDay](), "words": ""}
    table = timetable(calendar)
    zone = ZoneInfo(calendar.time_zone)
    started = started.replace(tzinfo=zone)
    trials = [
        Trial(
            str(kind.label),
            due(started, policy.budget, kind, table).astimezone(zone),
            kind == policy.hours,
        )
        for kind in Hours
    ]
    return {
        "try_form": form,
        "trials": trials,
        "days": draw_week(calendar, started.date()),
        "zone": calendar.time_zone,
        "started": in_words(started),
        "week": spell_week(table.week),
        "words": hours_in_words(policy),
    }

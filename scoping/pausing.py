"""Letting one clock stand still by hand, and letting it run again: dated deeds with a reason.

Only its own EM and the leads may (promises.md §5), and nobody after time was up or before
something was announced: a pause explains a delay, it hides none.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.transaction import atomic
from django.utils.timezone import localtime

from emdesk.ledger.models import Event
from emdesk.ledger.recording import append, event_of
from emdesk.people.models import User
from emdesk.sla.models import Clock
from emdesk.sla.signs import ANNOUNCEMENTS
from emdesk.workflow import NotAllowed, Refused, fresh
from scoping import rules
from scoping.clocks import PAUSED, RESUMED
from scoping.models import ScopingIssue
from scoping.promises import Standing, date_of, dated, moment, standing


def pause(
    issue: ScopingIssue,
    key: str,
    reason: str,
    *,
    by: User,
    at: datetime,
    happened_at: datetime | None = None,
) -> Event:
    """Raises :class:`NotAllowed` and :class:`Refused`, each saying what would help."""
    with atomic():
        issue, clock, done = _about(issue, key, by)
        if halted(clock, done):
            raise Refused(f"“{clock.policy.name}” is paused already.")
        begun = happened_at and dated(happened_at, at, first=clock.started_at)
        if begun:
            _not_before_what_was_said(issue, begun)
        if clock.due_at and clock.due_at <= (begun or at):
            raise Refused("Its time is up, so a pause would change nothing.")
        return _told(issue, clock, PAUSED, by=by, at=at, happened=begun or at, reason=reason)


def resume(
    issue: ScopingIssue, key: str, *, by: User, at: datetime, happened_at: datetime | None = None
) -> Event:
    with atomic():
        issue, clock, done = _about(issue, key, by)
        halt = halted(clock, done)
        if halt is None:
            raise Refused(f"“{clock.policy.name}” is not paused by hand.")
        ended = dated(happened_at, at, first=moment(halt)) if happened_at else at
        return _told(issue, clock, RESUMED, by=by, at=at, happened=ended)


def halted(clock: Clock, done: Standing) -> Event | None:
    """The pause by hand that this clock stands in."""
    halt, ended = (done.get(f"{verb}:{clock.key}") for verb in ("clock_paused", "clock_resumed"))
    if halt is None or halt.number < clock.number:
        return None
    return None if ended and ended.number > halt.number else halt


def _about(issue: ScopingIssue, key: str, by: User) -> tuple[ScopingIssue, Clock, Standing]:
    issue = fresh(issue)
    if not rules.pauses_clocks(issue, by):
        raise NotAllowed("Its EM or a lead pauses a clock. Ask one, or leave a comment.")
    live = Clock.objects.about(issue).live().filter(key=key).select_related("policy").first()
    if live is None:
        raise Refused("This clock does not run any more.")
    return issue, live, standing(issue)[issue.pk]


def _not_before_what_was_said(issue: ScopingIssue, begun: datetime) -> None:
    said = Event.objects.about(issue).filter(verb__in=ANNOUNCEMENTS, at__gt=begun).last()
    if said:
        when = f"{localtime(said.at):%-d %b, %H:%M}"
        raise Refused(f"People were told of a clock of this issue on {when}. Date it after that.")


def _told(
    issue: ScopingIssue,
    clock: Clock,
    verb: str,
    *,
    by: User,
    at: datetime,
    happened: datetime,
    **more: str,
) -> Event:
    said: dict[str, Any] = {"policy": clock.key, "name": clock.policy.name}
    said |= date_of(happened, at) | more
    event = event_of(issue, verb, by=by, at=at, **said)
    append([event])
    return event

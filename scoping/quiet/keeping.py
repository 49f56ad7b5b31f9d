"""Keeping a quiet issue open: until a stated day, for a reason, renewed and never for good."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django import forms
from django.db.transaction import atomic

from emdesk.configuration.definitions import Definition, register
from emdesk.configuration.values import value_of
from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import record
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh
from scoping.models import ScopingIssue
from scoping.promises import history_of
from scoping.quarters import day_at
from scoping.quiet.silences import KEPT, Calendar, silence_in
from scoping.rules import closes

LONGEST = "quiet_longest_keep_days"

register(
    Definition(
        key=LONGEST,
        name="Longest time to keep a quiet issue open, in days",
        help="Somebody who still believes in it renews it then.",
        default=90,
        field=lambda: forms.IntegerField(min_value=1, max_value=366),
    )
)


@dataclass
class Kept:
    """Which issues are kept open now, and each other one with the reason."""

    done: list[ScopingIssue] = field(default_factory=list)
    refused: list[tuple[ScopingIssue, str]] = field(default_factory=list)


def last_day_to_keep(at: datetime) -> date:
    today = day_at(at)
    return today + timedelta(days=value_of(LONGEST, today))


def keep_open(
    issue: ScopingIssue,
    *,
    until: date,
    reason: str,
    by: User,
    at: datetime,
    origin: str = Origin.PERSON,
) -> Event:
    """The deal is alive although nobody worked on it: the rule waits until that day is over."""
    with atomic():
        issue = fresh(issue)
        if not closes(issue, by):
            raise NotAllowed("Its EM keeps an issue open; one of nobody's, a lead does.")
        if against := _against(issue, until, at):
            raise Refused(against)
        said = {"until": until.isoformat(), "reason": reason}
        return record(issue, KEPT, by=by, at=at, origin=origin, **said)


def keep_all(
    issues: Iterable[ScopingIssue], *, until: date, reason: str, by: User, at: datetime
) -> Kept:
    """The same for many; what cannot be kept stops nothing else."""
    kept = Kept()
    for issue in sorted(issues, key=lambda each: each.pk):
        try:
            keep_open(issue, until=until, reason=reason, by=by, at=at)
            kept.done.append(issue)
        except Refused as refusal:
            kept.refused.append((issue, refusal.reason))
    return kept


def _against(issue: ScopingIssue, until: date, at: datetime) -> str:
    if not issue.live:
        return "It is closed. Reopen it instead."
    if until <= day_at(at):
        return "Choose a day after today."
    last = last_day_to_keep(at)
    if until > last:
        return f"Choose a day up to {last:%-d %b %Y}, and renew it then."
    silence = silence_in(history_of(issue), issue, Calendar(at))
    if not silence.kept and until <= silence.two_months:
        return f"It stays open until {silence.two_months:%-d %b %Y} anyway. Choose a later day."
    return ""

"""What the rule does in a night: tell of marks, then close what is beyond its grace.

A pass acts on every day that is over, so one pass after downtime catches up, a mark that a later
one overtook is folded into it, and a second pass finds nothing left. Issues are locked first and
looked at again under the lock; what somebody else holds is left for the next pass.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from time import monotonic

from django.db.transaction import atomic

from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import append, event_about
from emdesk.workflow import Refused, perform
from scoping.deals import TO_NOTE
from scoping.models import ScopingIssue
from scoping.quarters import day_at, quarter_of
from scoping.quiet.activity import LABEL, with_activity
from scoping.quiet.days import Silence
from scoping.quiet.silences import WARNED, Calendar, Quiet, quiets, silent
from scoping.states import CloseReason

BATCH = 100
LONGEST = timedelta(minutes=20)
DAY = timedelta(days=1)
log = logging.getLogger(__name__)


@dataclass
class Night:
    """What a pass came to, in issues; ``refused`` says why some did not close."""

    told: int = 0
    closed: int = 0
    refused: dict[int, str] = field(default_factory=dict)
    stumbled: int = 0
    finished: bool = True


def pass_night(at: datetime, *, longest: timedelta = LONGEST, origin: str = Origin.PERSON) -> Night:
    """Do what every day that is over by ``at`` asks for; ``origin`` is the demo's to say."""
    done, last_day, began = Night(), day_at(at) - DAY, monotonic()
    waiting = silent(ScopingIssue.objects.all(), at)
    pks = sorted(each.pk for each in waiting if asks(each.silence, last_day))
    for some in _in_turn(pks):
        if monotonic() - began > longest.total_seconds():
            done.finished = False
            break
        try:
            with atomic():
                _act(some, at, last_day, origin, done)
        except Exception:
            log.exception("A batch of quiet issues failed; each is tried by itself.")
            _one_by_one(some, at, last_day, origin, done)
    return done


def asks(silence: Silence, day: date) -> bool:
    """Whether the night after this day has anything to do."""
    return silence.closes(day) or bool(silence.reached(day))


def _in_turn(pks: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(pks), BATCH):
        yield pks[start : start + BATCH]


def _one_by_one(pks: Sequence[int], at: datetime, last_day: date, origin: str, done: Night) -> None:
    for pk in pks:
        try:
            with atomic():
                _act([pk], at, last_day, origin, done)
        except Exception:
            log.exception("The two-months rule failed for issue %s.", pk)
            done.stumbled += 1


def _act(pks: Sequence[int], at: datetime, last_day: date, origin: str, done: Night) -> None:
    rows = ScopingIssue.objects.filter(pk__in=pks).order_by("pk")
    mine = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
    live = with_activity(ScopingIssue.objects.live().filter(pk__in=mine))
    found = sorted(quiets(live, Calendar(at)), key=lambda each: each.pk)
    closing = [each for each in found if each.silence.closes(last_day)]
    notices = [
        _notice(each, at, last_day, origin)
        for each in found
        if each not in closing and each.silence.reached(last_day)
    ]
    if notices:
        append(notices)
    refused = {each.pk: reason for each in closing if (reason := close(each, at, origin))}
    done.told += len(notices)
    done.closed += len(closing) - len(refused)
    done.refused |= refused


def _notice(quiet: Quiet, at: datetime, last_day: date, origin: str) -> Event:
    silence = quiet.silence
    *folded, (mark, day) = silence.reached(last_day)
    return event_about(
        (LABEL, quiet.pk),
        WARNED,
        by=None,
        at=at,
        origin=origin,
        mark=mark,
        folded=[each for each, _ in folded],
        reached=day.isoformat(),
        since=silence.active_on.isoformat(),
        due=silence.due.isoformat(),
        night=last_day.isoformat(),
        closes=silence.closes_on(last_day).isoformat(),
    )


def close(quiet: Quiet, at: datetime, origin: str) -> str:
    """Nothing when it is closed, else why that was refused."""
    issue = ScopingIssue.objects.get(pk=quiet.pk)
    try:
        with atomic():
            perform(
                issue.lose,
                by=None,
                at=at,
                fill=TO_NOTE,
                origin=origin,
                quarter=str(quarter_of(quiet.silence.due)),
                reason=CloseReason.TIMED_OUT,
                note=f"Nobody has worked on it since {quiet.silence.active_on:%-d %b %Y}.",
            )
    except Refused as refusal:
        return refusal.reason
    return ""

"""From events to notices: each event once, whatever becomes of the process that does it.

Rows of ``Dispatch`` are claimed, and deleted in the transaction that writes the notices, so an
event is either wholly announced or not at all. One that cannot be announced is tried again later
and ends after several tries; the others go on.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.transaction import atomic
from django.utils.timezone import override

from emdesk.activity.models import Comment
from emdesk.activity.sentences import describe
from emdesk.ledger.models import Dispatch, Event
from emdesk.notifications import slack
from emdesk.notifications.handing_over import withdraw
from emdesk.notifications.kinds import By
from emdesk.notifications.models import Mail, Notification, SlackPost
from emdesk.notifications.quiet import leaves_at, zone_of
from emdesk.notifications.recipients import Told, reach, wishes_of
from emdesk.notifications.waits import TRIES, leaves_soonest, pause
from emdesk.notifications.writing import notice

BATCH = 50
log = logging.getLogger(__name__)


def fan_out(at: datetime) -> int:
    """Announce the oldest events nobody was told of; how many there were."""
    with atomic():
        rows = list(
            Dispatch.objects.due(at)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("event", "event__actor")[:BATCH]
        )
        if rows:
            _announce_or_put_off(rows, at)
    return len(rows)


def _announce_or_put_off(rows: Sequence[Dispatch], at: datetime) -> None:
    """All of them at once or, when that fails, one by one, so that only the faulty wait."""
    try:
        with atomic():
            announce([row.event for row in rows], at)
            Dispatch.objects.filter(pk__in=[row.pk for row in rows]).delete()
    except Exception as error:  # noqa: BLE001 (whatever it is, the others must go on)
        if len(rows) == 1:
            _put_off(rows[0], error, at)
        else:
            for row in rows:
                _announce_or_put_off([row], at)


def _put_off(row: Dispatch, error: Exception, at: datetime) -> None:
    log.warning("event %s is not announced: %s", row.pk, error, exc_info=error)
    row.attempts += 1
    row.last_error = f"{type(error).__name__}: {error}"[:300]
    if row.attempts >= TRIES:
        row.dead_at = at
    row.next_at = at + pause(row.attempts)
    row.save()


def announce(events: Sequence[Event], at: datetime) -> None:
    """Write the notices of these events, all of which can be said. A second time does nothing."""
    events = _without_taken_back(events)
    spared = _withdraw_taken_back(events, at)
    reached = reach(events, at)
    found = [each for each in reached.told if (each.event.pk, each.to.pk) not in spared.people]
    said = [(each, _said(each)) for each in found]
    _keep_lines(found)
    _write_mails(said, at)
    slack.write_posts(reached, spared.channels, at)


def _keep_lines(found: Sequence[Told]) -> None:
    lines = [_line(each) for each in found if each.inbox or each.mail == By.DIGEST]
    Notification.objects.bulk_create(lines, ignore_conflicts=True)


def _said(each: Told) -> str:
    """Its sentence, with times on the reader's own clock."""
    with override(zone_of(each.to)):
        return describe(each.event)


def _write_mails(said: Sequence[tuple[Told, str]], at: datetime) -> None:
    mailed = [(each, text) for each, text in said if each.mail == By.NOW and each.to.email]
    quotes = _quotes([each.event for each, _ in mailed])
    mails = [_mail(each, text, quotes.get(each.event.pk, ""), at) for each, text in mailed]
    Mail.objects.bulk_create(mails, ignore_conflicts=True)


def _line(each: Told) -> Notification:
    event = each.event
    return Notification(
        key=f"{event.pk}:{each.to.pk}",
        event=event,
        recipient=each.to,
        meant_for=each.meant_for,
        kind=each.kind.key,
        because=each.because,
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        at=event.at,
        inbox=each.inbox,
        digest=each.mail == By.DIGEST,
    )


def _mail(each: Told, sentence: str, quote: str, at: datetime) -> Mail:
    soonest = leaves_soonest(each.event, at)
    leaves = soonest if each.kind.pierces else leaves_at(wishes_of(each.to), each.to, soonest)
    return notice(
        each.event,
        each.subject,
        each.to,
        kind=each.kind.key,
        because=each.because,
        sentence=sentence,
        quote=quote,
        written_at=at,
        leaves_at=leaves,
    )


def _quotes(events: Sequence[Event]) -> dict[int, str]:
    """What was said, by event; nothing of what was taken back since."""
    said = {event.data["comment"]: event.pk for event in events if "comment" in event.data}
    if not said:
        return {}
    found = Comment.objects.filter(pk__in=said, withdrawn_at=None).values_list("pk", "body")
    return {said[pk]: body for pk, body in found}


# What was taken back.


def _undoes(event: Event) -> tuple[str, int, Any] | None:
    if "undoes" not in event.data:
        return None
    return event.subject_type, event.subject_id, event.data["undoes"]


def _without_taken_back(events: Sequence[Event]) -> list[Event]:
    """Neither what was done and undone before anybody was told, nor the undoing."""
    here = {(event.subject_type, event.subject_id, event.number) for event in events}
    undone = {_undoes(event) for event in events} & here
    return [
        event
        for event in events
        if (event.subject_type, event.subject_id, event.number) not in undone
        and _undoes(event) not in undone
    ]


@dataclass
class Spared:
    """Who never hears what was undone, so needs not hear of the undoing: its event, and whom."""

    people: set[tuple[int, int | None]] = field(default_factory=set)
    channels: set[tuple[int, int]] = field(default_factory=set)


def _withdraw_taken_back(events: Sequence[Event], at: datetime) -> Spared:
    """Stop mails and posts of what is undone that cannot have left."""
    spared = Spared()
    for event in events:
        if undone := _undoes(event):
            label, pk, number = undone
            about = Q(event__subject_type=label, event__subject_id=pk, event__number=number)
            people = withdraw(Mail.objects.filter(about), "recipient", at)
            lines = Notification.objects.filter(about, recipient__in=people, seen_at=None)
            lines.update(inbox=False, digest=False)
            channels = withdraw(SlackPost.objects.filter(about), "channel", at)
            spared.people |= {(event.pk, person) for person in people}
            spared.channels |= {(event.pk, channel) for channel in channels}
    return spared

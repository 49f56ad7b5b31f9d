"""One deed with many issues: first what will go and what not, then issue by issue, then undo.

Every change goes through the same door as a single one, in a savepoint of its own, and its event
carries the batch's key. What cannot go stays behind with its reason and stops nothing else.
Sending a batch twice does it once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import IntegrityError
from django.db.models import Q, prefetch_related_objects
from django.db.transaction import atomic
from django.utils.timezone import localdate

from emdesk.activity.sentences import who
from emdesk.configuration.values import value_of
from emdesk.ledger.models import Event
from emdesk.ledger.recording import carrying
from emdesk.people.models import User
from emdesk.workflow import MOVED_BACK, Conflict, Refused, fresh, undo
from scoping.bulk_deeds import Assign, Deed, Label, Move
from scoping.facts import Overtaken, amend
from scoping.models import ScopingIssue
from scoping.rules import triages
from scoping.states import State

__all__ = ["Assign", "Batch", "Deed", "Label", "Move", "Plan", "carry_out", "plan", "take_back"]

MOST = 200  # issues in one batch
AT_ONCE = 25  # issues in one transaction, so that nobody waits long for a card
NAMED = ("account", "engagement_manager", "segment", "opportunity")
FACTS = ("scoping.assigned", "scoping.amended")
Seen = tuple[int, int | None]
Left = tuple[ScopingIssue, str]


@dataclass
class Plan:
    """What a deed will do: the issues that are ready, and each other one with the reason."""

    deed: Deed
    ready: list[ScopingIssue] = field(default_factory=list)
    refused: list[Left] = field(default_factory=list)
    key: str = ""


@dataclass
class Batch:
    """What was done, or taken back, under one key; and what was not, with the reason."""

    key: str
    done: list[ScopingIssue] = field(default_factory=list)
    refused: list[Left] = field(default_factory=list)


def plan(
    issues: Iterable[ScopingIssue],
    deed: Deed,
    *,
    by: User,
    at: datetime,
    seen: Mapping[int, Seen] | None = None,
    key: str = "",
) -> Plan:
    """Try a deed on paper. ``seen`` is how each issue stood when the person looked (:func:`look`);
    an issue that moved or changed hands since then stays behind."""
    found = sorted(issues, key=lambda issue: issue.pk)
    prefetch_related_objects(found, *NAMED)
    planned = Plan(deed, key=key or uuid4().hex)
    done = _done(planned.key, found, by)
    for issue in found:
        known = (seen or {}).get(issue.pk)
        reason = deed.against(issue, by, at)
        if known not in (None, look(issue)):
            reason = _meanwhile(issue, known)
        if issue.pk in done:
            reason = ""
        if reason:
            planned.refused.append((issue, reason))
        else:
            planned.ready.append(issue)
    return planned


def look(issue: ScopingIssue) -> Seen:
    """How an issue stands: how often it has moved, and whose it is."""
    return issue.moves, issue.engagement_manager_id


def carry_out(planned: Plan, *, by: User, at: datetime) -> Batch:
    """Do what was planned. An issue that changes before its turn comes stays behind."""
    batch = Batch(planned.key, refused=list(planned.refused))
    for some in _in_turn(planned.ready):
        with atomic():
            _lock(some)
            done = _done(planned.key, some, by)
            for issue in some:
                reason = "" if issue.pk in done else _do(planned, issue, by, at)
                _sort_in(batch, issue, reason)
    return batch


def take_back(key: str, *, by: User, at: datetime) -> Batch:
    """Undo a batch of this person's, as far as nobody changed its issues since."""
    batch, events = Batch(key), _events(key, by, at)
    about = ScopingIssue.objects.in_bulk([event.subject_id for event in events])
    for some in _in_turn(sorted(about.values(), key=lambda issue: issue.pk)):
        with atomic():
            _lock(some)
            for issue in some:
                mine = [event for event in events if event.subject_id == issue.pk]
                _sort_in(batch, issue, _undo(mine[-1], issue, by, at))
    return batch


def undo_time(at: datetime) -> timedelta:
    return timedelta(minutes=value_of("undo_minutes", localdate(at)))


def _in_turn(issues: list[ScopingIssue]) -> Iterator[list[ScopingIssue]]:
    for start in range(0, len(issues), AT_ONCE):
        yield issues[start : start + AT_ONCE]


def _lock(issues: list[ScopingIssue]) -> None:
    """Always in the same order, so that two batches never wait for each other."""
    rows = ScopingIssue.objects.select_for_update().order_by("pk")
    list(rows.filter(pk__in=[issue.pk for issue in issues]).values_list("pk"))


def _done(key: str, issues: list[ScopingIssue], by: User) -> set[int]:
    """Those with which the batch has been done before, and not taken back."""
    if not issues:
        return set()
    batch_or_undo = Q(actor=by, data__batch=key) | Q(data__has_key="undoes")
    events = Event.objects.about(*issues).filter(batch_or_undo)
    found = list(events.values_list("subject_id", "number", "data__undoes"))
    undone = {(subject, number) for subject, _, number in found if number}
    return {
        subject
        for subject, number, undoes in found
        if not undoes and (subject, number) not in undone
    }


def _sort_in(batch: Batch, issue: ScopingIssue, reason: str) -> None:
    if reason:
        batch.refused.append((issue, reason))
    else:
        batch.done.append(issue)


def _do(planned: Plan, issue: ScopingIssue, by: User, at: datetime) -> str:
    """Nothing when it is done, else why it could not be."""
    try:
        with atomic(), carrying(batch=planned.key):
            planned.deed.do(issue, by=by, at=at)
    except Conflict as conflict:
        return _moved(conflict.event)
    except Refused as refusal:
        return refusal.reason
    except Overtaken:
        return "Somebody changed it meanwhile. Look again."
    except IntegrityError:
        return "What it holds does not fit this. Open it and do it there."
    return ""


def _meanwhile(issue: ScopingIssue, known: Seen | None) -> str:
    """What happened to an issue since the person looked."""
    if known and known[0] != issue.moves:
        return _moved(issue.last_move)
    manager = issue.engagement_manager
    return f"It went to {manager.name} meanwhile." if manager else "It has no EM any more."


def _moved(event: Event | None) -> str:
    if event is None:
        return "Somebody moved it meanwhile."
    return f"{who(event)} moved it to {State(event.after).label} meanwhile."


def _events(key: str, by: User, at: datetime) -> list[Event]:
    """What this person did under a key, as far back as undo reaches."""
    transitions = ScopingIssue._meta.get_field("state").get_all_transitions(ScopingIssue)
    verbs = {*FACTS, *(f"scoping.{each.name}" for each in transitions)}
    events = Event.objects.filter(verb__in=verbs, at__gte=at - undo_time(at), at__lte=at)
    return list(events.filter(actor=by, data__batch=key).order_by("subject_id", "number"))


def _undo(event: Event, issue: ScopingIssue, by: User, at: datetime) -> str:
    """Nothing when it is as before, else why it could not be."""
    try:
        with atomic():
            if event.moved:
                return _move_back(event, issue, by, at)
            return _restore(event, issue, by, at)
    except Refused as refusal:
        return refusal.reason
    except Overtaken:
        return "Somebody changed it since."


def _move_back(event: Event, issue: ScopingIssue, by: User, at: datetime) -> str:
    last = issue.last_move
    if last != event:
        back = last and last.verb.endswith(MOVED_BACK)
        return "It was taken back already." if back else "It was moved on since."
    undo(issue, by=by, at=at, within=undo_time(at))
    return ""


def _restore(event: Event, issue: ScopingIssue, by: User, at: datetime) -> str:
    if not triages(issue, by):
        return "You may not change it any more."
    changed: dict[str, list[Any]] = event.data["changed"]
    now, seen = fresh(issue), {name: new for name, (_, new) in changed.items()}
    before = {name: old for name, (old, _) in changed.items()}
    if labels := changed.get("free_labels"):
        before, seen = {"free_labels": _without(now.free_labels, *labels)}, {}
    with carrying(undoes=event.number):
        restored = amend(issue, by=by, at=at, seen=seen, verb=event.verb, **before)
    return "" if restored else "It was taken back already."


def _without(labels: list[str], old: list[str], new: list[str]) -> list[str]:
    """Labels less what one change brought, with what it took; others' labels stay."""
    brought, took = set(new) - set(old), set(old) - set(new)
    kept = [label for label in labels if label not in brought]
    return kept + [label for label in old if label in took and label not in kept]

"""Setting back what an import changed, by new events; nobody else has touched it since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import append, event_of
from emdesk.people.models import User
from emdesk.workflow import MOVED_BACK
from scoping.imports import outcome, settling
from scoping.imports.merging import plain
from scoping.imports.outcome import ACCOUNT, DEAL, ISSUE
from scoping.models import Account, Former, Imported, ImportRun, Opportunity, ScopingIssue
from scoping.states import State

TOOK_BACK = "scoping.import_undone"
BESIDE_STATE = (
    *(*settling.ENDING, "em_status", "em_status_at", "closed_from"),
    *("held_from", "hold_reason", "review_date"),
)
Pairs = dict[str, list[Any]]


@dataclass
class Way:
    """The events that lead an issue back, the column they end in and when it came there."""

    events: list[Event]
    state: State
    entered_at: datetime


def revert_issue(run: ImportRun, pks: Sequence[int], *, by: User, at: datetime) -> None:
    """Fields as they were, and the column with its history."""
    told = _told(run, ISSUE, pks)
    formers = dict(Former.objects.filter(run=run, issue__in=pks).values_list("issue", "was"))
    beside = Imported.objects.select_for_update().in_bulk(pks)
    for issue in ScopingIssue.objects.select_for_update().filter(pk__in=pks).order_by("pk"):
        own = told[issue.pk]
        moves = [event for event in own if event.moved]
        pairs = _standing(issue, _pairs(own))
        way = _way_back(issue, moves, own[0].number, by=by, at=at)
        if imported := beside.get(issue.pk):
            in_step = imported.moves in (issue.moves, issue.moves - len(moves))
            now_moved = issue.moves + len(way.events)
            _restore_imported(imported, formers.get(issue.pk, {}), now_moved if in_step else None)
        _write(issue, pairs, way, by=by, at=at)


def revert_deal(run: ImportRun, pks: Sequence[int], *, by: User, at: datetime) -> None:
    told = _told(run, DEAL, pks)
    for deal in Opportunity.objects.select_for_update().filter(pk__in=pks).order_by("pk"):
        pairs: Pairs = {}
        for event in told[deal.pk]:
            for name, old in event.data.get("was", {}).items():
                first = pairs.get(name, [old])[0]
                pairs[name] = [first, event.data["fields"][name]]
        said = next((event.data["said"] for event in told[deal.pk] if "said" in event.data), None)
        beside = {} if said is None else {"imported": said}
        _set_back(deal, _standing(deal, pairs), by=by, at=at, **beside)


def revert_account(run: ImportRun, pks: Sequence[int], *, by: User, at: datetime) -> None:
    told = _told(run, ACCOUNT, pks)
    for account in Account.objects.select_for_update().filter(pk__in=pks).order_by("pk"):
        _set_back(account, _standing(account, _pairs(told[account.pk])), by=by, at=at)


def _told(run: ImportRun, label: str, pks: Sequence[int]) -> Mapping[int, list[Event]]:
    found: dict[int, list[Event]] = defaultdict(list)
    events = outcome.events_of(run).filter(subject_type=label, subject_id__in=pks)
    for event in events.order_by("subject_id", "number"):
        found[event.subject_id].append(event)
    return found


def _pairs(events: Iterable[Event]) -> Pairs:
    """Each changed field as it was before the first of these events and after the last."""
    found: Pairs = {}
    for event in events:
        for name, (old, new) in event.data.get("changed", {}).items():
            found[name] = [found.get(name, [old])[0], new]
    return found


def _standing(row: Any, pairs: Pairs) -> Pairs:
    """Those of these changes that still stand."""
    now = plain({name: getattr(row, name) for name in pairs})
    return {name: pair for name, pair in pairs.items() if now[name] == pair[1] != pair[0]}


def _old(model: Any, pairs: Pairs) -> dict[str, Any]:
    return {name: model._meta.get_field(name).to_python(old) for name, (old, _) in pairs.items()}


def _turned(pairs: Pairs) -> Pairs:
    return {name: [new, old] for name, (old, new) in pairs.items()}


def _set_back(row: Any, pairs: Pairs, *, by: User, at: datetime, **beside: Any) -> None:
    fields = _old(row, pairs) | beside
    if not fields:
        return
    turned = _turned(pairs)
    append([event_of(row, TOOK_BACK, by=by, at=at, origin=Origin.IMPORT, changed=turned)])
    type(row)._base_manager.filter(pk=row.pk).update(**fields)


def _way_back(
    issue: ScopingIssue, moves: Sequence[Event], first: int, *, by: User, at: datetime
) -> Way:
    """Closed by a deal: the move is taken back. Told by a tracker: told anew as it was before."""
    stands = Way([], State(issue.state), issue.entered_state_at)
    if not moves:
        return stands
    if not any(event.verb == settling.VERB for event in moves):
        return _taken_back(issue, moves, stands, by=by, at=at)
    before = settling.told_before(issue, first)
    state = before[-1].state if before else State.OPEN
    entered = before[-1].at if before else issue.created_at
    return Way(settling.anew(issue, before, issue.created_at), state, entered)


def _taken_back(
    issue: ScopingIssue, moves: Sequence[Event], way: Way, *, by: User, at: datetime
) -> Way:
    verb = f"scoping.{MOVED_BACK}"
    for event in reversed(moves):
        states = {"before": event.after, "after": event.before, "undoes": event.number}
        way.events.append(event_of(issue, verb, by=by, at=at, origin=Origin.IMPORT, **states))
        way.state = State(event.before)
        entered = event.data.get("changed", {}).get("entered_state_at")
        way.entered_at = datetime.fromisoformat(entered[0]) if entered else way.entered_at
    return way


def _write(issue: ScopingIssue, pairs: Pairs, way: Way, *, by: User, at: datetime) -> None:
    pairs.pop("entered_state_at", None)
    events = list(way.events)
    if pairs:
        turned = _turned(pairs)
        verb, origin = "scoping.amended", Origin.IMPORT
        events.insert(0, event_of(issue, verb, by=by, at=at, origin=origin, changed=turned))
    if not events:
        return
    append(events)
    fields = {name: getattr(issue, name) for name in BESIDE_STATE} | _old(issue, pairs)
    if way.events:
        moved = issue.moves + len(way.events)
        fields |= {"moves": moved, "entered_state_at": way.entered_at}
    if way.state != issue.state:
        settling.move(issue, way.state, events, fields)
    else:
        ScopingIssue.objects.filter(pk=issue.pk).update(**fields)


def _restore_imported(imported: Imported, was: Mapping[str, Any], moves: int | None) -> None:
    for name, value in was.items():
        field: Any = Imported._meta.get_field(name)
        setattr(imported, name, field.to_python(value))
    if moves is not None:
        imported.moves = moves
    imported.save()

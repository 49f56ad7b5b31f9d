"""Issues that are here already: what the tracker changed, where nobody changed it here.

An issue that people moved here keeps its column and all that goes with it; its other fields are
weighed one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import append, carried, event_of
from scoping.imports import settling
from scoping.imports.course import Course
from scoping.imports.history import Move
from scoping.imports.merging import merge, plain
from scoping.models import Former, Imported, ScopingIssue
from scoping.states import State

Change = tuple[ScopingIssue, State, dict[str, Any], list[Event]]
NONE_KEPT: frozenset[str] = frozenset()


class Changes:
    """Collects the changes of a batch, so that the ledger hears of them together."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._changes: list[Change] = []
        self._beside: list[tuple[Imported, list[str]]] = []
        self._formers: list[Former] = []

    def add(
        self,
        imported: Imported,
        fields: dict[str, Any],
        kept: dict[str, Any],
        way: Course,
        told: Sequence[Move],
    ) -> None:
        issue = imported.issue
        self._remember(imported)
        state, moves = State(issue.state), list[Event]()
        if not imported.moved_here:
            moves = settling.going_on(issue, way, told)
            state = way.state
            fields = fields | way.fields
        before = plain({name: getattr(issue, name) for name in fields})
        changed = merge(issue, imported.values, fields, NONE_KEPT)
        if state != issue.state:
            changed |= way.fields
        events = [*self._amendment(issue, before, changed), *moves]
        if moves:
            imported.moves = issue.moves + len(moves)
            changed |= {"moves": imported.moves, "entered_state_at": way.entered_at}
        self._keep(imported, kept | {"values": imported.values | plain(fields)})
        if events:
            self._changes.append((issue, state, changed, events))

    def write(self) -> None:
        events = [event for *_, told in self._changes for event in told]
        if events:
            append(events)
        for issue, state, fields, told in self._changes:
            if state != issue.state:
                settling.move(issue, state, told, fields)
            elif fields:
                ScopingIssue.objects.filter(pk=issue.pk).update(**fields)
        for imported, names in self._beside:
            imported.save(update_fields=[*names, "moves"])
        Former.objects.bulk_create(self._formers, ignore_conflicts=True)

    def _amendment(
        self, issue: ScopingIssue, before: dict[str, Any], changed: dict[str, Any]
    ) -> list[Event]:
        pairs = {name: [before[name], value] for name, value in plain(changed).items()}
        pairs = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
        if not pairs:
            return []
        verb = "scoping.amended"
        return [event_of(issue, verb, by=None, at=self._at, origin=Origin.IMPORT, changed=pairs)]

    def _remember(self, imported: Imported) -> None:
        """What the tracker had said before, for whoever undoes this import."""
        if run := carried().get("import_run"):
            fields = (each for each in Imported._meta.concrete_fields if not each.primary_key)
            was = {each.name: getattr(imported, each.name) for each in fields}
            self._formers.append(Former(run_id=run, issue=imported.pk, was=was))

    def _keep(self, imported: Imported, kept: dict[str, Any]) -> None:
        for name, value in kept.items():
            setattr(imported, name, value)
        self._beside.append((imported, list(kept)))

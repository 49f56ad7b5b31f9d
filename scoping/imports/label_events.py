"""Label and state events: the history of issues that are here, told from the start or gone on with.

Events name an issue by its global id, not by the number people see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from scoping.imports import settling, values
from scoping.imports.changing import Changes
from scoping.imports.documents import number_at, object_at, text_at
from scoping.imports.history import ADD, CLOSED, REMOVE, REOPENED, Kept, Move, merged
from scoping.imports.report import Judge, Rejected
from scoping.imports.telling import Telling
from scoping.imports.values import Notes
from scoping.models import Imported

BATCH = 500
STATES = {"closed": CLOSED, "reopened": REOPENED, "opened": REOPENED}
Place = tuple[int, int]
Heard = list[tuple[Place, Kept]]


def kept(event: dict[str, Any], number: int | None = None) -> Kept:
    """One event as it is kept: its number, its time, what happened, with which label."""
    at = values.moment(text_at(event, "created_at"), Notes(), "time of the event")
    name = number_at(event, "id") or number
    if at is None or name is None:
        raise Rejected("The event has no number or no time.")
    if "action" in event:
        label = object_at(event, "label")
        what = text_at(event, "action")
        if what not in (ADD, REMOVE):
            raise Rejected(f"{what[:20]} is neither add nor remove.")
        return [name, at.isoformat(), what, text_at(label, "name") or text_at(label, "title")]
    state = STATES.get(text_at(event, "state"))
    if state is None:
        raise Rejected("This is neither a label event nor a state event.")
    return [name, at.isoformat(), state, ""]


class LabelEvents:
    """Takes the events of one file in and keeps count in the judge's report."""

    def __init__(self, judge: Judge, at: datetime) -> None:
        self._judge, self._at = judge, at
        self._telling = Telling(at)
        self._heard: dict[int, Heard] = defaultdict(list)

    def hear(self, events: Iterable[tuple[int, int, Any]]) -> None:
        for number, line, event in events:
            with self._judge.judging(number, line):
                if not isinstance(event, dict) or event.get("resource_type", "Issue") != "Issue":
                    raise Rejected("This is no event of an issue.")
                subject = number_at(event, "resource_id")
                if subject is None:
                    raise Rejected("The event names no issue.")
                self._heard[subject].append(((number, line), kept(event)))

    def write(self) -> None:
        subjects = iter(self._heard)
        while batch := list(islice(subjects, BATCH)):
            self._write(batch)

    def _write(self, subjects: list[int]) -> None:
        found = Imported.objects.filter(tracker_id__in=subjects).select_related("issue")
        locked = found.select_for_update(of=("self", "issue")).order_by("pk")
        here = {imported.tracker_id: imported for imported in locked}
        told = settling.told_of(here.values())
        changes = Changes(self._at)
        for subject in subjects:
            if imported := here.get(subject):
                self._go_on(imported, self._heard[subject], told[imported.pk], changes)
            else:
                self._reject(self._heard[subject], subject)
        changes.write()
        self._judge.go_on()

    def _go_on(self, imported: Imported, heard: Heard, told: list[Move], changes: Changes) -> None:
        known = {event[0] for event in imported.history}
        self._count(imported, heard, known)
        history = merged(imported.history, [event for _, event in heard])
        if len(history) > len(known):
            way = self._telling.way_of(imported, history, told)
            changes.add(imported, {}, {"history": history}, way, told)

    def _count(self, imported: Imported, heard: Heard, known: set[int]) -> None:
        report = self._judge.report
        for (number, line), event in heard:
            new = event[0] not in known
            known = known | {event[0]} if new else known
            report.created += new
            report.unchanged += not new
            notes = []
            if event[2] in (ADD, REMOVE) and not event[3]:
                notes.append("its label was deleted; it tells nothing")
            if imported.moved_here:
                notes.append(f"{imported.issue.reference} was moved here since; its history stays")
            self._judge.warn(number, line, notes)

    def _reject(self, heard: Heard, subject: int) -> None:
        for (number, line), _ in heard:
            self._judge.reject(number, line, f"No issue here has the id {subject}.")

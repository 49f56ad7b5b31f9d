"""GitLab's issue CSV in the three headers it has had. ``Issue ID`` is the number people see."""

from __future__ import annotations

from collections.abc import Iterator

from scoping.imports import tickets, values
from scoping.imports.linking import place_of
from scoping.imports.reading import Text
from scoping.imports.report import Judge
from scoping.imports.rows import judged, whole
from scoping.imports.tables import Row, Table
from scoping.imports.tickets import Person, Ticket
from scoping.imports.values import Notes, unquoted

COLUMNS = ("IID", "Title", "State", "Labels", "Created At (UTC)")
ALIASES = {"Issue ID": "IID"}
FACTS = (
    "Due Date",
    "Start Date",
    "Milestone",
    "Weight",
    "Time Estimate",
    "Time Spent",
    "Epic Title",
    "Parent Title",
)


def read(text: Text, judge: Judge, project: str) -> Iterator[Ticket]:
    """The tickets of an export; ``project`` is where those are that name no place."""
    for row in judged(Table(text, COLUMNS, ALIASES), judge):
        with judge.judging(row.number, row.line):
            yield _ticket(row, project)


def _ticket(row: Row, project: str) -> Ticket:
    notes = Notes(whole(row))
    iid = tickets.number(row["IID"])
    place = place_of(row["URL"])
    created, updated, closed = tickets.times(
        row["Created At (UTC)"], row["Updated At (UTC)"], row["Closed At (UTC)"], notes
    )
    return Ticket(
        record=row.number,
        line=row.line,
        project=place[0] if place else project,
        iid=iid,
        tracker_id=tickets.number(row["ID"], "issue id") if row["ID"].strip() else None,
        url=row["URL"][:500],
        title=tickets.title(unquoted(row["Title"]), notes) or f"#{iid}",
        description=tickets.description(unquoted(row["Description"]), notes),
        closed=tickets.is_closed(row["State"], closed, notes),
        created_at=created,
        updated_at=updated,
        closed_at=closed,
        labels=[values.storable(label, "label") for label in row["Labels"].split(",") if label],
        author=Person(row["Author Username"], unquoted(row["Author"])),
        assignees=_people(row["Assignee Username"], row["Assignee"]),
        confidential=values.flag(row["Confidential"], notes, "Confidential"),
        facts={name: row[name] for name in FACTS if row[name].strip()},
        notes=notes,
    )


def _people(handles: str, names: str) -> list[Person]:
    """Several are joined by a comma and a space, in both columns."""
    told = [handle for handle in handles.split(", ") if handle]
    called = names.split(", ")
    if len(called) != len(told):
        called = [""] * len(told)
    return [Person(*pair) for pair in zip(told, called, strict=True)]

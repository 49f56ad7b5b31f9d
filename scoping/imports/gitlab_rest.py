"""GitLab's REST v4 issues, a page a file; what a project export's lines have in common with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scoping.imports import tickets
from scoping.imports.documents import number_at, object_at, objects_at, text_at
from scoping.imports.linking import place_of
from scoping.imports.report import Judge, Rejected
from scoping.imports.tickets import Person, Ticket
from scoping.imports.values import Notes, storable

LONGEST_LABEL = 255
FACTS = ("due_date", "weight", "severity", "time_estimate", "start_date")


def read(page: list[Any], judge: Judge, project: str) -> Iterator[Ticket]:
    for number, found in enumerate(page, 1):
        judge.report.read += 1
        with judge.judging(number, 0):
            if not isinstance(found, dict):
                raise Rejected("This is no issue.")
            yield _ticket(found, number, project)


def _ticket(found: dict[str, Any], number: int, project: str) -> Ticket:
    labels = [_label(label) for label in found.get("labels") or []]
    author = person(object_at(found, "author"))
    assignees = [person(each) for each in objects_at(found, "assignees")]
    return ticket(found, (number, 0), _project(found, project), labels, (author, assignees))


def ticket(
    found: dict[str, Any],
    place: tuple[int, int],
    project: str,
    labels: list[str],
    people: tuple[Person, list[Person]],
) -> Ticket:
    """The issue an object tells, once its labels and people are known."""
    notes = Notes()
    iid = number_at(found, "iid")
    if iid is None:
        raise Rejected("There is no issue number.")
    created, updated, closed = tickets.times(
        text_at(found, "created_at"),
        text_at(found, "updated_at"),
        text_at(found, "closed_at"),
        notes,
    )
    return Ticket(
        record=place[0],
        line=place[1],
        project=project,
        iid=iid,
        tracker_id=number_at(found, "id"),
        project_number=number_at(found, "project_id"),
        url=text_at(found, "web_url")[:500],
        title=tickets.title(text_at(found, "title"), notes) or f"#{iid}",
        description=tickets.description(text_at(found, "description"), notes),
        closed=tickets.is_closed(text_at(found, "state"), closed, notes),
        created_at=created,
        updated_at=updated,
        closed_at=closed,
        labels=labels,
        author=people[0],
        assignees=people[1],
        confidential=found.get("confidential") is True,
        facts={name: found[name] for name in FACTS if found.get(name)},
        notes=notes,
    )


def person(found: dict[str, Any]) -> Person:
    return Person(text_at(found, "username"), text_at(found, "name"))


def label_name(label: str) -> str:
    if len(label) > LONGEST_LABEL:
        raise Rejected(f"A label has {len(label):,} characters; {LONGEST_LABEL} are taken.")
    return storable(label, "label")


def _label(label: Any) -> str:
    """A name, or an object that has one."""
    name = label.get("name") if isinstance(label, dict) else label
    if not isinstance(name, str):
        raise Rejected("A label has no name.")
    return label_name(name)


def _project(found: dict[str, Any], project: str) -> str:
    """The project's path, by which files of every format know it."""
    if place := place_of(text_at(found, "web_url")):
        return place[0]
    full = text_at(object_at(found, "references"), "full")
    return full.rpartition("#")[0] or project

"""A project export's ``tree/project/issues.ndjson``: one issue a line, with its events.

People are numbers there; ``project_members.ndjson`` beside it knows their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from scoping.imports import documents
from scoping.imports.documents import number_at, object_at, objects_at, text_at
from scoping.imports.gitlab_rest import label_name, ticket
from scoping.imports.label_events import kept
from scoping.imports.reading import text_of
from scoping.imports.report import Judge
from scoping.imports.tickets import Person, Ticket

MEMBERS = "project_members.ndjson"
Members = dict[int, Person]


def read(
    lines: Iterable[tuple[int, int, dict[str, Any]]], judge: Judge, project: str, members: Members
) -> Iterator[Ticket]:
    for number, line, found in lines:
        with judge.judging(number, line):
            yield _ticket(found, (number, line), project, members)


def members_in(path: Path) -> Members:
    """Who the numbers of an export are, where the file that knows is there."""
    if not path.is_file():
        return {}
    judge = Judge(MEMBERS)
    with text_of(path) as text:
        rows = documents.by_line(next(text, ""), text, judge)
        users = [object_at(row, "user") for _, _, row in rows]
    return {
        user["id"]: Person(text_at(user, "username"), text_at(user, "name"))
        for user in users
        if isinstance(user.get("id"), int)
    }


def _ticket(
    found: dict[str, Any], place: tuple[int, int], project: str, members: Members
) -> Ticket:
    labels = [
        label_name(text_at(object_at(link, "label"), "title"))
        for link in objects_at(found, "label_links")
    ]
    numbers = [number_at(each, "user_id") for each in objects_at(found, "issue_assignees")]
    assignees = [_person(number, members) for number in numbers if number]
    people = (_person(number_at(found, "author_id"), members), assignees)
    told = ticket(found, place, project, labels, people)
    events = [
        *objects_at(found, "resource_label_events"),
        *objects_at(found, "resource_state_events"),
    ]
    told.events = [kept(event, number) for number, event in enumerate(events, 1)]
    return told


def _person(number: int | None, members: Members) -> Person:
    """A stranger's number names nobody here."""
    if number is None:
        return Person("")
    return members.get(number, Person("ghost", f"number {number}"))

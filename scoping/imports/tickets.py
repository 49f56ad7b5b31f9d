"""One issue of the tracker, whatever file tells it, and what its text says in fields."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from scoping.imports import values
from scoping.imports.history import Kept
from scoping.imports.linking import deal_named_in
from scoping.imports.report import Rejected
from scoping.imports.values import Notes
from scoping.labels import plain
from scoping.states import Service

LONGEST_TITLE = 200
LONGEST_DESCRIPTION = 50_000
TRACKERS_OWN_LIMIT = 1_048_576
LARGEST_NUMBER = 10**12
OPEN, CLOSED = {"open", "opened", "reopened"}, {"closed"}
QUICK_ACTION = re.compile(
    r"^/(label|unlabel|close|reopen|assign|due|milestone|title|estimate)\b", re.M
)
NUMBER = re.compile(r"\d{1,12}")
FACT = re.compile(r"^\|\s*(?P<name>[^|\n]+?)\s*\|\s*(?P<value>[^|\n]*?)\s*\|\s*$", re.M)
SERVICES = {plain(service.label): service.value for service in Service} | {
    "cicdadvisory": Service.CI_CD.value
}


@dataclass(frozen=True)
class Person:
    handle: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.handle})" if self.name else self.handle


@dataclass
class Ticket:
    """The tracker's issue as a file tells it, in our words and types."""

    record: int
    line: int
    project: str
    iid: int
    title: str
    description: str
    closed: bool
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    labels: list[str]
    author: Person
    assignees: list[Person]
    tracker_id: int | None = None
    project_number: int | None = None
    url: str = ""
    confidential: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
    events: list[Kept] = field(default_factory=list)
    whole_title: str = ""
    notes: Notes = field(default_factory=Notes)

    @property
    def place(self) -> tuple[str, int]:
        return self.project, self.iid

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same content, whichever file format tells it."""
        told = [
            self.title,
            self.description,
            self.closed,
            *map(str, (self.created_at, self.updated_at, self.closed_at)),
            sorted(self.labels),
            self.author.handle,
            [person.handle for person in self.assignees],
            self.confidential,
        ]
        digest = hashlib.blake2s(json.dumps(told).encode(), digest_size=16)
        return digest.hexdigest()

    @cached_property
    def kept_description(self) -> str:
        return self.description[:LONGEST_DESCRIPTION]

    @cached_property
    def deal_id(self) -> str:
        return deal_named_in(self.description)

    def named(self) -> dict[str, str]:
        """The facts of the table at the top of a description: Customer, Service and so on."""
        return {found["name"]: found["value"] for found in FACT.finditer(self.kept_description)}


def number(text: str, what: str = "issue number") -> int:
    text = text.strip()
    if not text:
        raise Rejected(f"There is no {what}.")
    if not NUMBER.fullmatch(text) or not 0 < int(text) < LARGEST_NUMBER:
        raise Rejected(f"{text[:40]} is no {what}.")
    return int(text)


def title(text: str, notes: Notes) -> str:
    """A title that fits; what did not is kept beside the issue."""
    whole = values.name(text, notes, TRACKERS_OWN_LIMIT, "title")
    if len(whole) > LONGEST_TITLE:
        notes.say(f"the title has {len(whole):,} characters; {LONGEST_TITLE} are shown")
    return whole


def description(text: str, notes: Notes) -> str:
    text = values.storable(text.replace("\r\n", "\n"), "description")
    if len(text) > TRACKERS_OWN_LIMIT:
        notes.say(f"the description has {len(text):,} characters, more than the tracker allows")
    elif len(text) > LONGEST_DESCRIPTION:
        notes.say(
            f"the description has {len(text):,} characters; the rest is kept beside the issue"
        )
    if QUICK_ACTION.search(text):
        notes.say("the description holds quick actions; they are kept as text and not carried out")
    return text


def is_closed(text: str, closed_at: datetime | None, notes: Notes) -> bool:
    word = text.strip().casefold()
    if word in OPEN:
        if closed_at:
            notes.say("it is open again, with a closing time")
        return False
    if word in CLOSED:
        if closed_at is None:
            notes.say("it is closed without a closing time")
        return True
    notes.say(
        f"the state {text[:20]} is not known; it was read as {'closed' if closed_at else 'open'}"
    )
    return closed_at is not None


def times(
    created: str, updated: str, closed: str, notes: Notes
) -> tuple[datetime, datetime, datetime | None]:
    """When it was raised, last changed and closed, to the second."""
    begun = values.moment(created, notes, "creation time")
    if begun is None:
        raise Rejected("There is no creation time.")
    ended = values.moment(closed, notes, "closing time")
    changed = values.moment(updated, notes, "time of change") or ended or begun
    return _second(begun), _second(max(changed, begun)), ended and _second(max(ended, begun))


def services(named: dict[str, str]) -> list[str]:
    wanted = re.split(r"[;,]", named.get("Service", named.get("Services wanted", "")))
    return [SERVICES[plain(each)] for each in wanted if plain(each) in SERVICES]


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)

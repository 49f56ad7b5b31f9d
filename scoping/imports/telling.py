"""A ticket told in the desk's own words: whose it is, what it asks for, which way it took."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emdesk.people.models import Segment
from scoping.imports import tickets
from scoping.imports.accounts import Accounts
from scoping.imports.course import Course, course, quarter_of
from scoping.imports.history import Kept, Move, brought_to, merged, moves_of
from scoping.imports.people import People
from scoping.imports.standing import Labels, Standing
from scoping.imports.tickets import LONGEST_TITLE, Ticket
from scoping.imports.values import Notes
from scoping.models import Account, Imported, Opportunity
from scoping.models.account import NOT_NAMED
from scoping.quarters import FiscalCalendar
from scoping.states import State

UNSAID = re.compile(
    r"\W*(not (recorded|named|known|set)|unknown|tb[cd]|to-?do|n/?a|none)?\W*", re.IGNORECASE
)


@dataclass
class Told:
    """What is to stand on the issue (``fields``), beside it (``kept``), and how it came there."""

    ticket: Ticket
    fields: dict[str, Any]
    kept: dict[str, Any]
    course: Course


class Telling:
    def __init__(self, at: datetime) -> None:
        self.labels = Labels()
        self.calendar = FiscalCalendar()
        self.accounts, self._people = Accounts(at), People(at)
        self._segments = {segment.name: segment.pk for segment in Segment.objects.all()}

    def of(
        self, ticket: Ticket, deal: Opportunity | None, known: Iterable[Kept], told: list[Move]
    ) -> Told:
        """``known`` is the history kept so far, ``told`` the moves the ledger has already."""
        standing = self.labels.standing(ticket.labels, closed=ticket.closed, notes=ticket.notes)
        history = merged(known, ticket.events)
        kept = {
            "project": ticket.project,
            "iid": ticket.iid,
            "url": ticket.url,
            "title": ticket.title if len(ticket.title) > LONGEST_TITLE else "",
            "description": ""
            if ticket.kept_description == ticket.description
            else ticket.description,
            "author": str(ticket.author)[:120],
            "assignees": [str(person)[:120] for person in ticket.assignees],
            "confidential": ticket.confidential,
            "labels": ticket.labels,
            "conflict": standing.conflict,
            "deal_id": ticket.deal_id,
            "closed": ticket.closed,
            "closed_at": ticket.closed_at,
            "updated_at": ticket.updated_at,
            "facts": ticket.facts,
            "history": history,
            "fingerprint": ticket.fingerprint,
        }
        if ticket.tracker_id:
            kept["tracker_id"] = ticket.tracker_id
        if ticket.project_number:
            kept["project_number"] = ticket.project_number
        way = self.way(
            standing,
            history,
            told,
            (ticket.created_at, ticket.updated_at, ticket.closed_at),
            ticket.notes,
        )
        return Told(ticket, self._fields(ticket, standing, deal), kept, way)

    def way_of(self, imported: Imported, history: list[Kept], told: list[Move]) -> Course:
        """The way of an issue that is here already, by a history that has grown."""
        notes = Notes()
        standing = self.labels.standing(imported.labels, closed=imported.closed, notes=notes)
        begins = imported.issue.created_at
        times = (begins, imported.updated_at or begins, imported.closed_at)
        return self.way(standing, history, told, times, notes)

    def way(
        self,
        standing: Standing,
        history: list[Kept],
        told: list[Move],
        times: tuple[datetime, datetime, datetime | None],
        notes: Notes,
    ) -> Course:
        begins, changed, closed = times
        moves = moves_of(history, self.labels, begins) if history else told
        if standing.conflict and history and moves:
            standing.state = moves[-1].state
        at = (closed or changed) if standing.state == State.CLOSED else changed
        moves = brought_to(moves, standing.state, at)
        quarter = ""
        if standing.state == State.CLOSED:
            quarter = quarter_of(standing, closed or changed, self.calendar, notes)
        return course(begins, moves, standing, quarter)

    def _fields(
        self, ticket: Ticket, standing: Standing, deal: Opportunity | None
    ) -> dict[str, Any]:
        named = ticket.named()
        requester = self._people.known(ticket.author.handle, ticket.author.name)
        fields = {
            "title": ticket.title[:LONGEST_TITLE],
            "description": ticket.kept_description,
            "account_id": self._account(ticket, named, deal).pk,
            "segment_id": self._segments.get(standing.segment),
            "engagement_manager_id": self._manager(ticket),
            "requester_id": requester and requester.pk,
            "services": tickets.services(named),
            "free_labels": standing.free,
        }
        if deal:
            fields["opportunity_id"] = deal.pk
        return fields | {
            name: value for name, value in standing.fields.items() if name != "em_status"
        }

    def _manager(self, ticket: Ticket) -> int | None:
        """Of several assignees the first leads."""
        if not ticket.assignees:
            return None
        first = ticket.assignees[0]
        manager = self._people.manager(first.handle, first.name)
        if manager is None:
            ticket.notes.say(f"the assignee {first} has no user here")
            return None
        return manager.pk

    def _account(
        self, ticket: Ticket, named: Mapping[str, str], deal: Opportunity | None
    ) -> Account:
        """The customer the description names, else the deal's, else the one the title begins with."""
        customer = _said(named.get("Customer", ""))
        found = self.accounts.named(customer, Notes()) or (deal and deal.account)
        if found:
            return found
        before_dash = _said(ticket.title.partition(" - ")[0]) if " - " in ticket.title else ""
        return (
            self.accounts.starting(ticket.title)
            or self.accounts.named(before_dash[:200], Notes())
            or self.accounts.named(NOT_NAMED, Notes())
            or Account.objects.create(name=NOT_NAMED)
        )


def _said(name: str) -> str:
    """A name, unless it says only that there is none."""
    return "" if UNSAID.fullmatch(name) else name

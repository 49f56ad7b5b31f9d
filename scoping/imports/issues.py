"""Writing scoping issues: a thousand at a time, in the transaction of their file.

New ones stand where the events that are written first adopted them, as the database demands. What
is here already changes only where nobody changed it here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, prefetch_related_objects

from emdesk.copying import copy, maker, numbers
from emdesk.ledger.recording import tell, write
from scoping.deals import close_with_deals
from scoping.imports import settling
from scoping.imports.changing import Changes
from scoping.imports.merging import plain
from scoping.imports.report import Judge
from scoping.imports.telling import Telling, Told
from scoping.imports.tickets import Ticket
from scoping.models import Imported, Opportunity, ScopingIssue

BATCH = 1_000
Place = tuple[str, int]
make_issue, make_imported = maker(ScopingIssue), maker(Imported)


class Issues:
    """Takes tickets in and keeps count in the judge's report."""

    def __init__(self, judge: Judge, at: datetime) -> None:
        self._judge, self._at = judge, at
        self._telling = Telling(at)
        self._waiting: dict[Place, Ticket] = {}
        self._seen: set[Place] = set()

    def take(self, ticket: Ticket) -> None:
        if ticket.place in self._seen:
            ticket.notes.say(f"number {ticket.iid} is there more than once; the newest counts")
        if ticket.place in self._waiting or len(self._waiting) >= BATCH:
            self.write()
        self._seen.add(ticket.place)
        self._waiting[ticket.place] = ticket

    def write(self) -> None:
        """Write those that wait."""
        waiting = list(self._waiting.values())
        here = _here(waiting)
        speaking = [each for each in waiting if _speaks(each, here.get(each.place))]
        deals = _deals(speaking)
        new = [each for each in speaking if each.place not in here]
        old = [each for each in speaking if each.place in here]
        made = self._make([self._telling.of(each, deals.get(each.deal_id), [], []) for each in new])
        self._change(old, here, deals)
        refused = close_with_deals(Q(pk__in=made, opportunity__isnull=False), at=self._at)
        for ticket in new:
            deal = deals.get(ticket.deal_id)
            ticket.notes += [refused[deal.pk]] if deal and deal.pk in refused else []
        self._telling.accounts.tell()
        self._count(waiting, created=len(new), updated=len(old))
        self._judge.go_on()
        self._waiting.clear()

    def _make(self, told: Sequence[Told]) -> list[int]:
        keys = numbers(ScopingIssue, len(told))
        issues = [_issue(key, each) for key, each in zip(keys, told, strict=True)]
        prefetch_related_objects(issues, "requester")
        pairs = list(zip(issues, told, strict=True))
        events = [event for issue, each in pairs for event in settling.opening(issue, each.course)]
        write(events)
        copy(ScopingIssue, issues)
        copy(Imported, [_imported(*pair) for pair in pairs])
        tell(events)
        return keys

    def _change(
        self,
        tickets: Sequence[Ticket],
        here: dict[Place, Imported],
        deals: dict[str, Opportunity],
    ) -> None:
        moves = settling.told_of(here[ticket.place] for ticket in tickets)
        changes = Changes(self._at)
        for ticket in tickets:
            imported = here[ticket.place]
            told = self._telling.of(
                ticket, deals.get(ticket.deal_id), imported.history, moves[imported.pk]
            )
            if imported.moved_here and told.course.state != imported.issue.state:
                ticket.notes.say("it was moved here since; its column stays")
            changes.add(imported, told.fields, told.kept, told.course, moves[imported.pk])
        changes.write()

    def _count(self, waiting: Sequence[Ticket], *, created: int, updated: int) -> None:
        report = self._judge.report
        report.created += created
        report.updated += updated
        report.unchanged += len(waiting) - created - updated
        for ticket in waiting:
            self._judge.warn(ticket.record, ticket.line, ticket.notes)


def _here(tickets: Sequence[Ticket]) -> dict[Place, Imported]:
    """Those of these tickets that are here, their issues locked."""
    found = Imported.objects.filter(iid__in=[ticket.iid for ticket in tickets])
    found = found.filter(project__in={ticket.project for ticket in tickets})
    locked = found.select_related("issue").select_for_update(of=("self", "issue")).order_by("pk")
    return {(imported.project, imported.iid): imported for imported in locked}


def _speaks(ticket: Ticket, here: Imported | None) -> bool:
    """Whether a ticket has anything new to say."""
    if here is None:
        return True
    known = {event[0] for event in here.history}
    news = here.fingerprint != ticket.fingerprint or {event[0] for event in ticket.events} - known
    if here.updated_at and ticket.updated_at < here.updated_at:
        ticket.notes.say("older than what is here; ignored")
        return False
    return bool(news) or (here.tracker_id is None and ticket.tracker_id is not None)


def _deals(tickets: Sequence[Ticket]) -> dict[str, Opportunity]:
    """The deals these tickets link to, as far as they are here."""
    ids = {ticket.deal_id for ticket in tickets} - {""}
    found = Opportunity.objects.filter(external_id__in=ids, deleted=False)
    return {deal.external_id: deal for deal in found.select_related("account")}


def _issue(key: int, told: Told) -> ScopingIssue:
    way = told.course
    return make_issue(
        id=key,
        created_at=way.begins,
        entered_state_at=way.entered_at,
        moves=len(way.moves),
        state=way.state,
        **told.fields,
        **way.fields,
    )


def _imported(issue: ScopingIssue, told: Told) -> Imported:
    values = plain(told.fields | told.course.fields)
    return make_imported(issue_id=issue.pk, moves=issue.moves, values=values, **told.kept)

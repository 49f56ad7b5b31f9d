"""The account team's review and the customer's go-ahead, on record before approval is asked for.

Each says who, on which day and where it can be read, of one version. It holds for later versions
that say the same about price, scope, dates and terms (domain.md §5.1 G3, §5.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.transaction import atomic
from django.utils.timezone import localdate

from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import record
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh
from sow import rules
from sow.aspects import aspects_of, changed
from sow.content import Content
from sow.models import StatementOfWork

AGREED = "sow.agreed"


class Party(models.TextChoices):
    ACCOUNT_TEAM = "account_team", "Account team's review"
    CUSTOMER = "customer", "Customer's go-ahead"


@dataclass(frozen=True)
class Agreed:
    """``stale`` names what changed since the version it was said of."""

    who: str
    on: date
    evidence: str
    version: int
    stale: tuple[str, ...] = ()


def note(
    statement: StatementOfWork,
    party: str,
    *,
    who: str,
    on: date,
    evidence: str,
    seen: int,
    by: User,
    at: datetime,
    origin: str = Origin.PERSON,
) -> None:
    """``seen`` is the version they agreed to. Raises :class:`Refused` and :class:`NotAllowed`."""
    with atomic():
        issue = fresh(statement.issue)
        if not rules.notes_agreement(issue, by):
            raise NotAllowed("Its EM, a lead or its account team notes who agreed.")
        if not issue.live:
            raise Refused(f"{issue.reference} is closed. Reopen it first.")
        version = statement.versions.filter(number=seen).first()
        if version is None or on < localdate(version.saved_at):
            raise Refused("They cannot have agreed before that version was saved.")
        if on > localdate(at):
            raise Refused("Note it once they have agreed: the day is still to come.")
        said = {"sow": statement.number, "version": seen, "party": Party(party).value}
        said |= {"who": who, "on": on.isoformat(), "evidence": evidence}
        record(issue, AGREED, by=by, at=at, origin=origin, **said)


def customer_agreed(
    statement: StatementOfWork, *, who: str, evidence: str, version: int, at: datetime
) -> None:
    """The customer said so themselves, by the link that was sent to them."""
    said = {"sow": statement.number, "version": version, "party": Party.CUSTOMER.value}
    said |= {"who": who, "on": localdate(at).isoformat(), "evidence": evidence}
    record(statement.issue, AGREED, by=None, at=at, **said)


def agreed(statement: StatementOfWork, content: Content) -> Mapping[str, Agreed]:
    """The last word of each party, beside what the SOW says now."""
    events = Event.objects.about(statement.issue).filter(verb=AGREED).order_by("number")
    last: dict[str, Any] = {event.data["party"]: event.data for event in events}
    numbers = {data["version"] for data in last.values()}
    rows = statement.versions.filter(number__in=numbers) if numbers else []
    facts, now = {row.number: aspects_of(row.said) for row in rows}, aspects_of(content)
    return {
        party: Agreed(
            data["who"],
            date.fromisoformat(data["on"]),
            data["evidence"],
            data["version"],
            tuple(changed(facts[data["version"]], now)),
        )
        for party, data in last.items()
    }


def still_to_agree(found: Mapping[str, Agreed]) -> list[str]:
    """What is missing of both, in words."""
    said = []
    for party in Party:
        word = found.get(party)
        if word is None:
            said.append(f"{party.label} is not noted yet.")
        elif word.stale:
            about = " and ".join(word.stale)
            said.append(f"{party.label} was of v{word.version}; {about} changed since.")
    return said

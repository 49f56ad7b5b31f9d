"""The booking package: what must be together before a deal is closed won (domain.md §5.1 G13).

Quote and SOW say the same, both parties have signed the approved version, the cost sheet frozen
with it lies at the opportunity, there is a purchase order or none is needed, and finance agrees.
Then the deal desk closes the opportunity, and the issue closes with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.transaction import atomic
from django.utils.timezone import localdate

from emdesk.ledger.models import Origin
from emdesk.ledger.recording import record
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh, perform
from scoping.deals import TO_NOTE, amend_deal
from scoping.models import ScopingIssue, Stage
from scoping.quarters import quarter_of
from sow import rules
from sow.models import BookingDeed, Document, Done, Signer, StatementOfWork

NOTED, TAKEN_BACK = "sow.booking_noted", "sow.booking_taken_back"
Standing = Mapping[str, BookingDeed]
Rule = Callable[[ScopingIssue, User], bool]
MAY: dict[str, Rule] = {
    Done.COGS: rules.prepares_booking,
    Done.ORDER: rules.prepares_booking,
    Done.NO_ORDER: rules.prepares_booking,
    Done.FINANCE_ASKED: rules.prepares_booking,
    Done.FINANCE_YES: rules.decides_finance,
    Done.FINANCE_NO: rules.decides_finance,
    Done.SIGNED_US: rules.notes_signature,
    Done.SIGNED_THEM: rules.notes_signature,
}
# Each takes the place of those beside it.
INSTEAD: dict[str, tuple[str, ...]] = {
    Done.ORDER: (Done.NO_ORDER,),
    Done.NO_ORDER: (Done.ORDER,),
    Done.FINANCE_ASKED: (Done.FINANCE_YES, Done.FINANCE_NO),
    Done.FINANCE_YES: (Done.FINANCE_NO,),
    Done.FINANCE_NO: (Done.FINANCE_YES,),
}


@dataclass(frozen=True)
class Executed:
    """Both have signed: on which day the last of them did."""

    on: date
    version: int


def standing(statement: StatementOfWork) -> Standing:
    """What was done and holds, by its key, in one query."""
    rows = statement.booking.filter(until=None).select_related("by")
    return {deed.key: deed for deed in rows}


def executed(statement: StatementOfWork) -> Executed | None:
    """Whether both parties have signed the newest version, and when."""
    return executed_in(standing(statement), statement)


def executed_in(done: Standing, statement: StatementOfWork) -> Executed | None:
    """The same of deeds that are read already."""
    signed = [done.get(Done.SIGNED_US), done.get(Done.SIGNED_THEM)]
    found = [each for each in signed if each and each.version == statement.latest]
    if len(found) < len(signed):
        return None
    return Executed(max(each.on for each in found), statement.latest)


def note(
    statement: StatementOfWork,
    key: str,
    *,
    on: date,
    by: User,
    at: datetime,
    who: str = "",
    text: str = "",
    link: str = "",
    origin: str = Origin.PERSON,
) -> BookingDeed:
    """Write down that it was done, of the newest version. Raises :class:`Refused`."""
    with atomic():
        issue = fresh(statement.issue)
        if not MAY[key](issue, by):
            raise NotAllowed(f"Somebody else notes “{Done(key).label}”.")
        if not issue.live:
            raise Refused(f"{issue.reference} is closed. Nothing is booked any more.")
        if on > localdate(at):
            raise Refused("Note it once it is done: the day is still to come.")
        statement = StatementOfWork.objects.get(pk=statement.pk)
        done = standing(statement)
        if wrong := _amiss(key, done):
            raise Refused(wrong)
        _end(statement, (key, *INSTEAD.get(key, ())), at)
        deed = BookingDeed.objects.create(
            statement=statement,
            key=key,
            version=statement.latest,
            on=on,
            who=who,
            text=text,
            link=link,
            by=by,
            at=at,
        )
        _tell(deed, issue, NOTED, by=by, at=at, origin=origin)
        return deed


def signed(
    key: str, document: Document, signers: Iterable[Signer], *, by: User, at: datetime
) -> None:
    """One side's signatures on an executed file, in place of what was noted by hand.

    The ledger tells it as the event of the file.
    """
    done = [(each.name, localdate(each.done_at)) for each in signers if each.done_at]
    _end(document.statement, (key,), at)
    BookingDeed.objects.create(
        statement=document.statement,
        key=key,
        version=document.version.number,
        on=max(day for _, day in done),
        who=", ".join(name for name, _ in done)[:120],
        text=document.name,
        by=by,
        at=at,
    )


def take_back(statement: StatementOfWork, pk: int, *, by: User, at: datetime) -> None:
    """It was not so. What is booked stays booked."""
    with atomic():
        issue = fresh(statement.issue)
        deed = statement.booking.filter(pk=pk, until=None).exclude(key=Done.BOOKED).first()
        if deed is None:
            raise Refused("This was taken back or noted anew since.")
        if not MAY[deed.key](issue, by):
            raise NotAllowed(f"{deed.by} noted this and can take it back.")
        _end(statement, (deed.key,), at)
        _tell(deed, issue, TAKEN_BACK, by=by, at=at)


def book(statement: StatementOfWork, missing: list[str], *, by: User, at: datetime) -> str:
    """The deal desk closes the opportunity won, and the issue closes with it.

    ``missing`` is what :func:`sow.package.missing` finds. Gives back why the issue did not close.
    """
    with atomic():
        issue = fresh(statement.issue)
        if not rules.books(issue, by):
            raise NotAllowed("The deal desk closes opportunities won.")
        if missing:
            raise Refused(" ".join(missing))
        deal = issue.opportunity
        if deal is None and not statement.amends_id:
            raise Refused("There is no opportunity to close. Link it first.")
        day = localdate(at)
        deed = BookingDeed.objects.create(
            statement=statement,
            key=Done.BOOKED,
            version=statement.latest,
            on=day,
            by=by,
            at=at,
        )
        _tell(deed, issue, NOTED, by=by, at=at)
        if deal is None:  # a change order that adds nothing has none
            quarter = str(quarter_of(day))
            perform(issue.win, by=None, at=at, fill=TO_NOTE, quarter=quarter)
            return ""
        return amend_deal(deal, by=by, at=at, stage=Stage.WON, close_date=day)


def _amiss(key: str, done: Standing) -> str:
    if key in {Done.FINANCE_YES, Done.FINANCE_NO} and Done.FINANCE_ASKED not in done:
        return "Finance was not asked yet. Its EM asks first."
    if Done.BOOKED in done:
        return "It is booked. Nothing is added any more."
    return ""


def _end(statement: StatementOfWork, keys: tuple[str, ...], at: datetime) -> None:
    statement.booking.filter(until=None, key__in=keys).update(until=at)


def _tell(
    deed: BookingDeed,
    issue: ScopingIssue,
    verb: str,
    *,
    by: User,
    at: datetime,
    origin: str = Origin.PERSON,
) -> None:
    said: dict[str, Any] = {"sow": deed.statement.number, "version": deed.version, "deed": deed.key}
    said |= {"on": deed.on.isoformat(), "who": deed.who, "text": deed.text}
    record(issue, verb, by=by, at=at, origin=origin, **said)

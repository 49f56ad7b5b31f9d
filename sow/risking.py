"""Work at risk: asked for, approved by PS leadership, noted as it is done, warned of, ended.

Nothing of it is billed until both have signed (domain.md §11.5). What is approved is a cap and a
day; another cap or a later day is a new decision. It ends when the SOW is executed, when its issue
closes, or when somebody stops it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.transaction import atomic
from django.utils.timezone import localdate

from emdesk.approvals.asking import supersede
from emdesk.configuration.values import value_of
from emdesk.ledger.models import Origin
from emdesk.ledger.recording import record
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh
from scoping.models import ScopingIssue
from sow import rules
from sow.exposure import WARNS, exposure_of
from sow.models import RiskEntry, RiskTerm, StatementOfWork, Word, WorkAtRisk
from sow.risk_chain import CHAIN, put
from sow.settings import RISK_DAYS
from sow.signed import is_signed

ASKED, EXTENDED, NOTED = "sow.risk_asked", "sow.risk_extension_asked", "sow.risk_noted"
WARNED, ENDED = "sow.risk_warned", "sow.risk_ended"
SIGNED, CLOSED = "Both have signed", "Its issue is closed"


def open_work(issue: ScopingIssue) -> WorkAtRisk | None:
    return WorkAtRisk.objects.filter(issue=issue, ended_at=None).first()


def ask(
    issue: ScopingIssue,
    *,
    reason: str,
    hours: Decimal,
    price: Decimal,
    cap: Decimal,
    expires: date,
    by: User,
    at: datetime,
    origin: str = Origin.PERSON,
) -> WorkAtRisk:
    """Put it to PS leadership. Raises :class:`Refused`, :class:`NotAllowed`."""
    with atomic():
        issue = _in_hand(issue, by)
        if why := over(issue):
            raise Refused(f"{why}. Nothing has to be done at risk any more.")
        if open_work(issue):
            raise Refused("Work at risk is asked for already. Ask for an extension of it.")
        plan: dict[str, Any] = {"reason": reason, "hours": hours, "price": price}
        work = WorkAtRisk.objects.create(
            issue=issue, currency=issue.currency, asked_by=by, asked_at=at, **plan
        )
        _term(work, ASKED, cap=cap, expires=expires, reason=reason, by=by, at=at, origin=origin)
    return work


def extend(
    work: WorkAtRisk,
    *,
    cap: Decimal,
    expires: date,
    reason: str,
    by: User,
    at: datetime,
    origin: str = Origin.PERSON,
) -> RiskTerm:
    """Ask for another cap or a later day; until that is decided the old ones hold."""
    with atomic():
        _in_hand(work.issue, by)
        work = _still_open(work)
        if work.terms.filter(word=Word.ASKED).exists():
            raise Refused("PS leadership has not answered what was asked before.")
        said: dict[str, Any] = {"cap": cap, "expires": expires, "reason": reason}
        return _term(work, EXTENDED, **said, by=by, at=at, origin=origin)


def _term(
    work: WorkAtRisk,
    verb: str,
    *,
    cap: Decimal,
    expires: date,
    reason: str,
    by: User,
    at: datetime,
    origin: str,
) -> RiskTerm:
    if expires < localdate(at):
        raise Refused("It would have expired already. Choose a later day.")
    last = work.terms.first()
    term = RiskTerm.objects.create(
        work=work,
        number=last.number + 1 if last else 1,
        cap=cap,
        expires=expires,
        reason=reason,
        asked_by=by,
        asked_at=at,
    )
    _tell(work, verb, by=by, at=at, origin=origin, **_said(term), reason=reason)
    put(term, by=by, at=at, origin=origin)
    return term


def note(
    work: WorkAtRisk,
    *,
    on: date,
    hours: Decimal,
    amount: Decimal,
    remark: str = "",
    beyond: bool = False,
    by: User,
    at: datetime,
    origin: str = Origin.PERSON,
) -> RiskEntry:
    """Write down work that was done. ``beyond``: the person knows it is more than was approved."""
    with atomic():
        _in_hand(work.issue, by)
        work = _still_open(work)
        if on > localdate(at):
            raise Refused("Note it once it is done: the day is still to come.")
        known = exposure_of(work)
        if known.cap is None:
            raise Refused("PS leadership has not approved it. Nothing may be done yet.")
        if (over_it := known.beyond(amount, on)) and not beyond:
            raise Refused(
                "This goes beyond what was approved. Ask for an extension; if it is done all the "
                "same, say so and note it."
            )
        entry = RiskEntry.objects.create(
            work=work,
            on=on,
            hours=hours,
            amount=amount,
            note=remark,
            beyond=over_it,
            by=by,
            at=at,
        )
        said = {"on": on.isoformat(), "hours": str(hours), "amount": str(amount), "note": remark}
        _tell(work, NOTED, by=by, at=at, origin=origin, **said, beyond=over_it)
        warn(work, at, Origin.SYSTEM if origin == Origin.PERSON else origin)
    return entry


def stop(work: WorkAtRisk, why: str, *, by: User, at: datetime) -> None:
    """It goes no further; what was noted stays."""
    with atomic():
        _in_hand(work.issue, by)
        if not why:
            raise Refused("Say why it stops.")
        end(_still_open(work), why, by=by, at=at)


def end(work: WorkAtRisk, why: str, *, by: User | None, at: datetime) -> None:
    origin = Origin.PERSON if by else Origin.SYSTEM
    WorkAtRisk.objects.filter(pk=work.pk).update(ended_at=at, ended_by=by, ended_why=why)
    work.terms.filter(word=Word.ASKED).update(word=Word.RECALLED)
    supersede(CHAIN, work.issue, by=by or work.asked_by, at=at, origin=origin)
    amount = f"{exposure_of(work).amount:.2f}"
    _tell(work, ENDED, by=by, at=at, origin=origin, why=why, amount=amount)


def over(issue: ScopingIssue) -> str:
    """Why nothing is at risk there any more, or nothing."""
    if not issue.live:
        return CLOSED
    statement = StatementOfWork.objects.filter(issue=issue).first()
    return SIGNED if statement and is_signed(statement) else ""


def warn(work: WorkAtRisk, at: datetime, origin: str = Origin.SYSTEM) -> int:
    """Tell what holds of the approved term and was not told of it; each once."""
    term = work.terms.filter(word=Word.GRANTED).select_for_update().first()
    if term is None:
        return 0
    day = localdate(at)
    known = exposure_of(work)
    new = [
        flag
        for flag in known.flags(day, value_of(RISK_DAYS, day))
        if flag in WARNS and flag not in term.warned
    ]
    if new:
        term.warned = [*term.warned, *new]
        term.save(update_fields=["warned"])
        told = {"flag": new[0], "amount": f"{known.amount:.2f}", **_said(term)}
        _tell(work, WARNED, by=None, at=at, origin=origin, **told)
    return len(new)


def mind(at: datetime) -> int:
    """What is due: what is over ends, of the rest is warned. Running it twice changes nothing."""
    return sum(_mind(pk, at) for pk in _open())


def _open() -> Iterable[int]:
    return list(WorkAtRisk.objects.filter(ended_at=None).values_list("pk", flat=True))


def _mind(pk: int, at: datetime) -> int:
    with atomic():
        work = WorkAtRisk.objects.select_related("issue").get(pk=pk)
        issue: ScopingIssue = fresh(work.issue)
        if WorkAtRisk.objects.filter(pk=pk, ended_at=None).first() is None:
            return 0
        if why := over(issue):
            end(work, why, by=None, at=at)
            return 1
        return min(warn(work, at), 1)


def _in_hand(issue: ScopingIssue, by: User) -> ScopingIssue:
    found: ScopingIssue = fresh(issue)
    if not rules.works_at_risk(found, by):
        raise NotAllowed("Its EM, a lead, or its delivery or project manager works at risk.")
    return found


def _still_open(work: WorkAtRisk) -> WorkAtRisk:
    found = WorkAtRisk.objects.select_related("issue").get(pk=work.pk)
    if found.ended_at is not None:
        raise Refused(f"It is over: {found.ended_why}. Ask for it anew.")
    return found


def _said(term: RiskTerm) -> dict[str, str]:
    return {"cap": f"{term.cap:.2f}", "until": term.expires.isoformat()}


def _tell(
    work: WorkAtRisk, verb: str, *, by: User | None, at: datetime, origin: str, **said: Any
) -> None:
    about = {"work": work.pk, "currency": work.currency}
    record(work.issue, verb, by=by, at=at, origin=origin, **about, **said)

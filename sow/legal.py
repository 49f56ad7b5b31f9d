"""Working a legal case: opened, passed from side to side, with what lies in it (domain.md §9.1).

Every deed waits for the issue's row. A round begins each time legal gets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.transaction import atomic
from django.utils.timezone import localdate

from emdesk.configuration.values import values_on
from emdesk.ledger.models import Origin
from emdesk.ledger.recording import record
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh
from scoping.deeds import DEEDS
from scoping.models import ScopingIssue
from scoping.promises import amiss, note, standing
from sow import rules
from sow.eligibility import redlining_refused
from sow.models import LegalCase, LegalTurn, Side, StatementOfWork
from sow.models.legal import Asked, Paper
from sow.settings import IN_CASE, TRUTH

OPENED, TURNED, LIES = "sow.legal_opened", "sow.legal_turned", "sow.legal_lies"
NEWER, CLOSED, AMENDED = "sow.legal_newer", "sow.legal_closed", "sow.legal_amended"
ZERO = timedelta()


@dataclass(frozen=True)
class Spent:
    """How long one side had it, all its turns together."""

    side: Side
    time: timedelta
    now: bool

    @property
    def text(self) -> str:
        """“3 d 4 h”, “25 min”."""
        hours, rest = divmod(int(self.time.total_seconds()), 3600)
        days, hours = divmod(hours, 24)
        if days:
            return f"{days} d {hours} h"
        return f"{hours} h" if hours else f"{rest // 60} min"


def case_of(statement: StatementOfWork) -> LegalCase | None:
    """That of its opportunity, which another issue of the same deal may have opened."""
    deal = statement.issue.opportunity_id
    if deal is None:
        return None
    return LegalCase.objects.select_related("statement__issue").filter(opportunity=deal).first()


def open_case(
    statement: StatementOfWork,
    *,
    by: User,
    at: datetime,
    asked: str = Asked.REVIEW,
    paper: str = Paper.OURS,
    number: str = "",
    link: str = "",
    note: str = "",
    origin: str = Origin.PERSON,
) -> LegalCase:
    """Ask legal: the newest version lies there, and it is their turn."""
    with atomic():
        issue = _in_hand(statement, by)
        deal = issue.opportunity
        if deal is None:
            raise Refused("A legal case is one of an opportunity. Create or link that first.")
        if LegalCase.objects.filter(opportunity=deal).exists():
            raise Refused("This opportunity has its legal case already. Go on in that one.")
        theirs = paper == Paper.THEIRS
        if theirs and (refused := redlining_refused(issue, at, theirs=True)):
            raise Refused(refused)
        latest = _latest(statement)
        case = LegalCase.objects.create(
            opportunity=deal,
            statement=statement,
            asked=asked,
            paper=paper,
            number=number,
            link=link,
            lies=latest,
            opened_by=by,
            opened_at=at,
        )
        _turn(case, Side.LEGAL, latest, by=by, at=at, said=note)
        said = {"number": number, "version": latest, "note": note}
        _tell(case, OPENED, by=by, at=at, origin=origin, **said)
        return case


def amend(case: LegalCase, *, number: str, link: str, by: User, at: datetime) -> None:
    """What Salesforce calls it, and where it is."""
    with atomic():
        _in_hand(case.statement, by)
        case = LegalCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
        case.number, case.link = number, link
        case.save(update_fields=["number", "link"])
        _tell(case, AMENDED, by=by, at=at, number=number, link=link)


def pass_on(case: LegalCase, side: str, *, by: User, at: datetime, said: str = "") -> None:
    """Whose turn it is next; while it is the customer's, the clock of the SOW stands.

    A closed case is open again with that.
    """
    with atomic():
        issue = _in_hand(case.statement, by)
        now = case.turns.filter(until=None).first()
        if side not in Side.values or (now and now.side == side):
            raise Refused("It is their turn already. Choose another side.")
        if side == Side.CUSTOMER and (refused := redlining_refused(issue, at)):
            raise Refused(refused)
        latest = _latest(case.statement)
        _turn(case, side, latest, by=by, at=at, said=said)
        LegalCase.objects.filter(pk=case.pk).update(closed_at=None)
        _tell(case, TURNED, by=by, at=at, side=side, version=latest, note=said)
        was = now.side if now else ""
        _customers(issue, was, side, by=by, at=at)


def put_there(case: LegalCase, number: int, *, by: User, at: datetime) -> None:
    """A version of ours was attached to it; what was newer there is taken in by that."""
    with atomic():
        _in_hand(case.statement, by)
        if not case.statement.versions.filter(number=number).exists():
            raise Refused("There is no such version of this SOW.")
        LegalCase.objects.filter(pk=case.pk).update(lies=number, newer="")
        _tell(case, LIES, by=by, at=at, version=number)


def newer_there(case: LegalCase, said: str, *, by: User, at: datetime) -> None:
    """A text lies in the case that is newer than any of ours."""
    with atomic():
        _in_hand(case.statement, by)
        if not said:
            raise Refused("Say what lies there, such as the name of the file and who put it there.")
        LegalCase.objects.filter(pk=case.pk).update(newer=said)
        _tell(case, NEWER, by=by, at=at, note=said)


def close(case: LegalCase, *, by: User, at: datetime) -> None:
    """The text is executable: legal is done, and so is its leg of the clock."""
    with atomic():
        issue = _in_hand(case.statement, by)
        case = LegalCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if case.closed_at:
            raise Refused("This legal case is closed already.")
        if wrong := out_of_step(case.statement, at):
            raise Refused(wrong)
        case.turns.filter(until=None).update(until=at)
        LegalCase.objects.filter(pk=case.pk).update(closed_at=at)
        _tell(case, CLOSED, by=by, at=at, version=case.lies)
        deed, done = DEEDS["leg_legal"], standing(issue)[issue.pk]
        if deed.since in done and deed.key not in done and deed.allowed(issue, by):
            note(issue, deed, by=by, at=at)


def out_of_step(statement: StatementOfWork, at: datetime) -> str:
    """Which side holds a newer text, and what to do before stamp or signature; nothing if none.

    A deal without a legal case has one text alone.
    """
    case = case_of(statement)
    if case is None or case.statement_id != statement.pk:
        return ""
    follows = values_on(localdate(at))[TRUTH] == IN_CASE
    if case.newer:
        end = "Take it in as a new version" if follows else "Put ours there"
        return (
            f"The legal case holds a newer text: “{case.newer}”. {end}, and note which lies there."
        )
    numbers = {case.lies or 0, _latest(statement)}
    found = dict(statement.versions.filter(number__in=numbers).values_list("number", "digest"))
    if len(set(found.values())) == 1 and case.lies:
        return ""
    latest = max(found)
    there = f"v{case.lies}" if case.lies else "nothing"
    truth = "which holds the truth" if follows else "so that it follows"
    return f"v{latest} is newer than {there} in the legal case. Put v{latest} there, {truth}."


def spent(case: LegalCase, at: datetime) -> list[Spent]:
    """Time on each side that ever had it, in the order they first had it."""
    found: dict[str, timedelta] = {}
    running = ""
    for turn in sorted(case.turns.all(), key=lambda each: each.since):
        found[turn.side] = found.get(turn.side, ZERO) + ((turn.until or at) - turn.since)
        running = turn.side if turn.until is None else running
    return [Spent(Side(side), time, side == running) for side, time in found.items()]


def rounds(case: LegalCase) -> int:
    """How often legal got it."""
    return sum(turn.side == Side.LEGAL for turn in case.turns.all())


def _in_hand(statement: StatementOfWork, by: User) -> ScopingIssue:
    issue: ScopingIssue = fresh(statement.issue)
    if not rules.works_legal_case(issue, by):
        raise NotAllowed("Its EM, a lead, its account team or legal works in the legal case.")
    return issue


def _turn(case: LegalCase, side: str, version: int, *, by: User, at: datetime, said: str) -> None:
    case.turns.filter(until=None).update(until=at)
    LegalTurn.objects.create(case=case, side=side, version=version, by=by, since=at, note=said)


def _latest(statement: StatementOfWork) -> int:
    return StatementOfWork.objects.values_list("latest", flat=True).get(pk=statement.pk)


def _tell(case: LegalCase, verb: str, *, by: User, at: datetime, **said: Any) -> None:
    told: Mapping[str, Any] = {"sow": case.statement.number, **said}
    record(case.statement.issue, verb, by=by, at=at, **told)


def _customers(issue: ScopingIssue, was: str, side: str, *, by: User, at: datetime) -> None:
    """As with the pen: what lies with the customer stops the clock, and starts it when it is back."""
    keys = {was: "pen_back", side: "pen_given"}
    key = keys.get(Side.CUSTOMER)
    if key is None:
        return
    deed = DEEDS[key]
    if deed.allowed(issue, by) and not amiss(issue, deed, standing(issue)[issue.pk]):
        note(issue, deed, by=by, at=at)

"""The week's call: said, said anew, a lead's line beside it, reopened after its lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.transaction import atomic

from emdesk.fiscal import Quarter
from emdesk.ledger.recording import append, event_of, lock
from emdesk.people.models import User
from emdesk.workflow import Refused
from forecasting.forecast import Forecast
from forecasting.models import Call, Kind, Submission
from forecasting.weeks import Lock
from scoping.categories import up_to
from scoping.deal_totals import added_up
from scoping.models import ForecastCategory
from scoping.quarters import quarter_at

SUBMITTED = "forecasting.call_submitted"
LED = "forecasting.call_led"
REOPENED = "forecasting.call_reopened"
AHEAD = 2


@dataclass(frozen=True)
class Said:
    """What a call says: both figures include what is surer."""

    commit: Decimal
    best_case: Decimal
    note: str = ""


def callable_quarters(running: Quarter) -> list[Quarter]:
    """The running quarter and the next two; what is over is known."""
    found = [running]
    while len(found) <= AHEAD:
        found.append(found[-1].next)
    return found


def submit(quarter: Quarter, em: User, said: Said, *, at: datetime) -> Submission:
    """The engagement manager's own word. :class:`Refused` once it is locked, or the quarter over."""
    late = Lock.on(at.date()).week(at, em).locked(at)
    with atomic():
        call = _running(quarter, em, at, reopened=late)
        line = _say(call, Kind.OWN, said, by=em, at=at, late=late)
        if call.reopened_at is not None:
            call.reopened_at = None
            call.save(update_fields=["reopened_at"])
    return line


def lead(quarter: Quarter, em: User | None, said: Said, *, by: User, at: datetime) -> Submission:
    """A lead's own line beside the engagement manager's, or about the whole desk; never locked."""
    with atomic():
        return _say(_running(quarter, em, at), Kind.LEAD, said, by=by, at=at)


def reopen(quarter: Quarter, em: User, reason: str, *, by: User, at: datetime) -> Call:
    """Let this week's call be said once more after its lock."""
    if not Lock.on(at.date()).week(at, em).locked(at):
        raise Refused("This week's call is not locked yet.")
    with atomic():
        call = _running(quarter, em, at)
        if call.reopened_at is not None:
            raise Refused("It is open again already.")
        facts = {"whose": em.name, "quarter": str(quarter), "reason": reason}
        append([event_of(call, REOPENED, by=by, at=at, **facts)])
        call.reopened_at = at
        call.save(update_fields=["reopened_at"])
    return call


def computed(forecast: Forecast, em: User | None) -> dict[str, Decimal]:
    """Commit and Best Case as the deals of one, or of everybody, add up to."""
    deals = forecast.deals
    if em is not None:
        deals = deals.filter(engagement_manager=em)
    asked = (ForecastCategory.COMMIT, ForecastCategory.BEST_CASE)
    found: dict[str, Decimal] = dict.fromkeys(map(str, asked), Decimal(0))
    for row in added_up(deals, "category"):
        for category in asked:
            if row["category"] in up_to(category):
                found[str(category)] += row["worth"] or 0
    return found


def _running(quarter: Quarter, em: User | None, at: datetime, *, reopened: bool = False) -> Call:
    """This week's call, locked against whoever else says something in it.

    With ``reopened`` only one that a lead has reopened.
    """
    if quarter not in callable_quarters(quarter_at(at)):
        raise Refused("Calls are for the running quarter and the next two.")
    week = Lock.on(at.date()).week(at, em).monday
    calls = Call.objects.filter(quarter=str(quarter), engagement_manager=em, week=week)
    if reopened:
        call = calls.select_for_update().filter(reopened_at__isnull=False).first()
        if call is None:
            raise Refused("This week's call is locked. Ask your lead to reopen it.")
        return call
    call, _ = Call.objects.get_or_create(quarter=str(quarter), engagement_manager=em, week=week)
    lock(call)
    return Call.objects.get(pk=call.pk)


def _say(
    call: Call, kind: Kind, said: Said, *, by: User, at: datetime, late: bool = False
) -> Submission:
    """One line more; the same word sent twice is one."""
    newest = call.lines.filter(kind=kind, by=by).first()
    if newest and said == Said(newest.commit, newest.best_case, newest.note):
        return newest
    forecast = Forecast(Quarter.parse(call.quarter), None, at)
    figures = computed(forecast, call.engagement_manager)
    line = Submission.objects.create(
        call=call,
        kind=kind,
        by=by,
        at=at,
        late=late,
        currency=forecast.currency,
        commit=said.commit,
        best_case=said.best_case,
        note=said.note,
        computed_commit=figures["commit"],
        computed_best_case=figures["best_case"],
    )
    facts: dict[str, Any] = {
        "line": line.pk,
        "quarter": call.quarter,
        "whose": call.engagement_manager.name if call.engagement_manager else "",
        "commit": f"{said.commit:.2f}",
        "best_case": f"{said.best_case:.2f}",
        "currency": forecast.currency,
        "note": said.note,
    }
    append([event_of(call, SUBMITTED if kind == Kind.OWN else LED, by=by, at=at, **facts)])
    return line

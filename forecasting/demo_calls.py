"""Plans and some weeks of calls for the demo, told from what its deals add up to.

Chances come from a generator of each person's own, so that nothing else turns out differently.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from emdesk.fiscal import Quarter
from emdesk.ledger.models import Origin
from emdesk.ledger.recording import append, event_of
from emdesk.people.models import Role, User
from forecasting.calling import SUBMITTED
from forecasting.calls import ASKED
from forecasting.forecast import Forecast
from forecasting.models import Call, Kind, Plan, Submission
from forecasting.planning import SET
from forecasting.roll_up import Line
from forecasting.weeks import Lock
from scoping.quarters import quarter_at

WEEKS = (3, 2, 1, 0)
THOUSAND = Decimal(1_000)
NOTES = (
    "Two SOWs wait for legal.",
    "The largest one hangs on its sponsor's return.",
    "Signature is promised, I trust it when it is here.",
    "Nothing moved but the quote.",
    "",
    "One of the ambers looks surer now.",
)


def plan_and_call(at: datetime) -> None:
    """Plans of the running quarter and the one before and after; calls of the last weeks."""
    running = quarter_at(at)
    for quarter in (running.previous, running, running.next):
        _plan(quarter, Forecast(quarter, None, at), at)
    _call(running, Forecast(running, None, at), at)


def _plan(quarter: Quarter, forecast: Forecast, at: datetime) -> None:
    """Each engagement manager is to book a part of what lies in their region."""
    by = User.objects.with_role(Role.PS_LEADERSHIP).first()
    told = at - timedelta(days=30)
    over = forecast.window[1] < at.date()
    plans = []
    for line in forecast.by("em").lines:
        if line.kind != "em" or line.em is None or not line.region:
            continue
        chance = Random(f"{quarter} {line.name} {line.region} plan")  # noqa: S311 (a demo's)
        bookings = _round(max(line.closed, line.open / 3) * _share(chance, 85, 125))
        if bookings < 20 * THOUSAND:
            continue
        revenue = _round(bookings * _share(chance, 70, 90))
        reached = _share(chance, 85, 108) if over else _share(chance, 15, 35)
        future = forecast.window[0] > at.date()
        plans.append(
            Plan(
                quarter=str(quarter),
                region=line.region,
                engagement_manager_id=line.em,
                bookings=bookings,
                revenue=revenue,
                recognised=None if future else _round(revenue * reached),
                currency=forecast.currency,
            )
        )
    Plan.objects.bulk_create(plans)
    append([_planned(plan, by, told) for plan in plans])


def _planned(plan: Plan, by: User | None, at: datetime) -> Any:
    names = ("bookings", "revenue", "recognised", "currency")
    changed = {name: [None, str(worth)] for name in names if (worth := getattr(plan, name))}
    facts: dict[str, Any] = {"quarter": plan.quarter, "region": plan.region, "changed": changed}
    whose = str(plan.engagement_manager)
    return event_of(plan, SET, by=by, at=at, origin=Origin.DEMO, whose=whose, **facts)


def _call(quarter: Quarter, forecast: Forecast, at: datetime) -> None:
    """Of nearly everybody each week, a little nearer to what the deals say now."""
    lines = [line for line in forecast.by("em").lines if line.kind == "em"]
    lock = Lock.on(at.date())
    begins = forecast.window[0]
    events = []
    for em in User.objects.engagement_managers():
        chance = Random(f"{quarter} {em.email} call")  # noqa: S311 (a demo's)
        for back in WEEKS:
            week = lock.week(at - timedelta(weeks=back), em)
            if week.monday < begins or chance.random() < 1 / 8:
                continue
            said_at = week.locks_at - timedelta(hours=chance.randint(2, 30))
            if said_at >= at:
                continue
            figures = _figures([line for line in lines if line.em == em.pk], chance, back)
            call = Call.objects.create(
                quarter=str(quarter), engagement_manager=em, week=week.monday
            )
            line = Submission.objects.create(
                call=call,
                kind=Kind.OWN,
                by=em,
                at=said_at,
                note=chance.choice(NOTES),
                currency=forecast.currency,
                **figures,
            )
            events.append(_called(call, line, em))
    append(sorted(events, key=lambda event: event.at))


def _figures(lines: Iterable[Line], chance: Random, back: int) -> dict[str, Decimal]:
    """What the deals said then, roughly, and what was called."""
    own = list(lines)
    now = [sum((line.figures[each].value for line in own), Decimal(0)) for each in ASKED]
    then = [_round(worth * (100 - back * chance.randint(1, 6)) / 100) for worth in now]
    commit = _round(then[0] * _share(chance, 88, 106))
    best = max(_round(then[1] * _share(chance, 85, 100)), commit)
    return {
        "computed_commit": then[0],
        "computed_best_case": then[1],
        "commit": commit,
        "best_case": best,
    }


def _called(call: Call, line: Submission, em: User) -> Any:
    facts: dict[str, Any] = {
        "line": line.pk,
        "quarter": call.quarter,
        "whose": em.name,
        "commit": f"{line.commit:.2f}",
        "best_case": f"{line.best_case:.2f}",
        "currency": line.currency,
        "note": line.note,
    }
    return event_of(call, SUBMITTED, by=em, at=line.at, origin=Origin.DEMO, **facts)


def _share(chance: Random, least: int, most: int) -> Decimal:
    return Decimal(chance.randint(least, most)) / 100


def _round(worth: Decimal) -> Decimal:
    return (worth / THOUSAND).quantize(Decimal(1)) * THOUSAND

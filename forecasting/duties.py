"""The duties forecasting brings to My day: the week's call, and what forecast calls decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils.timezone import localtime

from emdesk.configuration.fiscal_year import KEY
from emdesk.configuration.values import values_on
from emdesk.desk.duties import Button, Class, Duty, finds
from emdesk.fiscal import Quarter
from emdesk.people.models import Role, User
from forecasting.models import Call, Decision, Kind
from forecasting.rules import sees_forecast_calls
from forecasting.weeks import Lock, Week
from scoping.hygiene import OPEN, STALE_DAYS, Moment, asked
from scoping.models import Confidence, Opportunity
from scoping.quarters import ZONE


@finds(Duty)
def calls_to_make(people: Sequence[User], at: datetime) -> Iterator[Duty]:
    """Of each engagement manager who has not called this week, and of whom it was reopened for."""
    managers = [person for person in people if person.has(Role.EM)]
    if not managers:
        return
    known = values_on(at.date())
    lock = Lock.of(known)
    quarter = Quarter.containing(at.astimezone(ZoneInfo(known[ZONE])).date(), known[KEY])
    weeks = {each.pk: lock.week(at, each) for each in managers}
    calls = {
        (call.engagement_manager_id, call.week): call
        for call in Call.objects.filter(quarter=str(quarter), engagement_manager__in=managers)
        .order_by("-week")
        .annotate(said=Count("lines", filter=Q(lines__kind=Kind.OWN)))[: 2 * len(managers)]
    }
    waiting = [each for each in managers if _waits(calls, each, weeks[each.pk], at)]
    if not waiting:
        return
    spoken_before = at - timedelta(days=known[STALE_DAYS])
    doubts = _doubts(waiting, quarter, known[KEY], Moment(at, spoken_before))
    for em in waiting:
        week = weeks[em.pk]
        call = calls.get((em.pk, week.monday)) or Call(
            quarter=str(quarter), week=week.monday, engagement_manager=em
        )
        yield _duty(call, em, week, doubts.get(em.pk, ""), at)


def _waits(calls: dict[Any, Any], em: User, week: Week, at: datetime) -> bool:
    call = calls.get((em.pk, week.monday))
    if call is not None and call.reopened_at is not None:
        return True
    return week.due(at) and not (call and call.said)


def _doubts(
    people: Sequence[User], quarter: Quarter, month: int, moment: Moment
) -> dict[int | None, str]:
    """By engagement manager, how many of their open deals are Grey, and how many words stale."""
    deals = Opportunity.objects.filter(
        deleted=False,
        close_date__range=(quarter.starts(month), quarter.ends(month)),
        engagement_manager__in=people,
        stage__in=OPEN,
    )
    counted = (
        deals.order_by()
        .values("engagement_manager")
        .annotate(
            grey=Count("pk", filter=Q(confidence=Confidence.GREY)),
            stale=Count("pk", filter=asked("stale", moment)),
        )
    )
    return {row["engagement_manager"]: _told(row["grey"], row["stale"]) for row in counted}


def _told(grey: int, stale: int) -> str:
    parts = [f"{grey} Grey"] if grey else []
    parts += [f"{stale} stale rationale{pluralize(stale)}"] if stale else []
    return f"; {' and '.join(parts)} among the deals" if parts else ""


def _duty(call: Call, em: User, week: Week, doubts: str, at: datetime) -> Duty:
    locks = localtime(week.locks_at)
    reason = "It was reopened for you" if call.reopened_at else f"It locks {locks:%a %H:%M}"
    button = Button("Call", call.get_absolute_url())
    due = week.locks_at.date()
    return Duty(Class.TERRITORY, "Give", call, f"{reason}{doubts}", button, due=due, owner=em)


@finds(Duty)
def decisions_to_do(people: Sequence[User], at: datetime) -> Iterator[Duty]:
    """What forecast calls gave them to do, until they say that it is done."""
    owners = [person for person in people if sees_forecast_calls(person)]
    if not owners:
        return
    found = Decision.objects.to_do().filter(owner__in=owners)
    for each in found.select_related("call", "owner", "opportunity"):
        about = f"{each.opportunity}: decided" if each.opportunity else "Decided"
        reason = f"{about} in the forecast call of {localtime(each.call.begun_at):%-d %b}"
        url = reverse("forecasting:decision_done", args=[each.pk])
        button = Button("Done", url, (("next", reverse("desk:day")),))
        verb = "Do what was decided:"
        yield Duty(
            Class.COLLABORATION,
            *(verb, each, reason, button),
            due=each.due,
            since=each.at,
            owner=each.owner,
        )

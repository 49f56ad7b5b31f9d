"""The forecast call everybody is in: begun, its decisions kept, ended and told to who was there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.transaction import atomic

from emdesk.fiscal import Quarter
from emdesk.ledger.recording import append, event_of, lock
from emdesk.people.models import User
from emdesk.workflow import Refused
from forecasting.calling import callable_quarters
from forecasting.models import Decision, ForecastCall
from scoping.models import Opportunity
from scoping.quarters import quarter_at

BEGUN = "forecasting.forecast_call_begun"
DECIDED = "forecasting.decided"
DROPPED = "forecasting.decision_dropped"
DONE = "forecasting.decision_done"
ENDED = "forecasting.forecast_call_ended"
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Decided:
    """What is to be done, whose it is, by when, and about which deal, if about one."""

    text: str
    owner: User
    due: date | None = None
    deal: Opportunity | None = None


def under_way(quarter: Quarter) -> ForecastCall | None:
    return ForecastCall.objects.under_way().filter(quarter=str(quarter)).first()


def last_ended(quarter: Quarter, at: datetime) -> datetime:
    """When the quarter's last call ended; without one a week ago."""
    ends = ForecastCall.objects.over().filter(quarter=str(quarter), ended_at__lte=at)
    found: datetime | None = ends.order_by("-ended_at").values_list("ended_at", flat=True).first()
    return found or at - WEEK


def begin(quarter: Quarter, *, by: User, at: datetime) -> ForecastCall:
    """The one that is under way already, or a new one."""
    if quarter not in callable_quarters(quarter_at(at)):
        raise Refused("Forecast calls are for the running quarter and the next two.")
    with atomic():
        call, is_new = ForecastCall.objects.get_or_create(
            quarter=str(quarter),
            ended_at=None,
            defaults={"since": last_ended(quarter, at), "begun_at": at, "begun_by": by},
        )
        if is_new:
            append([event_of(call, BEGUN, by=by, at=at, quarter=call.quarter)])
    return call


def decide(call: ForecastCall, said: Decided, *, by: User, at: datetime) -> Decision:
    """Keep a decision; the same sent twice is one."""
    with atomic():
        _open(call)
        facts = {"text": said.text, "owner": said.owner, "due": said.due, "opportunity": said.deal}
        decision, is_new = Decision.objects.standing().get_or_create(
            call=call, **facts, defaults={"by": by, "at": at}
        )
        if is_new:
            told: dict[str, Any] = {"decision": decision.pk, "told": decision.told}
            append([event_of(call, DECIDED, by=by, at=at, **told)])
    return decision


def drop(decision: Decision, *, by: User, at: datetime) -> None:
    """Take a decision out again, while its call lasts."""
    with atomic():
        _open(decision.call)
        _finish(decision, "dropped_at", DROPPED, by, at)


def done(decision: Decision, *, by: User, at: datetime) -> None:
    with atomic():
        lock(decision.call)
        _finish(decision, "done_at", DONE, by, at)


def end(call: ForecastCall, participants: Sequence[User], *, by: User, at: datetime) -> None:
    """Tell those who were there, and whoever has something to do now, in one event."""
    with atomic():
        _open(call)
        decisions = list(call.decisions.standing().select_related("owner", "opportunity"))
        call.ended_at = at
        call.save(update_fields=["ended_at"])
        call.participants.set(participants)
        ended = event_of(
            *(call, ENDED),
            by=by,
            at=at,
            quarter=call.quarter,
            participants=[each.pk for each in participants],
            owners=sorted({each.owner_id for each in decisions}),
            decisions=[each.told for each in decisions],
        )
        append([ended])


def _open(call: ForecastCall) -> None:
    """Locked, and not over yet."""
    lock(call)
    if ForecastCall.objects.get(pk=call.pk).ended_at is not None:
        raise Refused("This call is over, and what it decided was mailed. Begin another one.")


def _finish(decision: Decision, field: str, verb: str, by: User, at: datetime) -> None:
    """Once; a second time changes nothing."""
    if Decision.objects.to_do().filter(pk=decision.pk).update(**{field: at}):
        told: dict[str, Any] = {"decision": decision.pk, "told": decision.told}
        append([event_of(decision.call, verb, by=by, at=at, **told)])

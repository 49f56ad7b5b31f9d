"""The week's calls of everybody: what was called, what deals add up to, what a lead says beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property

from emdesk.ledger.models import Event
from emdesk.people.models import User
from forecasting.calling import REOPENED, callable_quarters
from forecasting.forecast import Forecast
from forecasting.models import Call, Kind, Submission
from forecasting.roll_up import Roll
from forecasting.weeks import Lock, Week
from scoping.models import ForecastCategory

LOOKED_BACK = timedelta(days=28)
Key = tuple[int | None, str]
ASKED = (ForecastCategory.COMMIT, ForecastCategory.BEST_CASE)


@dataclass(frozen=True)
class CallLine:
    """One engagement manager's week, or with none the desk's.

    ``own`` was called this week and ``before`` earlier; ``computed`` is what deals say now.
    """

    em: User | None
    week: Week
    computed: Mapping[str, Decimal]
    own: Submission | None
    before: Submission | None
    lead: Submission | None
    reopened: bool
    at: datetime

    @property
    def missed(self) -> bool:
        return self.own is None and self.locked

    @property
    def locked(self) -> bool:
        return self.week.locked(self.at) and not self.reopened


class Calls:
    """Of one quarter, in a fixed number of queries; ``roll`` is by engagement manager."""

    def __init__(self, forecast: Forecast, roll: Roll) -> None:
        self.forecast, self.roll = forecast, roll

    @cached_property
    def open(self) -> bool:
        """Whether anything can still be called for this quarter."""
        return self.forecast.quarter in callable_quarters(self.forecast.running)

    @cached_property
    def lock(self) -> Lock:
        return Lock.of(self.forecast.known)

    @cached_property
    def lines(self) -> list[CallLine]:
        """Of every engagement manager, by name."""
        return [self.line(em) for em in User.objects.engagement_managers().order_by("name", "pk")]

    @property
    def desk(self) -> CallLine:
        return self.line(None)

    @property
    def handed_in(self) -> int:
        return sum(line.own is not None for line in self.lines)

    def called(self, category: str) -> Decimal:
        """What engagement managers called this week, in the desk's currency, together."""
        said = (line.own for line in self.lines)
        same = [each for each in said if each and each.currency == self.forecast.currency]
        return sum((getattr(each, category) for each in same), Decimal(0))

    def line(self, em: User | None) -> CallLine:
        week, key = self.lock.week(self._moment, em), em.pk if em else None
        own = self._newest.get((key, Kind.OWN), [])
        this = [each for each in own if each.call.week == week.monday]
        earlier = [each for each in own if each.call.week < week.monday]
        lead = self._newest.get((key, Kind.LEAD), [])
        return CallLine(
            em,
            week,
            self._computed(key),
            this[0] if this else None,
            earlier[0] if earlier else None,
            next((each for each in lead if each.call.week == week.monday), None),
            (key, week.monday) in self._reopened,
            self.forecast.at,
        )

    def _computed(self, em: int | None) -> dict[str, Decimal]:
        lines = [line for line in self.roll.lines if line.kind == "em" and line.em == em]
        lines = [self.roll.whole] if em is None else lines
        return {
            str(each): sum((line.figures[each].value for line in lines), Decimal(0))
            for each in ASKED
        }

    @cached_property
    def _moment(self) -> datetime:
        """Now, or the quarter's last noon: of what is over the last call stands."""
        last = datetime.combine(self.forecast.window[1], time(12), UTC)
        return min(self.forecast.at, last)

    @cached_property
    def _newest(self) -> dict[Key, list[Submission]]:
        """The last line of each week, the newest week first."""
        asked = Submission.objects.filter(
            call__quarter=str(self.forecast.quarter),
            call__week__gte=(self._moment - LOOKED_BACK).date(),
        )
        whose = "call__engagement_manager_id"
        order = (whose, "kind", "-call__week")
        rows = asked.select_related("call", "by").order_by(*order, "-at", "-pk")
        found: dict[Key, list[Submission]] = {}
        for line in rows.distinct(whose, "kind", "call__week"):
            found.setdefault((line.call.engagement_manager_id, line.kind), []).append(line)
        return found

    @cached_property
    def _reopened(self) -> set[tuple[int | None, date]]:
        asked = Call.objects.filter(quarter=str(self.forecast.quarter), reopened_at__isnull=False)
        return set(asked.values_list("engagement_manager", "week"))


@dataclass(frozen=True)
class Entry:
    """One line of a call's history: something said, or that it was reopened."""

    at: datetime
    by: User | None
    line: Submission | None = None
    reason: str = ""


def history(forecast: Forecast, em: User | None) -> list[Entry]:
    """Everything said about one quarter of theirs, the newest first."""
    calls = Call.objects.filter(quarter=str(forecast.quarter), engagement_manager=em)
    lines = Submission.objects.filter(call__in=calls).select_related("call", "by")
    found = [Entry(line.at, line.by, line) for line in lines]
    events = Event.objects.filter(
        subject_type=Call._meta.label_lower, subject_id__in=calls.values("pk"), verb=REOPENED
    )
    found += [
        Entry(event.at, event.actor, reason=event.data["reason"])
        for event in events.select_related("actor")
    ]
    return sorted(found, key=lambda entry: entry.at, reverse=True)

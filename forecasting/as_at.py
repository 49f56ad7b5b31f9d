"""Deals as they stood when a day was over, valued and categorised as the desk saw them then.

Settings and rates are those that were in the books at that moment, so that a snapshot rebuilt
later equals the one taken at the time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Q

from emdesk.configuration.values import value_of
from emdesk.copying import maker
from forecasting.models import Snapshot
from forecasting.rewinding import Rewind, Row
from scoping.categories import ANY_QUARTER, IN_QUARTER, Outlook
from scoping.models.opportunity import CLOSED
from scoping.prices import Prices
from scoping.quarters import ZONE

DAY = timedelta(days=1)
make = maker(Snapshot)


def end_of(day: date) -> datetime:
    """When a day is over, by the clock of the fiscal calendar."""
    return datetime.combine(day + DAY, time(), ZoneInfo(value_of(ZONE, day)))


def deals_at(day: date, at: datetime) -> list[Snapshot]:
    """Every deal there was, open or closed, in rows that are not stored.

    At the end of that day, or now where it is not over; deals deleted in the CRM are left out.
    """
    return Past(day, at).on(day)


class Past:
    """Several days, the latest first; reads the ledger once, back to the end of ``since``.

    ``relevant`` leaves out deals it does not fit, unless they changed since.
    """

    def __init__(self, since: date, at: datetime, relevant: Q | None = None) -> None:
        self._at = at
        self._rewind = Rewind(min(end_of(since), at), relevant)

    def on(self, day: date, currency: str = "") -> list[Snapshot]:
        """Told in the desk's currency of that day, or in another."""
        moment = min(end_of(day), self._at)
        there = self._rewind.to(moment)
        prices, outlook = Prices(day, moment, currency), Outlook.on(day, moment)
        named = {pk: _region_of(name) for pk, name in self._rewind.segments.items()}
        reckoned = _Reckoned(day, prices, outlook, named)
        return list(reckoned.rows(row for row in there.values() if not row["deleted"]))


class _Reckoned:
    """What follows from a deal's fields on a day."""

    def __init__(
        self, day: date, prices: Prices, outlook: Outlook, regions: dict[int, str]
    ) -> None:
        self._day, self._prices, self._outlook, self._regions = day, prices, outlook, regions

    def rows(self, deals: Iterable[Row]) -> Iterable[Snapshot]:
        for deal in deals:
            value = _booking_value(deal)
            stage, confidence, closes = deal["stage"], deal["confidence"], deal["close_date"]
            ended = closes if stage in CLOSED and closes and closes <= self._day else None
            rate = self._prices.rate(deal["currency"], ended)
            yield make(
                date=self._day,
                opportunity_id=deal["pk"],
                engagement_manager_id=deal["engagement_manager_id"],
                segment_id=deal["segment_id"],
                region=deal["office"] or self._regions.get(deal["segment_id"], ""),
                kind=deal["kind"],
                product=deal["product"],
                stage=stage,
                confidence=confidence,
                forecast_category=deal["forecast_category"],
                category=self._outlook.counts_as(stage, confidence, dated=closes is not None),
                close_date=closes,
                currency=deal["currency"],
                booking_value=value,
                desk_value=self._prices.worth(value, rate),
                desk_currency=self._prices.currency,
                weight_in_quarter=self._outlook.weighs(stage, confidence, IN_QUARTER),
                weight_any_quarter=self._outlook.weighs(stage, confidence, ANY_QUARTER),
            )


def _booking_value(deal: Row) -> Decimal | None:
    """What was quoted, else expected, else the CRM's amount; a quote of nothing is none."""
    known = (deal[name] for name in ("services_value", "amount") if deal[name] is not None)
    return deal["quoted_value"] or next(known, None)


def _region_of(segment: str) -> str:
    """Where a segment lies: ``Ent_EMEA`` in EMEA."""
    return [*segment.split("_"), ""][1].upper()

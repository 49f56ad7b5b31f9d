"""The forecast of a quarter as it stood when a day was over, told by the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from emdesk.people.models import Segment, User
from forecasting.as_at import deals_at, end_of
from forecasting.forecast import Forecast
from forecasting.models import Snapshot
from forecasting.roll_up import Roll, rolled_up
from scoping.categories import Outlook
from scoping.deal_totals import Row

UNKNOWN = "office"


@dataclass(frozen=True)
class PastForecast(Forecast):
    """``at`` is the moment one asks, ``day`` the day that is asked about.

    Offices are not kept apart from regions, so nothing is told by them.
    """

    day: date

    def by(self, axis: str) -> Roll:
        first, last = self.window
        found = (
            deal
            for deal in deals_at(self.day, self.at)
            if deal.close_date and first <= deal.close_date <= last
        )
        outlook = Outlook.on(self.day, min(end_of(self.day), self.at))
        return rolled_up(_rows(found), axis, outlook, self._planned(axis))


def _rows(deals: Iterable[Snapshot]) -> Iterable[Row]:
    people: dict[int | None, str] = dict(User.objects.values_list("pk", "name"))
    segments: dict[int | None, str] = dict(Segment.objects.values_list("pk", "name"))
    for deal in deals:
        em, segment = deal.engagement_manager_id, deal.segment_id
        yield {
            "region": deal.region,
            "engagement_manager": em,
            "engagement_manager__name": people.get(em),
            "segment": segment,
            "segment__name": segments.get(segment),
            "category": deal.category,
            "confidence": deal.confidence,
            "n": 1,
            "worth": deal.desk_value,
            "valued": int(deal.booking_value is not None),
            "priced": int(deal.desk_value is not None),
        }

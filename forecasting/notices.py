"""Who hears of a forecast call: those who were there, and whoever has something to do since."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from emdesk.ledger.models import Event
from emdesk.notifications.audiences import About, Heard, about, headlines, hears
from emdesk.notifications.kinds import kind
from forecasting.deciding import ENDED
from forecasting.models import ForecastCall

CALL = kind("forecast_calls", "Forecast calls", "What a call decided that you were in or act on.")


def load(pks: Collection[int]) -> Iterable[ForecastCall]:
    return ForecastCall.objects.filter(pk__in=pks)


about(ForecastCall._meta.label_lower, About(load, ForecastCall.objects.visible_to))
headlines({ENDED: "what was decided"})


@hears(ENDED)
def call_ended(event: Event, call: Any) -> Iterator[Heard]:
    """Whoever is both hears once."""
    yield Heard("something decided in it is yours to do", CALL, event.data["owners"])
    yield Heard("you were in it", CALL, event.data["participants"])

"""Call mode as its page shows it: which deal, what changed about it, where the next one is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from emdesk.money import in_full
from emdesk.people.models import User
from forecasting.agenda import Agenda
from forecasting.deciding import last_ended, under_way
from forecasting.deciding_forms import DecisionForm
from forecasting.forecast import Forecast
from forecasting.models import Decision, ForecastCall
from forecasting.rules import leads_forecast_calls
from scoping.forms.deals import SPOKEN, DealForm, may_edit
from scoping.models import Confidence, Opportunity
from scoping.picker import notes_on
from scoping.rules import own_deal

ALL, LONGEST = "all", 15


class CallMode:
    """``said`` is what the address asks for; what it says wrongly is the usual."""

    def __init__(
        self, forecast: Forecast, user: User, said: Mapping[str, str], deal: int | None
    ) -> None:
        self.forecast, self.user = forecast, user
        self.everything = said.get("show") == ALL
        self.em = _key(said.get("em", ""))
        self._deal = deal or _key(said.get("deal", ""))

    @cached_property
    def call(self) -> ForecastCall | None:
        return under_way(self.forecast.quarter)

    @cached_property
    def since(self) -> datetime:
        if self.call is not None:
            return self.call.since
        return last_ended(self.forecast.quarter, self.forecast.at)

    @cached_property
    def agenda(self) -> Agenda:
        return Agenda(self.forecast, self.since, everything=self.everything, em=self.em)

    @cached_property
    def place(self) -> int:
        return self.agenda.place(self._deal)

    @property
    def number(self) -> int:
        return self.place + 1

    @property
    def count(self) -> int:
        return len(self.agenda.rows)

    @property
    def shown(self) -> list[dict[str, Any]]:
        """The deals around this one, each with the way to it."""
        return [
            row | {"url": self.url(deal=row["pk"]), "colour": Confidence(row["confidence"]).label}
            for row in self.agenda.around(self.place)
        ]

    @property
    def previous(self) -> int | None:
        return self._at(self.place - 1)

    @property
    def next(self) -> int | None:
        return self._at(self.place + 1)

    def _at(self, place: int) -> int | None:
        rows = self.agenda.rows
        found: int | None = rows[place]["pk"] if 0 <= place < len(rows) else None
        return found

    @cached_property
    def deal(self) -> Opportunity | None:
        """The one of the agenda one is at."""
        pk = self._at(self.place)
        if pk is None:
            return None
        deals = self.agenda.deals.select_related("account", "engagement_manager", "segment")
        return deals.prefetch_related("issues").get(pk=pk)

    @property
    def people(self) -> list[tuple[int, str]]:
        return self.agenda.people

    @property
    def colours(self) -> list[tuple[str, str]]:
        """The surest first."""
        return Confidence.choices[::-1]

    @property
    def worth(self) -> str:
        value = getattr(self.deal, "desk_value", None)
        return "no value or no rate" if value is None else in_full(value, self.forecast.currency)

    @property
    def likely(self) -> list[int]:
        """Who was probably there: those with open deals, those with something to do, the reader."""
        owners = (
            list(self.call.decisions.standing().values_list("owner", flat=True))
            if self.call
            else []
        )
        return list(dict.fromkeys([*(pk for pk, _ in self.agenda.people), *owners, self.user.pk]))

    @property
    def here(self) -> str:
        return self.url(deal=self._at(self.place))

    @property
    def next_url(self) -> str:
        return self.url(deal=self.next) if self.next else ""

    @property
    def previous_url(self) -> str:
        return self.url(deal=self.previous) if self.previous else ""

    @property
    def changed_url(self) -> str:
        return self.url(show="")

    @property
    def all_url(self) -> str:
        return self.url(show=ALL)

    def url(self, name: str = "forecast_call", **more: Any) -> str:
        said = {"em": self.em, "show": ALL if self.everything else ""} | more
        told = {key: value for key, value in said.items() if value}
        path = reverse(f"forecasting:{name}", args=[str(self.forecast.quarter)])
        return f"{path}?{urlencode(told)}" if told else path

    def context(self) -> dict[str, Any]:
        """All that the page shows beside the mode itself."""
        leads, deal = leads_forecast_calls(self.user), self.deal
        standing = Decision.objects.none()
        if self.call is not None:
            standing = self.call.decisions.standing().select_related("owner", "opportunity")
        found: dict[str, Any] = {
            "deal": deal,
            "leads": leads,
            "decisions": list(standing),
            "decision_form": DecisionForm(deal, prefix="decision") if self.call and leads else None,
        }
        if deal is not None:
            found["changes"] = self.agenda.changes(deal)
            found["beside"] = (
                notes_on(deal, self.user, self.forecast.at) if own_deal(deal, self.user) else []
            )
            if may_edit(SPOKEN, deal, self.user):
                found["form"] = DealForm(SPOKEN, self.user, instance=deal)
                found["seen_word"] = deal.confidence
        return found


def _key(told: str) -> int | None:
    """A row's key as an address tells it; nothing, where it does not."""
    return int(told) if told.isdecimal() and len(told) <= LONGEST else None

"""What a forecast call goes through: the deals of a quarter that changed since the last one, or all.

A deal that left the quarter since is on it too, because that is what a call is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform

from emdesk.ledger.models import Event
from emdesk.money import in_full, in_short
from emdesk.people.models import User
from forecasting.forecast import Forecast
from forecasting.rewinding import CHANGING, CREATED, DEAL
from scoping.deal_changes import olds
from scoping.hygiene import OPEN
from scoping.imports.deals import IMPORTED
from scoping.models import Confidence, ForecastCategory, Opportunity, Stage
from scoping.models.opportunity import OpportunityQuerySet

VALUES = ("quoted_value", "services_value", "amount")
TOLD = (
    *("stage", "close_date", "confidence", "confidence_rationale", "forecast_category"),
    *("currency", "engagement_manager_id", "deleted", *VALUES),
)
BESIDE = 10
COLUMNS = (
    *("pk", "name", "account__name", "engagement_manager__name", "confidence", "desk_value"),
    *("close_date", "stage"),
)


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was."""

    what: str
    was: str
    now: str


class Agenda:
    """In a fixed number of queries; ``em`` narrows it to one person's deals."""

    def __init__(
        self,
        forecast: Forecast,
        since: datetime,
        *,
        everything: bool = False,
        em: int | None = None,
    ) -> None:
        self.forecast, self.since, self.everything, self.em = forecast, since, everything, em

    @property
    def deals(self) -> OpportunityQuerySet:
        """In their order: by engagement manager, what is worth most first."""
        found = Opportunity.objects.filter(deleted=False)
        if self.forecast.user is not None:
            found = found.visible_to(self.forecast.user)
        if self.em:
            found = found.filter(engagement_manager=self.em)
        window = Q(close_date__range=self.forecast.window)
        if self.everything:
            found = found.filter(window, stage__in=OPEN)
        else:
            found = found.filter(window | Q(pk__in=self._left), pk__in=self._changed)
        priced = found.valued(self.forecast.today, self.forecast.currency)
        return priced.order_by(
            F("engagement_manager__name").asc(nulls_last=True),
            F("desk_value").desc(nulls_last=True),
            "pk",
        )

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Of each deal what a list shows."""
        return list(self.deals.values(*COLUMNS))

    @cached_property
    def people(self) -> list[tuple[int, str]]:
        """The engagement managers of the quarter's open deals, by name."""
        owned = Opportunity.objects.filter(
            deleted=False, close_date__range=self.forecast.window, stage__in=OPEN
        )
        owners = User.objects.filter(pk__in=owned.order_by().values("engagement_manager"))
        return list(owners.order_by("name", "pk").values_list("pk", "name"))

    def place(self, deal: int | None) -> int:
        """Where a deal stands in it; the first, when it does not."""
        return next((at for at, row in enumerate(self.rows) if row["pk"] == deal), 0)

    def around(self, place: int) -> list[dict[str, Any]]:
        """A few on both sides, numbered from 1."""
        first = max(0, min(place - BESIDE, len(self.rows) - 2 * BESIDE - 1))
        shown = self.rows[first : first + 2 * BESIDE + 1]
        currency = self.forecast.currency
        return [
            row
            | {
                "number": first + offset,
                "worth": "" if row["desk_value"] is None else in_short(row["desk_value"], currency),
            }
            for offset, row in enumerate(shown, 1)
        ]

    def changes(self, deal: Opportunity) -> list[Change]:
        """What of it is not as it was when the last call ended."""
        events = Event.objects.about(deal).filter(at__gt=self.since, verb__in=CHANGING)
        was: dict[str, Any] = {}
        for data in events.order_by("number").values_list("data", flat=True):
            for name, old in olds(data):
                was.setdefault(name, old)
        return _told(deal, was)

    @property
    def _since(self) -> Any:
        told = Q(data__changed__has_any_keys=TOLD) | Q(data__was__has_any_keys=TOLD)
        born = Q(verb=CREATED) | Q(verb=IMPORTED, data__was__isnull=True)
        return Event.objects.filter(
            told | born, subject_type=DEAL, verb__in=CHANGING, at__gt=self.since
        )

    @property
    def _changed(self) -> Any:
        return self._since.order_by().values("subject_id")

    @property
    def _left(self) -> Any:
        """Those that were dated in the quarter; days of the ledger are in ISO's order."""
        span = tuple(day.isoformat() for day in self.forecast.window)
        dated = self._since.annotate(
            edited=KeyTextTransform("0", KeyTextTransform("close_date", F("data__changed"))),
            brought=KeyTextTransform("close_date", F("data__was")),
        )
        return (
            dated.filter(Q(edited__range=span) | Q(brought__range=span))
            .order_by()
            .values("subject_id")
        )


def _told(deal: Opportunity, was: dict[str, Any]) -> list[Change]:
    people: dict[Any, str] = {}
    if "engagement_manager_id" in was:
        pks = [was["engagement_manager_id"], deal.engagement_manager_id]
        people = dict(
            User.objects.filter(pk__in=[pk for pk in pks if pk]).values_list("pk", "name")
        )
    pairs: Sequence[tuple[str, Any, Any]] = [
        (what, _spelled(name, was[name], people), _spelled(name, getattr(deal, name), people))
        for name, what in NAMES.items()
        if name in was
    ]
    if not was.keys().isdisjoint((*VALUES, "currency")):
        pairs = [*pairs, ("Value", _value(deal, was), _value(deal, {}))]
    return [Change(what, old, now) for what, old, now in pairs if old != now]


NAMES = {
    "stage": "Stage",
    "close_date": "Close date",
    "confidence": "EM confidence",
    "forecast_category": "Forecast category",
    "engagement_manager_id": "Engagement manager",
    "confidence_rationale": "Rationale",
}
CHOICES: dict[str, Any] = {
    "stage": Stage,
    "confidence": Confidence,
    "forecast_category": ForecastCategory,
}


def _spelled(name: str, value: Any, people: dict[Any, str]) -> str:
    if name == "engagement_manager_id":
        return people.get(value, "nobody")
    if not value:
        return "none"
    if name == "close_date":
        day = value if isinstance(value, date) else date.fromisoformat(value)
        return f"{day:%-d %b %Y}"
    return str(CHOICES[name](value).label) if name in CHOICES else str(value)


def _value(deal: Opportunity, was: dict[str, Any]) -> str:
    """What is booked if it closes won, as :attr:`Opportunity.value` has it."""
    quoted, services, amount = (
        Decimal(told) if told is not None else None
        for told in (was.get(name, getattr(deal, name)) for name in VALUES)
    )
    known = quoted or next((each for each in (services, amount) if each is not None), None)
    return "none" if known is None else in_full(known, was.get("currency", deal.currency))

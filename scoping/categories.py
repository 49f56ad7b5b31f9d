"""Forecast categories as the EM's confidence proposes them, and the weights of each colour.

Source: domain.md §10.2, §10.3, Q-41. Amber is doubt about the date, never half a chance of
winning: it counts into a quarter as Best Case, and fully towards what is won at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Case, CharField, DecimalField, F, Q, Value, When
from django.db.models.functions import Round

from emdesk.configuration.definitions import Definition, register
from emdesk.configuration.values import values_on
from scoping.models import Confidence, ForecastCategory, Stage
from scoping.models.opportunity import OpportunityQuerySet

Category = ForecastCategory
OMITTED = (Stage.PENDING, Stage.LOST, Stage.UNQUALIFIED, Stage.DUPLICATE)
CUMULATIVE = (Category.CLOSED, Category.COMMIT, Category.BEST_CASE, Category.PIPELINE)
IN_QUARTER, ANY_QUARTER = "in_quarter", "any_quarter"
HORIZONS = {IN_QUARTER: "in its quarter", ANY_QUARTER: "in any quarter"}
WEIGHTS = {
    Confidence.GREEN: ("0.95", "0.95"),
    Confidence.AMBER: ("0.50", "0.90"),
    Confidence.RED: ("0.05", "0.30"),
    Confidence.GREY: ("0.10", "0.10"),
}
PROPOSED = {
    Confidence.GREEN: Category.COMMIT,
    Confidence.AMBER: Category.BEST_CASE,
    Confidence.RED: Category.PIPELINE,
    Confidence.GREY: Category.PIPELINE,
}
PER_CENT: DecimalField[Any, Any] = DecimalField(max_digits=4, decimal_places=3)
CENTS: DecimalField[Any, Any] = DecimalField(max_digits=16, decimal_places=2)


@dataclass(frozen=True)
class Outlook:
    """What the colours mean as of a day: the category each proposes, and how much it weighs."""

    proposed: Mapping[str, str]
    weights: Mapping[tuple[str, str], Decimal]

    @classmethod
    def on(cls, day: date, as_known: datetime | None = None) -> Outlook:
        """In one query."""
        return cls.of(values_on(day, as_known))

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> Outlook:
        """From the values that hold on a day."""
        return cls(
            {colour: known[f"category.{colour}"] for colour in Confidence.values},
            {
                (colour, horizon): known[f"weight.{colour}.{horizon}"]
                for colour in Confidence.values
                for horizon in HORIZONS
            },
        )

    def category(self, first: date, last: date) -> Any:
        """The category of each deal, for a quarter from its first day to its last.

        Best Case is what may close in the quarter: dated outside of it, it is Pipeline.
        """
        dated = Q(close_date__range=(first, last))
        cases = [When(stage=Stage.WON, then=_word(Category.CLOSED))]
        cases += [When(stage__in=OMITTED, then=_word(Category.OMITTED))]
        for colour, category in self.proposed.items():
            if category == Category.BEST_CASE:
                cases += [When(dated, confidence=colour, then=_word(category))]
                category = Category.PIPELINE
            cases += [When(confidence=colour, then=_word(category))]
        return Case(*cases, output_field=CharField())

    def counts_as(self, stage: str, confidence: str, *, dated: bool) -> str:
        """The same for one deal, ``dated`` in the quarter or not."""
        if stage == Stage.WON:
            return str(Category.CLOSED)
        if stage in OMITTED:
            return str(Category.OMITTED)
        proposed = self.proposed[confidence]
        late = proposed == Category.BEST_CASE and not dated
        return str(Category.PIPELINE) if late else proposed

    def weighs(self, stage: str, confidence: str, horizon: str) -> Decimal:
        """The same for one deal."""
        if stage == Stage.WON:
            return Decimal(1)
        return Decimal(0) if stage in OMITTED else self.weights[confidence, horizon]

    def weight(self, horizon: str) -> Any:
        """How much of a deal's value counts: all of what is won, nothing of what is omitted."""
        cases = [When(stage=Stage.WON, then=_share(Decimal(1)))]
        cases += [When(stage__in=OMITTED, then=_share(Decimal(0)))]
        for colour in Confidence.values:
            cases += [When(confidence=colour, then=_share(self.weights[colour, horizon]))]
        return Case(*cases, output_field=PER_CENT)

    def spelled(self, horizon: str) -> str:
        """What each colour counts, surest first."""
        shares = ((each.label, self.weights[each, horizon] * 100) for each in reversed(Confidence))
        said = ", ".join(f"{name} {share.normalize():f} %" for name, share in shares)
        return f"Counted: {said}"


def categorised(
    deals: OpportunityQuerySet, outlook: Outlook, first: date, last: date
) -> OpportunityQuerySet:
    """Valued deals with their ``category`` and two weighted values in the desk's currency."""
    return deals.annotate(
        category=outlook.category(first, last),
        weighted_in_quarter=Round(
            F("desk_value") * outlook.weight(IN_QUARTER), precision=2, output_field=CENTS
        ),
        weighted_any_quarter=Round(
            F("desk_value") * outlook.weight(ANY_QUARTER), precision=2, output_field=CENTS
        ),
    )


def up_to(category: str) -> tuple[str, ...]:
    """What a figure adds up: itself and all that is surer."""
    return CUMULATIVE[: CUMULATIVE.index(Category(category)) + 1]


def _word(category: str) -> Value:
    return Value(str(category), output_field=CharField())


def _share(weight: Decimal) -> Value:
    return Value(weight, output_field=PER_CENT)


def _weight_field() -> forms.Field:
    return forms.DecimalField(min_value=0, max_value=1, max_digits=4, decimal_places=3)


def _category_field() -> forms.Field:
    offered = [each for each in CUMULATIVE if each != Category.CLOSED]
    return forms.ChoiceField(choices=[(each.value, each.label) for each in offered])


for _colour in Confidence:
    register(
        Definition(
            key=f"category.{_colour}",
            name=f"Forecast category of {_colour.label}",
            help=f"What an open deal counts as while its EM calls it {_colour.label}.",
            default=str(PROPOSED[_colour]),
            field=_category_field,
        )
    )
    for _horizon, _weight in zip(HORIZONS, WEIGHTS[_colour], strict=True):
        register(
            Definition(
                key=f"weight.{_colour}.{_horizon}",
                name=f"Weight of {_colour.label} {HORIZONS[_horizon]}",
                help="The share of a deal's value that the weighted forecast counts, from 0 to 1.",
                default=Decimal(_weight),
                field=_weight_field,
                read=Decimal,
            )
        )

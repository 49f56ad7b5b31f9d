"""When the desk and the CRM disagree about a deal: rules as rows, in a dated setting.

A row names a column of the board, a stage, a confidence, a close date and an amount, as many of
them as it needs; a deal all of whose named parts fit disagrees. Source: domain.md §4.3, §10.1
(chase stage, close date and quote), §10.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.db.models import F, Q
from django.db.models.functions import Abs, Coalesce, NullIf

from emdesk.configuration.definitions import Definition, register
from emdesk.configuration.values import value_of
from forecasting.drift_lines import LIVE_ONES, MISSING, OFF, PAST, WITHIN, Broken, parse, spell
from scoping.models import Stage
from scoping.models.opportunity import UNCOUNTED
from scoping.models.worth import CENTS, NOTHING
from scoping.states import LIVE, State

RULES = "drift_rules"
PAIRS = (
    Q(opportunity__isnull=False, opportunity__deleted=False)
    & ~Q(opportunity__stage__in=UNCOUNTED)
    & (Q(state__in=LIVE) | ~Q(outcome=""))
)


class Rule(NamedTuple):
    """One row. ``asks`` is what its account owner is asked to do."""

    name: str
    asks: str
    columns: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    closes: str = ""
    days: int = 0
    amount: str = ""
    percent: int = 0

    def where(self, day: date) -> Q:
        """Issues whose deal disagrees with them on this day."""
        found = PAIRS
        if self.columns:
            found &= Q(state__in=self.columns)
        if self.stages:
            found &= Q(opportunity__stage__in=self.stages)
        if self.colours:
            found &= Q(opportunity__confidence__in=self.colours)
        return found & self._closes(day) & self._amount()

    def _closes(self, day: date) -> Q:
        soon = (day, day + timedelta(days=self.days))
        return {
            "": Q(),
            PAST: Q(opportunity__close_date__lt=day),
            MISSING: Q(opportunity__close_date=None),
            WITHIN: Q(opportunity__close_date__range=soon),
        }[self.closes]

    def _amount(self) -> Q:
        """Off is also what is told in another currency: the two cannot be compared."""
        if self.amount == MISSING:
            return Q(crm_amount=None)
        if self.amount == OFF:
            share = Decimal(self.percent) / 100
            told = Q(expected_value__isnull=False, crm_amount__isnull=False)
            far = Q(amounts_apart__gt=F("expected_value") * share)
            return told & (~Q(currency=F("opportunity__currency")) | far)
        return Q()


def with_amounts(issues: Any) -> Any:
    """With what the CRM books for each deal, and how far the desk's value is from it."""
    quoted = NullIf(F("opportunity__quoted_value"), NOTHING)
    booked = Coalesce(
        quoted,
        "opportunity__services_value",
        "opportunity__amount",
        output_field=CENTS,
    )
    return issues.annotate(crm_amount=booked).annotate(
        amounts_apart=Abs(F("crm_amount") - F("expected_value"), output_field=CENTS)
    )


def _as_read(part: Any) -> Any:
    return tuple(part) if isinstance(part, list) else part


class Rules(tuple[Rule, ...]):
    """The rows that hold on a day, in the order in which they are shown."""

    @classmethod
    def read(cls, stored: Sequence[Sequence[Any]]) -> Rules:
        return cls(Rule._make(map(_as_read, row)) for row in stored)

    def __str__(self) -> str:
        return ", ".join(rule.name for rule in self) or "–"


def rules_on(day: date) -> Rules:
    found: Rules = value_of(RULES, day)
    return found


class RulesField(forms.CharField):
    """The rows, one a line."""

    widget = forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "wrap": "off"})

    def __init__(self) -> None:
        super().__init__(
            max_length=8_000,
            required=False,
            help_text=(
                "One rule a line: its name, a colon, what must all be so, an arrow, what the "
                "account owner is asked. What can be named, each once, with a semicolon between: "
                "column SOW_WIP/Approved or live; stage 0-3/won; confidence Green/Amber; close date past, "
                "missing or within 14 days; amount missing or off 5 %."
            ),
        )

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return value
        return "\n".join(spell(rule._asdict()) for rule in value or ())

    def to_python(self, value: Any) -> Any:
        lines = [line.strip() for line in (value or "").splitlines() if line.strip()]
        try:
            found = Rules(Rule(**parse(line)) for line in lines)
        except Broken as broken:
            raise forms.ValidationError(str(broken)) from broken
        names = [rule.name.casefold() for rule in found]
        twice = next((name for name in names if names.count(name) > 1), "")
        if twice:
            raise forms.ValidationError(f"Two rules are called “{twice}”. Name one otherwise.")
        return found


SOW = (State.SOW_WIP.value, State.READY_FOR_APPROVAL.value, State.APPROVED.value)
BEFORE_SOW = tuple(state.value for state in LIVE[: LIVE.index(State.SOW_WIP)])
SCOPED = (State.ESTIMATE_FEEDBACK.value, *SOW)
EARLY = (Stage.PENDING.value, Stage.DISCOVERY.value, Stage.SCOPING.value, Stage.EVALUATION.value)
SIGNING = (Stage.AWAITING_SIGNATURE.value, Stage.CLOSING.value)
OPEN = (*EARLY, Stage.PROPOSAL.value, Stage.NEGOTIATING.value, *SIGNING)
CLOSE_DATE_PAST = "Close date past"
SHIPPED = Rules(
    [
        Rule(
            CLOSE_DATE_PAST,
            "Please set the date on which it can really close.",
            stages=OPEN,
            closes=PAST,
            columns=LIVE_ONES,
        ),
        Rule(
            "Stage behind the SOW",
            "We are at the SOW. Please advance the stage, or tell us what holds it back.",
            columns=SOW,
            stages=EARLY,
        ),
        Rule(
            "Stage ahead of the SOW",
            "There is no SOW yet. Please set the stage back, or tell us what the customer signs.",
            columns=BEFORE_SOW,
            stages=SIGNING,
        ),
        Rule(
            "Green before proposal",
            "We expect it in time, its stage says it is early. Please advance the stage.",
            stages=EARLY,
            colours=("green",),
        ),
        Rule(
            "Red, yet closes soon",
            "We do not see it closing by then. Please move the close date.",
            stages=OPEN,
            colours=("red",),
            closes=WITHIN,
            days=30,
        ),
        Rule(
            "On hold, yet closes soon",
            "The engagement is on hold. Please move the close date.",
            columns=(State.ON_HOLD.value,),
            stages=OPEN,
            closes=WITHIN,
            days=30,
        ),
        Rule(
            "Amount is not the estimate",
            "Please have the quote say what was estimated, or tell us what changed.",
            columns=SCOPED,
            stages=OPEN,
            amount=OFF,
            percent=5,
        ),
        Rule(
            "No amount",
            "The estimate is there. Please enter the amount.",
            columns=SCOPED,
            stages=OPEN,
            amount=MISSING,
        ),
        Rule(
            "Closed here, open in the CRM",
            "Our scoping issue is closed. Please close the opportunity, or tell us it goes on.",
            columns=(State.CLOSED.value,),
            stages=OPEN,
        ),
    ]
)
register(
    Definition(
        key=RULES,
        name="Rules of drift",
        help=(
            "When desk and CRM are said to disagree about a deal. A rule goes by its name: one "
            "that is renamed begins anew."
        ),
        default=SHIPPED,
        field=RulesField,
        read=Rules.read,
    )
)

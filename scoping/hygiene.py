"""Where a deal's fields contradict each other or the calendar, and what mends it.

Source: domain.md §10.3. Each rule is written once, for the database; rows, filters and counts all
read the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.timezone import localdate

from emdesk.configuration.definitions import Definition, register
from emdesk.configuration.values import value_of
from scoping.models import Confidence, ForecastCategory, Stage
from scoping.models.opportunity import OpportunityQuerySet

STALE_DAYS = "rationale_stale_days"
EARLY = (Stage.PENDING, Stage.DISCOVERY, Stage.SCOPING, Stage.EVALUATION)
QUOTED_FROM = (Stage.NEGOTIATING, Stage.AWAITING_SIGNATURE, Stage.CLOSING)
OPEN = (*EARLY, Stage.PROPOSAL, *QUOTED_FROM)
UNSURE = (Confidence.RED, Confidence.GREY)

register(
    Definition(
        key=STALE_DAYS,
        name="Days until a rationale is stale",
        help="An EM's word older than this stands out until it is said again.",
        default=14,
        field=lambda: forms.IntegerField(min_value=1, max_value=365),
    )
)


@dataclass(frozen=True)
class Moment:
    """When deals are looked at, and when a word has grown stale by then."""

    at: datetime
    stale_before: datetime

    @classmethod
    def of(cls, at: datetime) -> Moment:
        return cls(at, at - timedelta(days=value_of(STALE_DAYS, localdate(at))))


@dataclass(frozen=True)
class Mismatch:
    """``word`` stands on the row, ``advice`` says how to mend it; ``mend`` names the one click.

    ``still`` says it again, ``amber`` sets the colour, ``judge`` asks for the word, ``date`` for
    the close date, ``open`` leads to the deal.
    """

    key: str
    word: str
    advice: str
    mend: str
    button: str
    found: Callable[[Moment], Q]


_coloured = ~Q(confidence=Confidence.GREY)
_rules = (
    Mismatch(
        "past",
        "Close date past",
        "It is open and its close date is over. Give it the date it can really close on.",
        "date",
        "New date",
        lambda moment: Q(close_date__lt=localdate(moment.at)),
    ),
    Mismatch(
        "unbacked",
        "No rationale",
        "Write what makes you think so, or set it to Grey.",
        "judge",
        "Write it",
        lambda moment: _coloured & Q(confidence_rationale=""),
    ),
    Mismatch(
        "early",
        "Green before proposal",
        "Green deals are at stage 4 or later. Doubt the date, or have the stage advanced.",
        "amber",
        "Make it Amber",
        lambda moment: Q(confidence=Confidence.GREEN, stage__in=EARLY),
    ),
    Mismatch(
        "unsure",
        "Commit, yet not sure",
        "The account team commits to it and its EM does not. Agree on one.",
        "judge",
        "Judge anew",
        lambda moment: Q(forecast_category=ForecastCategory.COMMIT, confidence__in=UNSURE),
    ),
    Mismatch(
        "unquoted",
        "No quote",
        "From stage 5 on the account executive's quote is there. Ask for it.",
        "open",
        "Open",
        lambda moment: (
            Q(stage__in=QUOTED_FROM) & (Q(quoted_value__isnull=True) | Q(quoted_value=0))
        ),
    ),
    Mismatch(
        "stale",
        "Stale",
        "Nobody has said this for too long. Say it again, or say what changed.",
        "still",
        "Still so",
        lambda moment: (
            _coloured
            & ~Q(confidence_rationale="")
            & (Q(judged_at__isnull=True) | Q(judged_at__lt=moment.stale_before))
        ),
    ),
)
MISMATCHES = {rule.key: rule for rule in _rules}


def asked(key: str, moment: Moment) -> Q:
    """The open deals one rule speaks against; of any rule, for the key ``any``."""
    chosen = MISMATCHES.values() if key == "any" else [MISMATCHES[key]]
    found = Q()
    for rule in chosen:
        found |= rule.found(moment)
    return Q(stage__in=OPEN) & found


def checked(deals: OpportunityQuerySet, moment: Moment) -> OpportunityQuerySet:
    """With a flag for each rule, named as :func:`flag` says."""
    flags: dict[str, Any] = {
        flag(key): ExpressionWrapper(asked(key, moment), output_field=BooleanField())
        for key in MISMATCHES
    }
    return deals.annotate(**flags)


def flag(key: str) -> str:
    return f"is_{key}"

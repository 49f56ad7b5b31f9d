"""What is still open before a quarter can be closed, each item with its rows.

Source: domain.md §10.3 (hygiene), §10.6 (the quarter is required), §13 (plans); peers.md §4.13.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from emdesk.configuration.currencies import desk_currency
from emdesk.people.models import User
from forecasting.behind import DEALS, ISSUES
from forecasting.look import Look
from forecasting.models import Drift, Plan, Submission
from forecasting.models.submission import Kind
from forecasting.pipeline import closing
from scoping.hygiene import OPEN, Moment, asked
from scoping.models import Opportunity, ScopingIssue, Stage
from scoping.quarters import during
from scoping.states import State

PEOPLE, PLANS = "people", "plans"
NAMED = ("account", "segment", "engagement_manager")


@dataclass(frozen=True)
class Item:
    """``advice`` says what settles it; ``rows`` are what is open, of the kind that is named."""

    key: str
    title: str
    advice: str
    kind: str
    rows: Callable[[Look], QuerySet[Any]]


@dataclass(frozen=True)
class Checked:
    item: Item
    count: int


def checklist(look: Look) -> list[Checked]:
    """Each item with how many are open, in one statement each."""
    return [Checked(item, item.rows(look).count()) for item in ITEMS.values()]


def _quarterless(look: Look) -> QuerySet[Any]:
    """Closed with an outcome in these days, and counted in no quarter at all."""
    closed = ScopingIssue.objects.filter(state=State.CLOSED, close_quarter="").exclude(outcome="")
    return _issues(closed.filter(during("entered_state_at", look.moments)))


def _unsigned(look: Look) -> QuerySet[Any]:
    dated = closing(look).order_by().values("pk")
    return _issues(ScopingIssue.objects.filter(state=State.APPROVED, opportunity__in=dated))


def _apart(look: Look) -> QuerySet[Any]:
    """Issues with a deal of this quarter that say another thing than the CRM."""
    dated = closing(look).order_by().values("pk")
    apart = Drift.objects.under_way().filter(opportunity__in=dated).values("issue")
    return _issues(ScopingIssue.objects.filter(pk__in=apart))


def _open(look: Look) -> QuerySet[Any]:
    return _deals(closing(look).filter(stage__in=OPEN))


def _stale(look: Look) -> QuerySet[Any]:
    return _deals(closing(look).filter(asked("stale", Moment.of(look.at))))


def _nobodys(look: Look) -> QuerySet[Any]:
    return _deals(closing(look).filter(engagement_manager=None))


def _unpriced(look: Look) -> QuerySet[Any]:
    """Won or open, and without a value or a rate: they count and weigh nothing."""
    on = look.at.date()
    priced: Any = closing(look).valued(on, desk_currency(on))
    return _deals(priced.filter(Q(stage=Stage.WON) | Q(stage__in=OPEN), desk_value=None))


def _silent(look: Look) -> QuerySet[Any]:
    """Engagement managers with deals in the quarter who never called it."""
    said = Submission.objects.filter(kind=Kind.OWN, call__quarter=str(look.quarter))
    owners = closing(look).order_by().values("engagement_manager")
    managers = User.objects.engagement_managers().filter(pk__in=owners)
    return managers.exclude(pk__in=said.values("call__engagement_manager")).order_by("name", "pk")


def _untold(look: Look) -> QuerySet[Any]:
    """Plans of revenue finance has told nothing of."""
    plans = Plan.objects.filter(quarter=str(look.quarter), revenue__isnull=False, recognised=None)
    return plans.select_related("engagement_manager")


def _issues(found: QuerySet[Any]) -> QuerySet[Any]:
    return found.select_related(*NAMED).order_by(F("entered_state_at").desc(), "-pk")


def _deals(found: QuerySet[Opportunity]) -> QuerySet[Any]:
    return found.select_related(*NAMED).order_by("close_date", "pk")


_items = (
    Item(
        "open",
        "Open deals dated in the quarter",
        "Close each in the CRM, or give it the date it can really close on.",
        *(DEALS, _open),
    ),
    Item(
        "unsigned",
        "Approved and not signed",
        "The SOW is approved and its deal is dated in the quarter. Get it signed, or move the date.",
        *(ISSUES, _unsigned),
    ),
    Item(
        "quarterless",
        "Closed without a quarter",
        "Correct the outcome and name the quarter it counts in.",
        *(ISSUES, _quarterless),
    ),
    Item(
        "drift",
        "Desk and CRM disagree",
        "Set one of them right; the page of drift drafts the message.",
        *(ISSUES, _apart),
    ),
    Item(
        "stale",
        "Stale rationale",
        "Say it again, or say what changed.",
        *(DEALS, _stale),
    ),
    Item(
        "nobodys",
        "Deals without an engagement manager",
        "Name one, so that they stand in somebody's figures.",
        *(DEALS, _nobodys),
    ),
    Item(
        "unpriced",
        "Deals without a value or a rate",
        "They are counted and weigh nothing. Write the value, or set the rate.",
        *(DEALS, _unpriced),
    ),
    Item(
        "silent",
        "Never called the quarter",
        "Engagement managers with deals in it and no submission.",
        *(PEOPLE, _silent),
    ),
    Item(
        "untold",
        "Plans without revenue so far",
        "Bring in what finance tells of PCV revenue.",
        *(PLANS, _untold),
    ),
)
ITEMS = {item.key: item for item in _items}

"""How much is at risk, and how that stands to what was approved (domain.md §11.5).

Exposure is all that was noted, whatever was approved when. The newest approved term bounds it: up
to its cap, and through the day it expires.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from django.db.models import DateField, DecimalField, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, JSONObject

from sow.models.risk import NOTHING, RiskEntry, RiskTerm, Word, WorkAtRisk

NEAR_CAP = Decimal("0.8")


class Flag(StrEnum):
    """From bad to good; what has no approved term is not running."""

    OVER = "over"
    EXPIRED = "expired"
    NEAR = "near"
    ENDING = "ending"
    RUNNING = "running"
    WAITING = "waiting"


SAYS = {
    Flag.OVER: "over its cap",
    Flag.EXPIRED: "expired",
    Flag.NEAR: "near its cap",
    Flag.ENDING: "expires soon",
    Flag.RUNNING: "running",
    Flag.WAITING: "not approved",
}
BROKEN = (Flag.OVER, Flag.EXPIRED)
WARNS = (*BROKEN, Flag.NEAR, Flag.ENDING)


@dataclass(frozen=True)
class Exposure:
    """``cap`` and ``expires`` are None until a term is approved."""

    currency: str
    hours: Decimal
    amount: Decimal
    cap: Decimal | None
    expires: date | None

    @property
    def percent(self) -> int:
        return int(self.amount * 100 / self.cap) if self.cap else 0

    def flags(self, day: date, days: int) -> list[Flag]:
        """All that hold on a day, the worst first; ``days`` before it expires it ends soon."""
        if self.cap is None or self.expires is None:
            return [Flag.WAITING]
        holds = {
            Flag.OVER: self.amount > self.cap,
            Flag.EXPIRED: day > self.expires,
            Flag.NEAR: self.cap * NEAR_CAP <= self.amount <= self.cap,
            Flag.ENDING: day <= self.expires <= day + timedelta(days=days),
        }
        return [flag for flag, held in holds.items() if held] or [Flag.RUNNING]

    def beyond(self, amount: Decimal, on: date) -> bool:
        """Whether noting this too goes beyond what is approved."""
        if self.cap is None or self.expires is None:
            return True
        return self.amount + amount > self.cap or on > self.expires


def exposure_of(work: WorkAtRisk) -> Exposure:
    found: Any = WorkAtRisk.objects.filter(pk=work.pk).annotate(**figures()).get()
    return Exposure(found.currency, found.spent, found.used, found.cap, found.until)


def figures() -> dict[str, Any]:
    granted = RiskTerm.objects.filter(work=OuterRef("pk"), word=Word.GRANTED).order_by("-number")
    return {
        "spent": _sum("hours"),
        "used": _sum("amount"),
        "cap": Subquery(granted.values("cap")[:1]),
        "until": Subquery(granted.values("expires")[:1], output_field=DateField()),
    }


def _sum(name: str) -> Coalesce:
    entries = RiskEntry.objects.filter(work=OuterRef("pk")).order_by().values("work")
    total = entries.annotate(total=Sum(name)).values("total")
    kept = DecimalField(max_digits=14, decimal_places=2)
    return Coalesce(Subquery(total, output_field=kept), NOTHING, output_field=kept)


@cache
def in_brief(issue: str) -> Subquery:
    """Of a row about an issue, the open work at risk there: for :func:`read`. Built once."""
    rows = WorkAtRisk.objects.filter(issue=OuterRef(issue), ended_at=None).annotate(**figures())
    brief = JSONObject(
        currency="currency", hours="spent", amount="used", cap="cap", expires="until"
    )
    return Subquery(rows.values(brief=brief)[:1])


def read(brief: dict[str, Any] | None) -> Exposure | None:
    """What :func:`in_brief` found; None while no work is at risk."""
    if brief is None:
        return None
    hours, amount = (Decimal(str(brief[name])) for name in ("hours", "amount"))
    cap = None if brief["cap"] is None else Decimal(str(brief["cap"]))
    until = None if brief["expires"] is None else date.fromisoformat(brief["expires"])
    return Exposure(brief["currency"], hours, amount, cap, until)

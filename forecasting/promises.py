"""How the promises that were made in a quarter were kept, as it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from emdesk.sla.models import Clock
from forecasting.look import Look
from scoping.clock_rows import BROKEN, LABEL, Part, parting
from scoping.interval import FEW, Interval, wilson
from scoping.quarters import during


@dataclass(frozen=True)
class Kept:
    """One promise: clocks that started in the quarter, by how they went."""

    key: str
    name: str
    counts: dict[Part, int]

    @property
    def met(self) -> int:
        return self.counts[Part.MET]

    @property
    def judged(self) -> int:
        return sum(self.counts[part] for part in (Part.MET, *BROKEN))

    @property
    def rate(self) -> float | None:
        return self.met / self.judged if self.judged else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.met, self.judged)

    @property
    def few(self) -> bool:
        return self.judged < FEW


def clocks(look: Look) -> QuerySet[Clock]:
    """Those that started in the quarter."""
    found = Clock.objects.filter(look.about_issue("subject_id"), subject_type=LABEL)
    return found.filter(during("started_at", look.moments))


def promises_kept(look: Look) -> list[Kept]:
    parts = {part.value: Count("pk", filter=parting(part, look.at)) for part in Part}
    found: Any = clocks(look).order_by().values("key")
    named = found.annotate(name=Max("policy__name"), place=Min("policy__position"), **parts)
    rows = named.order_by("place", "key")
    return [Kept(row["key"], row["name"], {part: row[part.value] for part in Part}) for row in rows]

"""What the page of work at risk, the SOW's and the hand-off tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from emdesk.configuration.values import value_of
from scoping.models import ScopingIssue
from sow.exposure import BROKEN, SAYS, WARNS, Exposure, Flag, figures, read
from sow.models import RiskEntry, RiskTerm, Word, WorkAtRisk
from sow.settings import RISK_DAYS


@dataclass(frozen=True)
class Told:
    """How an exposure stands on a day."""

    exposure: Exposure
    flags: list[Flag]

    @property
    def says(self) -> str:
        """“over its cap, expired”."""
        return ", ".join(SAYS[flag] for flag in self.flags)

    @property
    def broken(self) -> bool:
        return any(flag in BROKEN for flag in self.flags)

    @property
    def warns(self) -> bool:
        return any(flag in WARNS for flag in self.flags)

    @property
    def running(self) -> bool:
        return Flag.WAITING not in self.flags

    @property
    def shown(self) -> int:
        """Percent of the cap, as far as a bar goes."""
        return min(self.exposure.percent, 100)


@dataclass(frozen=True)
class Work(Told):
    """One work at risk with its terms, newest first, and what was noted of it."""

    row: WorkAtRisk
    terms: list[RiskTerm]
    entries: list[RiskEntry]

    @property
    def open(self) -> bool:
        return self.row.ended_at is None

    @property
    def asked(self) -> RiskTerm | None:
        """What waits for PS leadership."""
        return next((term for term in self.terms if term.word == Word.ASKED), None)

    @property
    def granted(self) -> RiskTerm | None:
        return next((term for term in self.terms if term.word == Word.GRANTED), None)


def told(exposure: Exposure, day: date) -> Told:
    return Told(exposure, exposure.flags(day, value_of(RISK_DAYS, day)))


def told_of(brief: dict[str, object] | None, day: date) -> Told | None:
    """Of what a row was annotated with by :func:`sow.exposure.in_brief`."""
    found = read(brief)
    return told(found, day) if found else None


def works_of(issue: ScopingIssue, day: date) -> list[Work]:
    """Newest first, in a fixed number of queries."""
    rows = WorkAtRisk.objects.filter(issue=issue).annotate(**figures())
    people: Any = rows.select_related("asked_by", "ended_by")
    keys = [row.pk for row in people]
    terms, entries = _by_work(RiskTerm, keys, "decided_by"), _by_work(RiskEntry, keys, "by")
    found = []
    for row in people:
        known = Exposure(row.currency, row.spent, row.used, row.cap, row.until)
        stands = told(known, day)
        own = terms.get(row.pk, []), entries.get(row.pk, [])
        found.append(Work(known, stands.flags, row, *own))
    return found


def _by_work(model: type, keys: list[int], person: str) -> dict[int, list]:  # type: ignore[type-arg]
    found: dict[int, list] = {}  # type: ignore[type-arg]
    rows = model.objects.filter(work__in=keys).select_related(person)  # type: ignore[attr-defined]
    for row in rows:
        found.setdefault(row.work_id, []).append(row)
    return found

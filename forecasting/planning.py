"""Plans written down: one by one, or many from a table that is checked first."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.transaction import atomic

from emdesk.exporting import original
from emdesk.fiscal import Quarter
from emdesk.ledger.recording import append, event_of, lock
from emdesk.money import Money
from emdesk.people.models import Segment, User
from forecasting.models import Plan
from forecasting.targets import FIELDS
from scoping.models import Opportunity

SET = "forecasting.plan_set"
MOST = 1_000
LONGEST_CELL = 1_000
Told = dict[str, Decimal | None]
HEADS = {
    "region": "region",
    "engagement manager": "em",
    "em": "em",
    "bookings": "bookings",
    "revenue": "revenue",
    "pcv revenue": "revenue",
    "revenue so far": "recognised",
    "pcv revenue so far": "recognised",
    "recognised": "recognised",
}
NO_REGION = "no region"


def set_plan(
    quarter: Quarter,
    region: str,
    em: User | None,
    told: Mapping[str, Decimal | None],
    currency: str,
    *,
    by: User,
    at: datetime,
) -> Plan:
    """Write down what is told; what it was stays in the ledger."""
    whose = {"quarter": str(quarter), "region": region, "engagement_manager": em}
    with atomic():
        plan, _ = Plan.objects.get_or_create(**whose, defaults={"currency": currency})
        lock(plan)
        plan = Plan.objects.get(pk=plan.pk)
        changed = _changed(plan, {**told, "currency": currency})
        if changed:
            facts = {"quarter": str(quarter), "region": region, "whose": em.name if em else ""}
            append([event_of(plan, SET, by=by, at=at, changed=changed, **facts)])
            plan.save(update_fields=[*changed])
    return plan


def _changed(plan: Plan, told: Mapping[str, Any]) -> dict[str, list[Any]]:
    found = {}
    for name, value in told.items():
        if (old := getattr(plan, name)) != value:
            found[name] = [None if old is None else str(old), None if value is None else str(value)]
            setattr(plan, name, value)
    return found


@dataclass
class Planned:
    """One line of a table: whose plan, what it would tell, what it tells now, what is wrong."""

    number: int
    region: str = ""
    em: User | None = None
    told: Told = field(default_factory=dict)
    now: Plan | None = None
    problem: str = ""

    @property
    def says(self) -> str:
        """In a word."""
        if self.problem:
            return "wrong"
        if self.now is None:
            return "new"
        changes = any(getattr(self.now, name) != value for name, value in self.told.items())
        return "changes" if changes else "as it is"


def read_table(text: str, quarter: Quarter) -> list[Planned]:
    """Lines of a pasted table or a CSV file with a head: region, engagement manager, bookings, …

    ``ValueError`` says why it is no such table. A line that is wrong says so itself.
    """
    rows = _rows(text.replace("\0", "").strip())
    names = [HEADS.get(original(cell).strip().lower(), "") for cell in (rows or [[]])[0]]
    if "bookings" not in names and "revenue" not in names and "recognised" not in names:
        raise ValueError("The first line names the columns: region, engagement manager, bookings.")
    if len(rows) > MOST + 1:
        raise ValueError(f"At most {MOST:,} lines at once.")
    known = _Known(quarter)
    found = [
        known.line(number, dict(zip(names, map(_plain, row), strict=False)))
        for number, row in enumerate(rows[1:], 2)
    ]
    return _once(found)


def _rows(text: str) -> list[list[str]]:
    try:
        rows = [row for row in csv.reader(io.StringIO(text), _dialect(text)) if any(row)]
    except csv.Error as broken:
        raise ValueError(f"This is no table: {broken}.") from broken
    if any(len(cell) > LONGEST_CELL for row in rows for cell in row):
        raise ValueError(f"This is no table: a cell holds over {LONGEST_CELL:,} characters.")
    return rows


def _plain(cell: str) -> str:
    return original(cell).strip()


def _dialect(text: str) -> type[csv.Dialect]:
    head = text.partition("\n")[0]
    sign = max("\t;,", key=head.count)

    class Found(csv.excel):
        delimiter = sign

    return Found


def _once(lines: list[Planned]) -> list[Planned]:
    seen: dict[Any, int] = {}
    for line in lines:
        key = (line.region, line.em and line.em.pk)
        if not line.problem and key in seen:
            line.problem = f"Line {seen[key]} tells the same plan."
        seen.setdefault(key, line.number)
    return lines


class _Known:
    """People, regions and plans that a line may name."""

    def __init__(self, quarter: Quarter) -> None:
        self.people = list(User.objects.engagement_managers())
        self.regions = {name.lower(): name for name in regions()} | {"": "", NO_REGION: ""}
        plans = Plan.objects.filter(quarter=str(quarter))
        self.plans = {(each.region, each.engagement_manager_id): each for each in plans}

    def line(self, number: int, cells: dict[str, str]) -> Planned:
        found = Planned(number)
        try:
            found.region = self._region(cells.get("region", ""))
            found.em = self._em(cells.get("em", ""))
            found.told = {name: _amount(cells[name]) for name in FIELDS if name in cells}
        except ValueError as wrong:
            found.problem = str(wrong)
        found.now = self.plans.get((found.region, found.em.pk if found.em else None))
        return found

    def _region(self, said: str) -> str:
        if said.lower() not in self.regions:
            raise ValueError(f"Nothing is sold in “{said[:40]}”. Use a region of the forecast.")
        return self.regions[said.lower()]

    def _em(self, said: str) -> User | None:
        """By name or e-mail; empty for the region's own plan."""
        if not said:
            return None
        fits = [each for each in self.people if said.lower() in (each.name.lower(), each.email)]
        if len(fits) != 1:
            raise ValueError(f"No one engagement manager is “{said[:60]}”. Write the e-mail.")
        return fits[0]


def _amount(cell: str) -> Decimal | None:
    if not cell:
        return None
    worth = Money.parse(cell).amount
    if worth < 0:
        raise ValueError("A plan is not below nothing.")
    return worth


def regions() -> list[str]:
    """Where deals and segments lie, by name."""
    deals: Any = Opportunity.objects.filter(deleted=False).exclude(office="")
    offices = deals.order_by("office").values_list("office", flat=True).distinct()
    places = (segment.name.partition("_")[2].upper() for segment in Segment.objects.all())
    return sorted({*offices, *places} - {""})


def carry_out(
    quarter: Quarter, lines: Iterable[Planned], currency: str, *, by: User, at: datetime
) -> int:
    """All of them or none; how many plans that changed."""
    done = [line for line in lines if line.says in ("new", "changes")]
    with atomic():
        for line in done:
            set_plan(quarter, line.region, line.em, line.told, currency, by=by, at=at)
    return len(done)

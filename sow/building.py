"""The parts of a statement of work that an estimate tells: activities, effort, fees, acceptance.

Amounts and hours are named as fields, so that they are the estimate's to the cent; the names of
activities stand in bold at the head of a list's item, where the checks find them again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scoping.estimating.cells import shown
from scoping.models.estimate import Pricing
from sow.fields import escaped

Line = dict[str, Any]
NAMELESS = "Activity without a name"
NO_MILESTONE = "Services"
SERVICES, EDUCATION, LIST_TOTAL = "Services total", "Education total", "List total"
DISCOUNT, GRAND_TOTAL, TRAVEL = "Discount", "Grand total", "Travel budget, not in the total"
HOURS_TOTAL = "Total hours"


@dataclass(frozen=True)
class Work:
    """What the catalogue says of an activity beside the estimate's own words."""

    exclusions: str = ""
    acceptance: str = ""


@dataclass(frozen=True)
class Sold:
    """A frozen estimate as a statement of work reads it. Options are offered and not sold."""

    content: Mapping[str, Any]
    works: Mapping[str, Work]

    @property
    def lines(self) -> list[Line]:
        return [line for line in self.content["lines"] if not line["optional"]]

    @property
    def options(self) -> list[Line]:
        return [line for line in self.content["lines"] if line["optional"]]

    @property
    def services(self) -> list[Line]:
        return [line for line in self.lines if line["category"] != "education"]

    @property
    def education(self) -> list[Line]:
        return [line for line in self.lines if line["category"] == "education"]

    @property
    def milestones(self) -> dict[str, list[Line]]:
        """By phase, in the estimate's order."""
        found: dict[str, list[Line]] = {}
        for line in self.services:
            found.setdefault(line["phase"] or NO_MILESTONE, []).append(line)
        return found

    @property
    def marketplace(self) -> bool:
        return bool(self.content["marketplace"])

    @property
    def by_hours(self) -> bool:
        """Time and materials tell hours and rates, a fixed fee its total (Q-27)."""
        return self.content["pricing"] == Pricing.TIME_AND_MATERIALS and not self.marketplace

    def work(self, line: Line) -> Work:
        return self.works.get(line["key"], Work())


def name_of(line: Line) -> str:
    return " ".join(str(line["title"] or NAMELESS).split())


def money(said: str) -> str:
    return f"{Decimal(said):,.2f}"


def blocks(sold: Sold) -> dict[str, str]:
    """What a template may name beside fields; empty when the estimate says nothing of it."""
    return {
        "education_lines": "\n".join(_item(line) for line in sold.education),
        "exclusion_lines": "\n".join(_exclusions(sold)),
        "assumption_lines": "\n".join(_bullets(line["assumptions"] for line in sold.lines)),
        "acceptance_lines": "\n".join(_acceptance(sold)),
        "effort": "\n".join(_effort(sold)),
        "fees": "\n".join(_fees(sold)),
    }


def milestone_block(lines: Sequence[Line]) -> str:
    return "\n".join(_item(line) for line in lines)


def amounts(sold: Sold) -> dict[str, str]:
    """The fields that are the estimate's own."""
    said = sold.content["totals"]
    return {
        "fee_type": Pricing(sold.content["pricing"]).label,
        "currency": sold.content["currency"],
        "services_total": money(said["services"]),
        "education_total": money(said["education"]),
        "list_total": money(said["list"]),
        "discount_percent": f"{Decimal(said['discount_percent']):.2f}",
        "discount": money(said["discount"]),
        "grand_total": money(said["final"]),
        "travel_budget": money(said["travel"]),
        "hours_total": said["hours"],
    }


def _item(line: Line) -> str:
    """“- **Migration planning**: …”, with its deliverable below."""
    pieces = [f"- **{escaped(name_of(line))}**"]
    if line["unit_price"]:
        pieces.append(f" ({shown(Decimal(line['quantity']))} × {escaped(line['key']) or 'piece'})")
    if text := _flat(line["text"]):
        pieces.append(f": {text}")
    if deliverable := _flat(line["deliverable"]):
        pieces.append(f"\n  - Deliverable: {deliverable}")
    return "".join(pieces)


def _exclusions(sold: Sold) -> Iterator[str]:
    yield from _bullets(sold.work(line).exclusions for line in sold.lines)
    for line in sold.options:
        yield f"- **{escaped(name_of(line))}**: offered as an option, not part of this SOW"


def _acceptance(sold: Sold) -> Iterator[str]:
    """Criteria for each milestone: of its activities, else that their deliverables are there."""
    for name, lines in sold.milestones.items():
        told = dict.fromkeys(_flat(sold.work(line).acceptance) for line in lines)
        criteria = " ".join(text for text in told if text)
        yield f"- **{escaped(name)}**: {criteria or 'its deliverables are handed over.'}"


def _effort(sold: Sold) -> Iterator[str]:
    """Roles; by hours also how many of each at which rate, with the total."""
    if not sold.by_hours:
        roles = dict.fromkeys(line["role"] for line in sold.lines if line["role"])
        yield "The team is chosen for this work. The fee is fixed; hours are not part of it.\n"
        yield from (f"- {escaped(role)}" for role in roles)
        return
    yield "Hours are an estimate and no cap.\n"
    yield "| Role | Hours | Rate |\n| --- | ---: | ---: |"
    for (role, rate), hours in _hours(sold).items():
        yield f"| {escaped(role)} | {shown(hours)} | {money(rate) if rate else 'by the piece'} |"
    yield f"| {HOURS_TOTAL} | {{{{ hours_total }}}} | |"


def _hours(sold: Sold) -> dict[tuple[str, str], Decimal]:
    found: dict[tuple[str, str], Decimal] = {}
    extras = [extra | {"role": extra["name"]} for extra in sold.content["extras"]]
    for line in [*sold.lines, *extras]:
        if Decimal(line["hours"] or 0):
            key = (line["role"] or "Consultant", line["rate"])
            found[key] = found.get(key, Decimal(0)) + Decimal(line["hours"])
    return found


def _fees(sold: Sold) -> Iterator[str]:
    """On a marketplace the final price alone is told (domain.md §6.2)."""
    yield "| Item | Amount |\n| --- | ---: |"
    if not sold.marketplace:
        yield _fee(SERVICES, "services_total")
        if sold.education:
            yield _fee(EDUCATION, "education_total")
        if Decimal(sold.content["totals"]["discount"]):
            yield _fee(LIST_TOTAL, "list_total")
            yield _fee(f"{DISCOUNT}, {{{{ discount_percent }}}} %", "discount")
    yield _fee(GRAND_TOTAL, "grand_total")
    if Decimal(sold.content["totals"]["travel"]):
        yield _fee(TRAVEL, "travel_budget")


def _fee(label: str, field: str) -> str:
    return f"| {label} | {{{{ currency }}}} {{{{ {field} }}}} |"


def _bullets(texts: Iterator[str]) -> Iterator[str]:
    """Each text once."""
    return (f"- {text}" for text in dict.fromkeys(_flat(each) for each in texts) if text)


def _flat(text: str) -> str:
    return escaped(text)

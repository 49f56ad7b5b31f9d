"""A version as pages and files show it: to the customer, and to ourselves.

Fixed fee: the customer reads activities and totals. Time and materials: hours and rates too (Q-27).
On a marketplace only the final price is told (domain.md §6.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from scoping.models import EstimateVersion
from scoping.models.estimate import Pricing

CUSTOMER, OWN = "customer", "own"
Row = list[Any]


def paper(version: EstimateVersion) -> dict[str, Any]:
    """For the templates. Of lines in phases, optional ones apart; nothing of cost is in it."""
    content = version.content
    counted = [line for line in content["lines"] if not line["optional"]]
    phases = list(dict.fromkeys(line["phase"] for line in counted))
    return {
        "version": version,
        "content": content,
        "totals": {name: _number(said) for name, said in content["totals"].items()},
        "phases": [
            (phase, [line for line in counted if line["phase"] == phase]) for phase in phases
        ],
        "optional": [line for line in content["lines"] if line["optional"]],
        "by_hours": content["pricing"] == Pricing.TIME_AND_MATERIALS and not content["marketplace"],
    }


def own_paper(version: EstimateVersion, *, costs: bool) -> dict[str, Any]:
    """The same as we read it: every line, with its cost for those alone who see cost."""
    found, content = paper(version), version.content
    if not costs:
        return found | {
            "rows": [(line, None) for line in content["lines"]],
            "extras": [(extra, None) for extra in content["extras"]],
        }
    return found | {
        "costs": version.costs,
        "rows": list(zip(content["lines"], version.costs["lines"], strict=True)),
        "extras": list(zip(content["extras"], version.costs["extras"], strict=True)),
    }


def head_and_rows(
    version: EstimateVersion, view: str, *, costs: bool
) -> tuple[Sequence[str], Iterator[Row]]:
    """For a spreadsheet: a row for each line, then the totals."""
    if view == CUSTOMER:
        return _customer_head(version), _customer_rows(version)
    head = ["Phase", "Activity", "Role", "Hours", "Rate", "Quantity", "Unit price", "Optional"]
    head += ["Price", "Net"] + (["Cost", "Margin"] if costs else [])
    return head, _own_rows(version, costs=costs)


def _customer_head(version: EstimateVersion) -> list[str]:
    return ["Phase", "Activity", "Deliverable"] + (
        ["Role", "Hours", "Rate", "Price"] if paper(version)["by_hours"] else []
    )


def _customer_rows(version: EstimateVersion) -> Iterator[Row]:
    by_hours = paper(version)["by_hours"]
    for line in version.content["lines"]:
        name = f"{line['title']} (optional)" if line["optional"] else line["title"]
        row: Row = [line["phase"], name, line["deliverable"]]
        numbers = [line["role"], *(_number(line[key]) for key in ("hours", "rate", "price"))]
        yield row + (numbers if by_hours else [])
    yield from _totals(version, after=1)


def _own_rows(version: EstimateVersion, *, costs: bool) -> Iterator[Row]:
    content = version.content
    numbers = ("hours", "rate", "quantity", "unit_price")
    for place, line in enumerate(content["lines"]):
        row: Row = [line["phase"], line["title"], line["role"]]
        row += [_number(line[key]) for key in numbers]
        row += ["yes" if line["optional"] else "", _number(line["price"]), _number(line["net"])]
        yield row + (_cost(version.costs["lines"][place]) if costs else [])
    for place, extra in enumerate(content["extras"]):
        row = ["", extra["name"], "", _number(extra["hours"]), _number(extra["rate"]), None, None]
        row += ["", _number(extra["price"]), _number(extra["net"])]
        yield row + (_cost(version.costs["extras"][place]) if costs else [])
    yield from _totals(version, after=7)
    if costs:
        yield ["", "Cost and margin", *[""] * 8, *_cost(version.costs["total"])]


def _totals(version: EstimateVersion, *, after: int) -> Iterator[Row]:
    """Names in the second column, amounts ``after`` columns further."""
    said = version.content["totals"]
    shown = [("final", f"Total {version.currency}")]
    if not version.content["marketplace"]:
        shown = [("services", "Services"), ("education", "Education"), ("list", "List total")]
        shown += [
            ("discount", "Discount"),
            ("net", "Net total"),
            ("final", f"Total {version.currency}"),
        ]
    for key, name in shown:
        yield ["", name, *[""] * (after - 1), _number(said[key])]


def _cost(said: dict[str, Any]) -> Row:
    return [_number(said["cogs"]), _number(said["margin"])]


def _number(said: str | None) -> Decimal | None:
    return Decimal(said) if said else None

"""What a statement of work must say, worked out anew from domain.md §8.2 and the frozen estimate."""

from __future__ import annotations

from decimal import Decimal
from typing import Any


def amounts(content: dict[str, Any]) -> dict[str, str]:
    """The rows of the fees table, added up from lines and extras and not from the totals."""
    sold = [line for line in content["lines"] if not line["optional"]]
    services = education = net = Decimal(0)
    for line in sold:
        if line["category"] == "education":
            education += Decimal(line["price"])
        else:
            services += Decimal(line["price"])
        net += Decimal(line["net"])
    for extra in content["extras"]:
        services += Decimal(extra["price"])
        net += Decimal(extra["net"])
    found = {"Services total": services, "Grand total": net}
    if any(line["category"] == "education" for line in sold):
        found["Education total"] = education
    if services + education != net:
        found["List total"] = services + education
        found["Discount"] = services + education - net
    return {name: f"{amount:,.2f}" for name, amount in found.items()}


def hours(content: dict[str, Any]) -> Decimal:
    sold = [line for line in content["lines"] if not line["optional"]]
    return sum((Decimal(each["hours"] or 0) for each in [*sold, *content["extras"]]), Decimal(0))


def told_amounts(text: str) -> dict[str, str]:
    """Label to amount of a table's rows, read with plain splitting."""
    found = {}
    for row in text.splitlines():
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        if len(cells) == 2 and " " in cells[1] and cells[1][:3].isupper():
            found[cells[0].split(",")[0] if cells[0].startswith("Discount") else cells[0]] = cells[
                1
            ].split(" ")[1]
    return found

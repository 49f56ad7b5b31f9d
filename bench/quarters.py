"""The dashboard of a quarter over many deals, against a bare view that runs the same aggregates."""

from __future__ import annotations

from bench.desks import empty_desk
from bench.figures import Figure

FEW, MANY = 20_000, 60_000


def quarters() -> list[Figure]:
    with empty_desk("quarters") as desk:
        few, many = (desk.told_by("bench.dashboards", str(count)) for count in (FEW, MANY))
    return [
        Figure(
            f"dashboard of {MANY:,} deals : bare",
            many["page"] / many["bare"],
            2.0,
            note=f"{many['page']:,.0f} ms against {many['bare']:,.0f} ms",
        ),
        Figure("dashboard, statements", max(few["statements"], many["statements"]), 20, ""),
        Figure(f"dashboard, {MANY:,} : {FEW:,} deals", many["page"] / few["page"], MANY / FEW),
    ]

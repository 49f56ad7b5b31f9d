"""The dashboard and the forecast of a quarter, against bare views of the same aggregates."""

from __future__ import annotations

from bench.desks import empty_desk
from bench.figures import Figure

FEW, MANY = 20_000, 60_000
KEPT, TIMES = 10_000, 4


def quarters() -> list[Figure]:
    with empty_desk("quarters") as desk:
        few, many = (desk.told_by("bench.dashboards", str(count)) for count in (FEW, MANY))
        kept, kept_many = (
            desk.told_by("bench.keeping", str(count))["seconds"] for count in (KEPT, KEPT * TIMES)
        )
    return [
        Figure(
            f"dashboard of {MANY:,} deals : bare",
            many["page"] / many["bare"],
            2.0,
            note=f"{many['page']:,.0f} ms against {many['bare']:,.0f} ms",
        ),
        Figure("dashboard, statements", max(few["statements"], many["statements"]), 20, ""),
        Figure(f"dashboard, {MANY:,} : {FEW:,} deals", many["page"] / few["page"], MANY / FEW),
        Figure(f"snapshot of {KEPT:,} open deals", kept, 5.0, "s"),
        Figure(f"snapshot, {KEPT * TIMES:,} : {KEPT:,} deals", kept_many / kept, TIMES),
    ]

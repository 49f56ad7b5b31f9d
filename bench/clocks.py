"""The sweep of clocks: a pass with nothing due, how many it announces a second, and at scale."""

from __future__ import annotations

from bench.desks import empty_desk
from bench.figures import Figure

FEW, MANY = 10_000, 100_000


def clocks() -> list[Figure]:
    with empty_desk("clocks") as desk:
        few, many = (desk.told_by("bench.sweeping", str(count)) for count in (FEW, MANY))
    return [
        Figure(f"pass over {FEW:,} clocks, none due", few["idle"], 10, "ms"),
        Figure("clocks announced with events", few["rate"], 1_500, "clocks/s", at_least=True),
        Figure(f"cost of one, {MANY:,} : {FEW:,} live", few["rate"] / many["rate"], 1.3),
        Figure(f"pass over {MANY:,} clocks, none due", many["idle"], unit="ms"),
    ]

"""One caller: what each page and deed costs, and how that stands to the bare view."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from bench.figures import Figure
from bench.visitor import Reply
from bench.visits import Visit

WARM_UP = 3


@dataclass(frozen=True)
class Cost:
    """Medians of one visit; the most statements and bytes it ever took."""

    took: float
    cpu: float
    statements: int
    wire: int
    body: int

    @classmethod
    def of(cls, replies: list[Reply]) -> Cost:
        return cls(
            took=median(reply.took for reply in replies) * 1000,
            cpu=median(reply.cpu for reply in replies) * 1000,
            statements=max(reply.statements for reply in replies),
            wire=max(len(reply.wire) for reply in replies),
            body=max(len(reply.body) for reply in replies),
        )


def costs(visits: dict[str, Visit], rounds: int) -> dict[str, Cost]:
    """Every visit once a round, so that all meet the same minute of the machine."""
    replies: dict[str, list[Reply]] = {name: [] for name in visits}
    for number in range(WARM_UP + rounds):
        for name, visit in visits.items():
            reply = visit()
            if number >= WARM_UP:
                replies[name].append(reply)
    return {name: Cost.of(each) for name, each in replies.items()}


def ratio(what: str, cost: Cost, beside: Cost, bound: float) -> Figure:
    note = f"CPU time {cost.cpu / beside.cpu:.2f} x"
    return Figure(what, cost.took / beside.took, bound, note=note)


def against_bounds(found: dict[str, Cost]) -> list[Figure]:
    small, large = found["board of 2,000"], found["board of 10,000"]
    move, far_move = found["move of 2,000"], found["move of 10,000"]
    statements = max(move.statements, far_move.statements)
    return [
        ratio("full board, 2,000 cards : bare", found["full board"], found["bare full board"], 2.0),
        ratio("default board, 2,000 issues : bare, 200 cards", small, found["bare board"], 3.0),
        ratio("default board, 10,000 issues : bare, 200 cards", large, found["bare board"], 3.0),
        ratio("default board, 10,000 issues : 2,000", large, small, 1.3),
        ratio("move : bare locked update", move, found["bare move"], 3.0),
        ratio("move at 10,000 issues : bare locked update", far_move, found["bare move"], 3.0),
        ratio("asking for a SOW as PDF : bare move", found["SOW as PDF"], found["bare move"], 3.0),
        Figure("move, statements at any size", statements, 12, ""),
        Figure("move, reply", max(move.body, far_move.body) / 1024, 4.0, "KiB"),
        ratio("issue page : bare", found["issue of 2,000"], found["bare issue"], 4.0),
        ratio(
            "issue page at 10,000 issues : bare", found["issue of 10,000"], found["bare issue"], 4.0
        ),
        *(
            figure
            for size in ("2,000", "10,000")
            for figure in (
                ratio(
                    f"list of 100 of {size} : bare",
                    found[f"list of {size}"],
                    found["bare list"],
                    4.0,
                ),
                ratio(
                    f"triage at {size} : bare",
                    found[f"triage of {size}"],
                    found["bare triage"],
                    4.0,
                ),
                ratio(
                    f"search at {size} : bare",
                    found[f"search of {size}"],
                    found[f"bare search of {size}"],
                    1.5,
                ),
            )
        ),
        Figure(
            "list, statements more at 10,000 than at 2,000",
            found["list of 10,000"].statements - found["list of 2,000"].statements,
            0,
            "",
        ),
    ]


def absolute(found: dict[str, Cost]) -> list[Figure]:
    return [
        Figure(
            name,
            cost.took,
            unit="ms",
            note=f"CPU {cost.cpu:6.1f} ms{cost.statements:4} statements{cost.wire / 1024:8.1f} KiB",
        )
        for name, cost in found.items()
    ]

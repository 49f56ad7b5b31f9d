"""Figures of estimates: one cell, and the whole sheet, against a bare view of the same rows."""

from __future__ import annotations

from bench.desks import empty_desk
from bench.figures import Figure

FEW, MANY = 30, 300


def estimates() -> list[Figure]:
    with empty_desk("estimates") as desk:
        few, many = (desk.told_by("bench.sheets", str(count)) for count in (FEW, MANY))
    against = f"against {many['bare']:,.1f} ms"
    return [
        Figure(
            f"a cell of {MANY} lines : bare",
            many["cell"] / many["bare"],
            3.0,
            note=f"{many['cell']:,.1f} ms {against}",
        ),
        Figure(
            f"sheet of {MANY} lines : bare",
            many["page"] / many["bare"],
            4.0,
            note=f"{many['page']:,.1f} ms {against}",
        ),
        Figure("answer to a cell", many["cell_bytes"], 8_192, "bytes"),
        Figure(
            f"statements of a cell, {MANY} beside {FEW} lines",
            many["cell_statements"] - few["cell_statements"],
            0,
            "",
            note=f"{many['cell_statements']}",
        ),
        Figure(
            f"statements of the sheet, {MANY} beside {FEW}",
            many["page_statements"] - few["page_statements"],
            0,
            "",
            note=f"{many['page_statements']}",
        ),
    ]

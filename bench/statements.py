"""Figures of statements of work: two long versions compared, and one set as PDF and sealed."""

from __future__ import annotations

import time

from bench.desks import empty_desk
from bench.figures import Figure
from sow.compare import How, Part, compare

SECTIONS, LINES, WORDS = 40, 20, 20  # about forty pages


def statements() -> list[Figure]:
    old = [_section(number) for number in range(SECTIONS)]
    new = [Part(each.key, each.title, each.text.replace("word13", "another")) for each in old[::-1]]
    begun = time.process_time()
    changes = compare(old, new)
    spent = time.process_time() - begun
    changed = sum(change.how is How.CHANGED for change in changes)
    note = f"{changed} of {SECTIONS} sections changed, all moved but one"
    compared = Figure("two versions of 40 pages compared", spent, 1.0, "s of CPU", note=note)
    return [compared, *_papers()]


def _papers() -> list[Figure]:
    with empty_desk("papers") as desk:
        told = desk.told_by("bench.papers")
    note = f"{told['worker'] * 1000:,.0f} ms against {told['bare'] * 1000:,.0f} ms"
    what = f"SOW of {told['pages']} pages as PDF : bare, warm"
    return [
        Figure(what, told["worker"] / told["bare"], 1.3, note=note),
        Figure("sealing it", told["seal"], 0.3, "s of CPU"),
    ]


def _section(number: int) -> Part:
    lines = (
        f"{number}.{line} " + " ".join(f"word{line * word % 97}" for word in range(WORDS))
        for line in range(LINES)
    )
    return Part(f"s{number}", f"Section {number}", "\n".join(lines))

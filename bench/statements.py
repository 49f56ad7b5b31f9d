"""Figures of statements of work: two long versions compared, in CPU time of this process."""

from __future__ import annotations

import time

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
    return [Figure("two versions of 40 pages compared", spent, 1.0, "s of CPU", note=note)]


def _section(number: int) -> Part:
    lines = (
        f"{number}.{line} " + " ".join(f"word{line * word % 97}" for word in range(WORDS))
        for line in range(LINES)
    )
    return Part(f"s{number}", f"Section {number}", "\n".join(lines))

"""What an import did: counts that add up to the records of the file, and every problem named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

COUNTS = ("read", "created", "updated", "unchanged", "rejected", "blank", "warned")


class Verdict(StrEnum):
    WARN = "warn"
    REJECT = "reject"
    REFUSE = "refuse"


class FileRefused(Exception):
    """The file cannot be taken as it is; the sentence says why and what to do."""


class Rejected(Exception):
    """This one record cannot be taken; the others can."""


@dataclass(frozen=True)
class Problem:
    """Something about one record, or about the whole file when ``record`` is 0."""

    file: str
    record: int
    verdict: Verdict
    reason: str
    line: int = 0

    def __str__(self) -> str:
        place = f", line {self.line}" if self.line else ""
        return f"{self.file}{place}, {self.verdict}: {self.reason}"


@dataclass
class Report:
    """The counts of one or more files. Each record read is in exactly one of the middle five."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    blank: int = 0
    warned: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def judged(self) -> int:
        """How many records are through; what was read may still wait to be written."""
        return self.created + self.updated + self.unchanged + self.rejected + self.blank

    @property
    def refused(self) -> bool:
        return any(problem.verdict == Verdict.REFUSE for problem in self.problems)

    def add(self, other: Report) -> None:
        for count in COUNTS:
            setattr(self, count, getattr(self, count) + getattr(other, count))
        self.problems += other.problems

    def as_json(self) -> dict[str, Any]:
        problems = [
            {
                "file": problem.file,
                "record": problem.record,
                "verdict": str(problem.verdict),
                "reason": problem.reason,
            }
            for problem in self.problems
        ]
        return {count: getattr(self, count) for count in COUNTS} | {"problems": problems}

    def written(self, *, as_json: bool) -> str:
        return json.dumps(self.as_json(), indent=1) if as_json else "\n".join(self.lines())

    def lines(self) -> Iterable[str]:
        """For people: the problems, then one sentence of counts."""
        yield from map(str, self.problems)
        if not self.refused or self.read:
            counts = ", ".join(f"{getattr(self, count)} {count}" for count in COUNTS[1:])
            yield f"{self.read} records read: {counts}."


Watch = Callable[[Report], None]


def nobody(report: Report) -> None:
    """Nobody watches."""


@dataclass
class Judge:
    """Keeps the report of one file while its records are judged; ``watch`` hears how it grows."""

    file: str
    report: Report = field(default_factory=Report)
    watch: Watch = nobody

    def refuse(self, reason: str) -> Report:
        """Nothing of the file was taken, whatever was read of it."""
        self.report = Report(problems=[Problem(self.file, 0, Verdict.REFUSE, reason)])
        return self.report

    def go_on(self) -> None:
        """Some more records are through."""
        self.watch(self.report)

    def remark(self, reason: str) -> None:
        """Something about the whole file that does not stand against taking it."""
        self.report.warned += 1
        self.report.problems.append(Problem(self.file, 0, Verdict.WARN, reason))

    def warn(self, record: int, line: int, reasons: Iterable[str]) -> None:
        reason = "; ".join(dict.fromkeys(reasons))
        if reason:
            self.report.warned += 1
            self.report.problems.append(Problem(self.file, record, Verdict.WARN, reason, line))

    def reject(self, record: int, line: int, reason: str) -> None:
        self.report.rejected += 1
        self.report.problems.append(Problem(self.file, record, Verdict.REJECT, reason, line))

    @contextmanager
    def judging(self, record: int, line: int) -> Iterator[None]:
        """What is rejected meanwhile is this record; the next one goes on."""
        try:
            yield
        except Rejected as why:
            self.reject(record, line, str(why))

    def pass_over(self, record: int, line: int) -> None:
        """A row of nothing but separators."""
        self.report.blank += 1
        reason = "The row is empty."
        self.report.problems.append(Problem(self.file, record, Verdict.REJECT, reason, line))

"""Figures beside their bounds, and the verdict."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One thing measured. Without a bound it is for information."""

    what: str
    value: float
    bound: float | None = None
    unit: str = "x"
    at_least: bool = False
    note: str = ""

    @property
    def holds(self) -> bool:
        if self.bound is None:
            return True
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def __str__(self) -> str:
        sign = "at least" if self.at_least else "at most"
        bound = "" if self.bound is None else f"{sign} {self.bound:g} {self.unit}"
        verdict = "" if self.bound is None else "holds" if self.holds else "MISSES"
        value = f"{self.value:,.{decimals(self.value)}f} {self.unit}"
        return f"  {self.what:<46}{value:>14}   {bound:<18}{verdict:<8}{self.note}".rstrip()


def decimals(value: float) -> int:
    return 0 if value == int(value) else 2 if value < 10 else 1


def show(title: str, figures: list[Figure]) -> None:
    load = os.getloadavg()[0]
    print(f"\n{title} (load {load:.1f} on {os.cpu_count()} cores)")
    for figure in figures:
        print(figure, flush=True)

"""How far deals have come towards a target, and who knows the target.

Plans are kept above this package, which says so by :func:`knows_targets`. Source: domain.md §10.2:
what is to go is the plan without what is closed; Q-51 for the coverage that is aimed at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from emdesk.configuration.definitions import Definition, register
from emdesk.fiscal import Quarter
from emdesk.people.models import User

GOALS = ("coverage_goal.0", "coverage_goal.1", "coverage_goal.2")


@dataclass(frozen=True)
class Reached:
    """Sums in the desk's currency; ``open`` is what may still be won, however unsure."""

    target: Decimal
    closed: Decimal
    open: Decimal

    @property
    def to_go(self) -> Decimal:
        """Nothing once it is reached."""
        return max(self.target - self.closed, Decimal(0))

    @property
    def coverage(self) -> Decimal | None:
        """How many times over what is open covers what is to go; None when nothing is."""
        return self.open / self.to_go if self.to_go else None

    @property
    def times(self) -> str:
        """Coverage in words."""
        return "" if self.coverage is None else f"{self.coverage:.1f} ×"

    def percent(self, worth: Decimal) -> str:
        """Of the target; empty where that is nothing."""
        return f"{worth / self.target:.0%}" if self.target else ""


@dataclass(frozen=True)
class Asked:
    """Whose target of a quarter; None stands for everybody's, or for every region."""

    quarter: Quarter
    people: Sequence[int] | None
    region: str | None
    user: User
    on: date
    currency: str


Finder = Callable[[Asked], Decimal | None]
_finders: list[Finder] = []


def knows_targets(finder: Finder) -> Finder:
    """Register who knows; None is no target, or none that this user may read."""
    _finders.append(finder)
    return finder


def target(asked: Asked) -> Decimal | None:
    found = (finder(asked) for finder in _finders)
    return next((each for each in found if each is not None), None)


def coverage_goal(quarter: Quarter, running: Quarter, known: Mapping[str, Any]) -> Decimal | None:
    """What is aimed at in the running quarter and the two after it; None for any other.

    ``known`` are the settings of the day.
    """
    quarters = (running, running.next, running.next.next)
    if quarter not in quarters:
        return None
    goal: Decimal = known[GOALS[quarters.index(quarter)]]
    return goal


def _times() -> forms.Field:
    return forms.DecimalField(min_value=0, max_value=99, max_digits=4, decimal_places=2)


_named: tuple[tuple[str, str, str], ...] = (
    ("the running quarter", "2.4", GOALS[0]),
    ("the next quarter", "2.2", GOALS[1]),
    ("the quarter after the next", "1.0", GOALS[2]),
)
for _name, _default, _key in _named:
    _help = "How many times over open deals should cover what is to go."
    register(
        Definition(
            key=_key,
            name=f"Coverage to aim at in {_name}",
            help=_help,
            default=Decimal(_default),
            field=_times,
            read=Decimal,
        )
    )

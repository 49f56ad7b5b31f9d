"""What else an account team has to do on issues of theirs: upper packages say where, in one query."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import BooleanField, Case, Q, When

from emdesk.desk.duties import Button
from scoping.models import ScopingIssue


@dataclass(frozen=True)
class Awaited:
    """Where it holds, what is to be done and why, and the button that does it."""

    condition: Q
    verb: str
    reason: str
    button: Callable[[ScopingIssue], Button]


awaited: list[Awaited] = []


def marks() -> Mapping[str, Case]:
    """A column for each: whether it holds of an issue."""
    truth = BooleanField()
    return {
        _column(place): Case(When(each.condition, then=True), default=False, output_field=truth)
        for place, each in enumerate(awaited)
    }


def any_marked() -> Q:
    """Issues of which one of them holds; none of them while nobody has added any."""
    found = Q(pk__in=())
    for place, _ in enumerate(awaited):
        found |= Q(**{_column(place): True})
    return found


def awaited_of(issue: ScopingIssue) -> list[Awaited]:
    return [each for place, each in enumerate(awaited) if getattr(issue, _column(place))]


def _column(place: int) -> str:
    return f"awaited_{place}"

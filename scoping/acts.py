"""What upper packages offer on the page of an issue, beside what scoping has there itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from emdesk.people.models import User
from scoping.models import ScopingIssue


@dataclass(frozen=True)
class Act:
    """A link; ``next`` marks the natural next thing to do."""

    label: str
    url: str
    next: bool = False


acts: list[Callable[[ScopingIssue, User], Iterable[Act]]] = []


def acts_on(issue: ScopingIssue, user: User) -> list[Act]:
    """Only those that are possible now, for this person."""
    return [act for offer in acts for act in offer(issue, user)]

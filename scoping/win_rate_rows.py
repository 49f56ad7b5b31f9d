"""The issues and deals behind each number of the win rate, and those it leaves out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from emdesk.people.models import User
from scoping.models import Stage
from scoping.states import LIVE, CloseReason, State
from scoping.win_rate import EVERYTHING, countable, lost_for, outcomes
from scoping.win_rate_axes import Axis, Basis, axes

UNQUALIFIED = (Stage.UNQUALIFIED, Stage.DUPLICATE)


class Part(StrEnum):
    """A number of the win rate; what timed out is among the lost. The last five are left out."""

    CLOSED = "closed"
    WON = "won"
    LOST = "lost"
    TIMED_OUT = "timed_out"
    LIVE = "live"
    TORN = "torn"
    UNCOUNTED = "uncounted"
    UNQUALIFIED = "unqualified"
    DELETED = "deleted"

    @property
    def counted(self) -> bool:
        return self in (Part.CLOSED, Part.WON, Part.LOST, Part.TIMED_OUT)


def parts(basis: Basis) -> dict[Part, Q]:
    """Which records each number is made of."""
    won, lost = outcomes(basis)
    counted = {Part.CLOSED: won | lost, Part.WON: won, Part.LOST: lost}
    counted[Part.TIMED_OUT] = lost_for(basis, CloseReason.TIMED_OUT)
    return counted | (_issues_left_out() if basis == Basis.ISSUES else _deals_left_out())


def _issues_left_out() -> dict[Part, Q]:
    """Torn is what :attr:`Imported.undecided` says."""
    torn = Q(outcome="", imported__conflict__gt="", imported__moves=F("moves"))
    return {
        Part.LIVE: Q(state__in=LIVE) & ~torn,
        Part.TORN: torn,
        Part.UNCOUNTED: Q(state=State.CLOSED, outcome="") & ~torn,
    }


def _deals_left_out() -> dict[Part, Q]:
    closed = Q(stage__in=[Stage.WON, Stage.LOST])
    unqualified = Q(stage__in=UNQUALIFIED)
    return {
        Part.LIVE: Q(deleted=False) & ~closed & ~unqualified,
        Part.UNQUALIFIED: Q(deleted=False) & unqualified,
        Part.DELETED: Q(deleted=True),
    }


def left_out(basis: Basis, user: User | None = None, within: Q = EVERYTHING) -> dict[Part, int]:
    """How many records the win rate leaves out, by why."""
    kinds = {part: which for part, which in parts(basis).items() if not part.counted}
    counts = {part.value: Count("pk", filter=which) for part, which in kinds.items()}
    found = countable(basis, user).filter(within).aggregate(**counts)
    return {part: found[part] for part in kinds}


def rows_of(
    basis: Basis,
    by: str,
    key: str | None,
    part: Part,
    user: User | None = None,
    within: Q = EVERYTHING,
) -> QuerySet[Any]:
    """Exactly the records one number counts, the last closed first.

    ``key`` is a row's on the axis ``by``, empty for what the axis does not name, None for all.
    """
    found: Any = countable(basis, user).filter(parts(basis)[part]).filter(within)
    if key is not None:
        axis = axes(basis)[by]
        found = found.annotate(**axis.made()).filter(_named(found, axis, key))
    people: QuerySet[Any] = found.select_related("account", "segment", "engagement_manager")
    if basis == Basis.ISSUES:
        return people.order_by("-entered_state_at", "-pk")
    return people.order_by(F("close_date").desc(nulls_last=True), "-pk")


def _named(found: QuerySet[Any], axis: Axis, key: str) -> Q:
    """The records an axis gives this key; how it spells keys is known to the axis alone."""
    groups: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for *first, last in axis.grouped(found).distinct():
        if key in axis.keys(*first, last):
            groups[tuple(first)].append(last)
    fields = [_these(axis.fields, first, lasts) for first, lasts in groups.items()]
    return Q(*fields, _connector=Q.OR) if fields else Q(pk__in=())


def _these(fields: Sequence[str], first: Sequence[Any], lasts: Sequence[Any]) -> Q:
    found = Q(**{f"{fields[-1]}__in": [each for each in lasts if each is not None]})
    if None in lasts:
        found |= Q(**{f"{fields[-1]}__isnull": True})
    return found & Q(**dict(zip(fields, first, strict=False)))

"""How issues went through the columns: who came in, how far, how long they stood, who stands still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, DurationField, F, Min, Q, QuerySet, Value, When

from emdesk.fiscal import Quarter
from forecasting.look import Look
from scoping.models import Stay
from scoping.percentile import Percentile
from scoping.quarters import during
from scoping.states import LIVE, Outcome, State
from scoping.win_rate_axes import Basis

FORWARD = (
    State.AWAITING_DISCOVERY,
    State.STRAWMAN_WIP,
    State.ESTIMATE_FEEDBACK,
    State.SOW_WIP,
    State.READY_FOR_APPROVAL,
    State.APPROVED,
)
ENOUGH = 5  # ended stays that tell what is usual
LONGEST = 10
LENGTH: DurationField[Any, Any] = DurationField()
PEOPLE = ("issue__account", "issue__segment", "issue__engagement_manager")
STOOD = F("left_at") - F("entered_at")


# Entry cohort.


@dataclass(frozen=True)
class Step:
    """How many of those that came in got this far, and the median time it took the half."""

    key: str
    name: str
    reached: int
    of: int
    took: timedelta | None

    @property
    def share(self) -> float | None:
        return self.reached / self.of if self.of else None


@dataclass(frozen=True)
class Funnel:
    """Steps in the order of the board, and what became of all that came in."""

    steps: list[Step]
    live: int
    lost: int
    uncounted: int

    @property
    def came_in(self) -> int:
        return self.steps[0].of


def cohort(look: Look) -> QuerySet[Any]:
    """Issues that came in during the quarter."""
    return look.records(Basis.ISSUES).filter(during("created_at", look.moments))


def funnel(look: Look) -> Funnel:
    """A column counts as reached once an issue was in it or beyond, or was won; first entries."""
    issues = cohort(look).order_by().values("pk", "created_at", "outcome", "state")
    firsts = {
        state: Min("stays__entered_at", filter=Q(stays__state__in=FORWARD[number:]))
        for number, state in enumerate(FORWARD)
    }
    found = issues.annotate(**firsts, ended=F("entered_state_at")).aggregate(
        of=Count("pk"),
        won=Count("pk", filter=Q(outcome=Outcome.WON)),
        lost=Count("pk", filter=Q(outcome=Outcome.LOST)),
        live=Count("pk", filter=Q(state__in=LIVE)),
        took_won=_median(F("ended") - F("created_at"), Q(outcome=Outcome.WON)),
        **{f"n_{state}": Count("pk", filter=_reached(state)) for state in FORWARD},
        **{f"took_{state}": _median(F(state) - F("created_at")) for state in FORWARD},
    )
    of = found["of"]
    steps = [Step("", "Came in", of, of, None)]
    steps += [
        Step(state, state.label, found[f"n_{state}"], of, found[f"took_{state}"])
        for state in FORWARD
    ]
    steps.append(Step("won", "Closed won", found["won"], of, found["took_won"]))
    live, lost = found["live"], found["lost"]
    return Funnel(steps, live, lost, of - live - lost - found["won"])


def reached(look: Look, key: str) -> QuerySet[Any]:
    """The issues behind one step."""
    issues = cohort(look)
    if key in FORWARD:
        beyond = FORWARD[FORWARD.index(State(key)) :]
        been = Stay.objects.filter(state__in=beyond).values("issue")
        return issues.filter(Q(pk__in=been) | Q(outcome=Outcome.WON))
    fates = {
        "": Q(),
        "won": Q(outcome=Outcome.WON),
        "lost": Q(outcome=Outcome.LOST),
        "live": Q(state__in=LIVE),
        "uncounted": Q(state=State.CLOSED, outcome=""),
    }
    return issues.filter(fates.get(key, Q(pk__in=())))


def _reached(state: State) -> Q:
    return Q(**{f"{state}__isnull": False}) | Q(outcome=Outcome.WON)


def _median(length: Any, which: Q | None = None) -> Percentile:
    return Percentile(length, 0.5, LENGTH, filter=which)


# Time in state.


@dataclass(frozen=True)
class Standing:
    """Stays in one column that ended in the quarter, beside those of the four quarters before."""

    state: State
    ended: int
    median: timedelta | None
    p85: timedelta | None
    ended_before: int
    median_before: timedelta | None
    p85_before: timedelta | None

    @property
    def usual(self) -> timedelta | None:
        """Beyond this a stay is unusually long; unknown while too few have ended."""
        return self.p85_before if self.ended_before >= ENOUGH else None


def time_in_state(look: Look) -> list[Standing]:
    now, then = during("left_at", look.moments), _ended_in(look, look.compared)
    found = _stays(look).filter(now | then).order_by().values("state")
    figures = {
        row["state"]: row
        for row in found.annotate(
            ended=Count("pk", filter=now),
            median=Percentile(STOOD, 0.5, LENGTH, filter=now),
            p85=Percentile(STOOD, 0.85, LENGTH, filter=now),
            ended_before=Count("pk", filter=then),
            median_before=Percentile(STOOD, 0.5, LENGTH, filter=then),
            p85_before=Percentile(STOOD, 0.85, LENGTH, filter=then),
        )
    }
    nothing: dict[str, Any] = {"ended": 0, "ended_before": 0}
    nothing |= dict.fromkeys(("median", "p85", "median_before", "p85_before"))
    return [Standing(**nothing | figures.get(state, {}) | {"state": state}) for state in LIVE]


def ended_stays(look: Look, key: str) -> QuerySet[Stay]:
    """The stays in a column that ended in the quarter."""
    return _stays(look).filter(during("left_at", look.moments), state=key)


def _ended_in(look: Look, quarters: Sequence[Quarter]) -> Q:
    spans = [span for quarter in quarters for span in look.calendar.moments(quarter)]
    joined: list[tuple[datetime, datetime]] = []
    for start, end in spans:
        if joined and joined[-1][1] == start:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return during("left_at", joined)


def _stays(look: Look) -> QuerySet[Stay]:
    return Stay.objects.filter(look.about_issue()).exclude(state=State.CLOSED)


# Ageing, and what is stuck.


@dataclass(frozen=True)
class Ageing:
    """What stood in a column at one moment, and how many of it unusually long."""

    state: State
    standing: int
    median: timedelta | None
    stuck: int
    usual: timedelta | None


@dataclass(frozen=True)
class Stuck:
    """One issue that stands longer than 85 % of those before it did."""

    issue: Any
    state: State
    stood: timedelta
    beyond: timedelta


def ageing(look: Look, standings: Sequence[Standing]) -> list[Ageing]:
    usual = {each.state: each.usual for each in standings}
    found = (
        _under_way(look)
        .order_by()
        .values("state")
        .annotate(
            standing=Count("pk"),
            median=Percentile(look.ended_at - F("entered_at"), 0.5, LENGTH),
            stuck=Count("pk", filter=_too_long(look, usual)),
        )
    )
    figures = {row["state"]: row for row in found}
    nothing = {"standing": 0, "median": None, "stuck": 0}
    return [
        Ageing(**nothing | figures.get(state, {}) | {"state": state, "usual": usual[state]})
        for state in LIVE
    ]


def stuck(look: Look, standings: Sequence[Standing], key: str = "") -> QuerySet[Stay]:
    """Stays that are unusually long, the one furthest beyond what is usual first."""
    usual = {each.state: each.usual for each in standings if key in ("", each.state)}
    known = {state: length for state, length in usual.items() if length is not None}
    lengths = [When(state=state, then=Value(length)) for state, length in known.items()]
    beyond = look.ended_at - F("entered_at") - Case(*lengths, output_field=LENGTH)
    found = _under_way(look).filter(_too_long(look, known))
    return found.annotate(beyond=beyond).order_by("-beyond", "pk")


def stuck_longest(look: Look, standings: Sequence[Standing]) -> list[Stuck]:
    if not any(each.usual for each in standings):
        return []
    every = stuck(look, standings)
    longest = every.filter(pk__in=every.values("pk")[:LONGEST]).select_related(*PEOPLE)
    return [
        Stuck(stay.issue, State(stay.state), look.ended_at - stay.entered_at, stay.beyond)  # type: ignore[attr-defined]
        for stay in longest
    ]


def standing(look: Look, key: str) -> QuerySet[Stay]:
    """What stood in a column, the longest first."""
    return _under_way(look).filter(state=key)


def _under_way(look: Look) -> QuerySet[Stay]:
    at = look.ended_at
    return _stays(look).filter(Q(left_at=None) | Q(left_at__gt=at), entered_at__lte=at)


def _too_long(look: Look, usual: Mapping[State, timedelta | None]) -> Q:
    """Strictly longer than what is usual for its column."""
    each = [
        Q(state=state, entered_at__lt=look.ended_at - length)
        for state, length in usual.items()
        if length is not None
    ]
    return Q(*each, _connector=Q.OR) if each else Q(pk__in=())

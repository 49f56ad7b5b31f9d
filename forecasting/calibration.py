"""How good each colour of an engagement manager has been as a prediction.

A colour is asked twelve times at most: when a deal first stood one to twelve weeks before the
close date it then had. Amber doubts the date and not the win, so two things are scored: won in
time, which is by the end of the quarter that date lay in, and won at all. Only deals that have
closed since count. Colours and dates of earlier weeks are read from the ledger.

Source: domain.md §10.1, §10.3, Q-20; peers.md §4.2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from emdesk.ledger.models import Event
from scoping.deal_changes import olds
from scoping.models import Confidence, Opportunity, Stage
from scoping.models.opportunity import CLOSED
from scoping.picker import LAST_WEEKS
from scoping.quarters import FiscalCalendar

ENOUGH = 20  # predictions below which nothing is said
FEWEST_EMS = 3  # below which what many did would tell what one did
LOOKED_BACK = timedelta(days=731)
SCORED = (Confidence.GREEN, Confidence.AMBER, Confidence.RED)
LABEL = Opportunity._meta.label_lower
Key = tuple[str, int]


class Standing(NamedTuple):
    """What a deal said from a day on."""

    since: date
    colour: str
    closes: date | None


class Foretold(NamedTuple):
    """One colour, so many weeks before the close date it went with, and what came of it."""

    deal: int
    em: int | None
    colour: str
    weeks: int
    in_time: bool
    won: bool


@dataclass(frozen=True)
class Cell:
    """How often one colour, so many weeks ahead, came true."""

    n: int
    in_time: int
    won: int
    ems: int

    @property
    def enough(self) -> bool:
        return self.n >= ENOUGH


def foretold(deals: Any, at: datetime) -> list[Foretold]:
    """What was foretold of those of these deals that closed in the two years before ``at``.

    In a fixed number of queries.
    """
    calendar = FiscalCalendar()
    since = (at - LOOKED_BACK).date()
    closed = deals.filter(stage__in=CLOSED, deleted=False, close_date__gte=since).order_by("pk")
    known: dict[int, Opportunity] = {deal.pk: deal for deal in closed}
    rows = Event.objects.filter(subject_type=LABEL, subject_id__in=closed.order_by().values("pk"))
    told = rows.order_by("subject_id", "number").values_list("subject_id", "at", "data")
    return [
        each
        for pk, events in groupby(told, key=lambda row: row[0])
        if pk in known
        for each in of_deal(known[pk], [(when, data) for _, when, data in events], calendar)
    ]


def of_deal(
    deal: Opportunity, events: list[tuple[datetime, dict[str, Any]]], calendar: FiscalCalendar
) -> Iterator[Foretold]:
    """What its colours foretold, from the week in which they first could."""
    standings, ended = course(deal, events, calendar.day_at)
    won = deal.stage == Stage.WON
    seen: set[int] = set()
    for now, after in pairwise([*standings, Standing(date.max, "", None)]):
        for weeks in _reached(now, min(after.since, ended)):
            if weeks not in seen and now.closes:
                seen.add(weeks)
                in_time = won and _by_end_of_quarter(deal.close_date, now.closes, calendar)
                em = deal.engagement_manager_id
                yield Foretold(deal.pk, em, now.colour, weeks, in_time, won)


def _reached(said: Standing, until: date) -> Iterator[int]:
    """The weeks before its close date that a deal stood in while it said this."""
    for weeks in range(LAST_WEEKS, 0, -1):
        if said.closes is None:
            continue
        first = max(said.since, said.closes - timedelta(days=7 * weeks))
        if first < min(until, said.closes - timedelta(days=7 * (weeks - 1))):
            yield weeks


def course(
    deal: Opportunity,
    events: list[tuple[datetime, dict[str, Any]]],
    day_at: Callable[[datetime], date],
) -> tuple[list[Standing], date]:
    """What the deal said from each day on that it changed, oldest first; and when it ended.

    Read backwards, from what it says now. Nothing is known of the time before its first event.
    """
    said = {"confidence": deal.confidence, "close_date": str(deal.close_date or "")}
    turned: date | None = None
    found: list[Standing] = []
    for when, data in reversed(events):
        day, was = day_at(when), dict(olds(data))
        if not found or found[-1].since != day:
            closes = date.fromisoformat(said["close_date"]) if said["close_date"] else None
            found.append(Standing(day, said["confidence"], closes))
        if "stage" in was:
            turned = turned or day
        said |= {name: was[name] or "" for name in said if name in was}
    return found[::-1], turned or deal.close_date or found[0].since


def _by_end_of_quarter(closed: date | None, stated: date, calendar: FiscalCalendar) -> bool:
    days = calendar.days(calendar.quarter_of(stated))
    return closed is not None and closed <= max(last for _, last in days)


def cells(told: Iterable[Foretold]) -> dict[Key, Cell]:
    """By colour and weeks; a colour without a prediction in a week is absent."""
    groups: dict[Key, list[Foretold]] = defaultdict(list)
    for each in told:
        groups[each.colour, each.weeks].append(each)
    return {
        key: Cell(
            len(group),
            sum(each.in_time for each in group),
            sum(each.won for each in group),
            len({each.em for each in group}),
        )
        for key, group in groups.items()
    }


def in_aggregate(found: Mapping[Key, Cell]) -> dict[Key, Cell]:
    """Those that may be shown of many: enough predictions, by enough engagement managers."""
    return {key: cell for key, cell in found.items() if cell.enough and cell.ems >= FEWEST_EMS}


def shrunk(some: int, n: int, mean: float) -> float:
    """A share drawn towards the team's mean, the more the fewer predictions it stands on.

    As if twenty more had come out as the team's did: the mean of a beta posterior whose prior
    is worth :data:`ENOUGH` predictions.
    """
    return (some + ENOUGH * mean) / (n + ENOUGH)


@dataclass(frozen=True)
class Score:
    """Brier's score and what it is made of: ``brier = reliability - resolution + uncertainty``."""

    n: int
    brier: float
    reliability: float
    resolution: float
    uncertainty: float


def score(pairs: Iterable[tuple[float, bool]]) -> Score | None:
    """Of chances and what came of them; of nothing there is none.

    Source: G. W. Brier, Mon. Weather Rev. 78 (1950); the partition by A. H. Murphy, J. Appl.
    Meteor. 12 (1973).
    """
    groups: dict[float, list[bool]] = defaultdict(list)
    for chance, came in pairs:
        groups[chance].append(came)
    n = sum(map(len, groups.values()))
    if not n:
        return None
    base = sum(map(sum, groups.values())) / n
    shares = {chance: (sum(came) / len(came), len(came)) for chance, came in groups.items()}
    reliability = sum(k * (chance - share) ** 2 for chance, (share, k) in shares.items()) / n
    resolution = sum(k * (share - base) ** 2 for share, k in shares.values()) / n
    squares = ((chance - came) ** 2 for chance, outcomes in groups.items() for came in outcomes)
    return Score(n, sum(squares) / n, reliability, resolution, base * (1 - base))

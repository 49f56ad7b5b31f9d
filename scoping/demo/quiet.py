"""A few issues nobody works on any more, each at another point of the two-months rule.

They are told as people's work up to the day they fell silent. What followed is the rule's own,
night after night, and what somebody said to keep one of them open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from emdesk.ledger.models import Event, Origin
from scoping.demo.plots import Plot
from scoping.demo.world import World
from scoping.models import ScopingIssue
from scoping.quarters import day_at
from scoping.quiet.days import Mark
from scoping.quiet.keeping import keep_open
from scoping.quiet.nights import pass_night
from scoping.quiet.silences import WARNED

DAY = timedelta(days=1)
KEPT = 77
SILENT = (46, 56, 66, KEPT)  # for how many days: warned, in the last week, in grace, kept open
TIMED_OUT = (84, 88)
NIGHTS = 48
ENDS = ("send_estimate", "ask_account_team", "start_strawman", "start_sow")
REASON = "Their budget is decided next month; the sponsor asked us to wait"


def silenced(live: Sequence[Plot], now: datetime) -> Iterator[Plot]:
    """These plots, a few of which end in silence; and two more for what the rule will close."""
    fitting = [plot for plot in reversed(live) if plot.moves and plot.moves[-1] in ENDS]
    silent = dict(zip(map(id, fitting), SILENT, strict=False))
    for plot in live:
        days = silent.get(id(plot))
        yield _silenced(plot, now, days) if days else plot
    for plot, days in zip(fitting[len(SILENT) :], TIMED_OUT, strict=False):
        yield _silenced(plot, now, days)


def _silenced(plot: Plot, now: datetime, days: int) -> Plot:
    last = (now - timedelta(days=days)).replace(hour=17)
    return replace(plot, last_at=last - timedelta(hours=2), silent_from=last)


def live_through(world: World) -> None:
    """The nights since the first of them fell silent, every third and the last."""
    answered = False
    for ago in [*range(NIGHTS, 0, -3), 0]:
        at = world.now - ago * DAY
        if not answered and ago < KEPT - 64:
            answered = _keep_one(world, at)
        pass_night(at, origin=Origin.DEMO)


def _keep_one(world: World, at: datetime) -> bool:
    """The EM of the last one whose two months are over says that it is alive."""
    told = Event.objects.filter(verb=WARNED, data__mark=Mark.TWO_MONTHS, at__lt=at)
    last = told.order_by("-data__due").values("subject_id")[:1]
    issue = ScopingIssue.objects.filter(pk__in=last).first()
    if issue is None or issue.engagement_manager is None:
        return False
    until = day_at(world.now) + 30 * DAY
    by = issue.engagement_manager
    keep_open(issue, until=until, reason=REASON, by=by, at=at, origin=Origin.DEMO)
    return True

"""The CRM's opportunity of an issue: its stage and close date fit where the issue stands."""

from __future__ import annotations

from datetime import date, timedelta

from scoping.demo.plots import Plot
from scoping.demo.story import Story
from scoping.demo.world import World
from scoping.models import Opportunity, Stage
from scoping.states import CloseReason, Outcome, State

# For each column: the stages a deal may be in, and in how many days it should close.
FITTING = {
    State.OPEN: ((Stage.PENDING, Stage.DISCOVERY, Stage.SCOPING), (45, 200)),
    State.AWAITING_DISCOVERY: ((Stage.DISCOVERY, Stage.SCOPING, Stage.EVALUATION), (30, 150)),
    State.STRAWMAN_WIP: ((Stage.SCOPING, Stage.EVALUATION, Stage.PROPOSAL), (25, 110)),
    State.ESTIMATE_FEEDBACK: ((Stage.EVALUATION, Stage.PROPOSAL), (14, 75)),
    State.ON_HOLD: ((Stage.DISCOVERY, Stage.SCOPING, Stage.PROPOSAL), (40, 180)),
    State.SOW_WIP: ((Stage.PROPOSAL, Stage.NEGOTIATING), (7, 40)),
    State.READY_FOR_APPROVAL: ((Stage.NEGOTIATING,), (3, 20)),
    State.APPROVED: ((Stage.NEGOTIATING, Stage.AWAITING_SIGNATURE), (1, 14)),
}
WITHOUT = {State.OPEN: 0.3, State.AWAITING_DISCOVERY: 0.12}
UNCOUNTED = {CloseReason.UNQUALIFIED: Stage.UNQUALIFIED, CloseReason.DECLINED: Stage.UNQUALIFIED}


def opportunity_for(world: World, plot: Plot, story: Story) -> Opportunity | None:
    """Some young issues have none yet; one close date in twelve has slipped."""
    issue = story.issue
    if world.chance(WITHOUT.get(State(issue.state), 0)):
        return None
    stage, close_date = _under_way(world, story) if plot.live else _ended(plot, story)
    return Opportunity(
        account=issue.account,
        name=f"{issue.account.name}- Professional Services {close_date:%m/%y}",
        external_id=f"006{issue.pk:06}",
        stage=stage,
        close_date=close_date,
    )


def _under_way(world: World, story: Story) -> tuple[Stage, date]:
    stages, (soonest, latest) = FITTING[State(story.issue.state)]
    days = world.rng.randint(soonest, latest)
    if world.chance(1 / 12):
        days = -world.rng.randint(1, 25)
    return world.rng.choice(stages), world.now.date() + timedelta(days=days)


def _ended(plot: Plot, story: Story) -> tuple[Stage, date]:
    outcomes = {Outcome.WON: Stage.WON, Outcome.LOST: Stage.LOST}
    stage = outcomes.get(story.issue.outcome) or UNCOUNTED.get(plot.reason, Stage.DUPLICATE)  # type: ignore[call-overload]
    return stage, story.at.date()

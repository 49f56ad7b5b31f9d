"""Telling an issue: who raises it, what is learnt on the way, how each move is made."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from emdesk.money import cents
from scoping.demo import talk
from scoping.demo.crew import Crew, crew_for
from scoping.demo.deals import opportunity_for
from scoping.demo.forecasts import foretell
from scoping.demo.keeping import keep_promises
from scoping.demo.names import FREE_LABELS, VALUES, wish
from scoping.demo.plots import Plot
from scoping.demo.story import Story
from scoping.demo.texts import DESCRIPTIONS, HOLD_REASONS, LOST_NOTES
from scoping.demo.world import World
from scoping.models import ScopingIssue
from scoping.quarters import quarter_at
from scoping.states import (
    LIVE,
    Agreement,
    ArchitectHelp,
    CloseReason,
    CommunicationOwner,
    Outcome,
    Review,
    Service,
    WaitingOn,
)

REVIEWED_FROM = 50_000
RECENT = 60
WAITS_FOR = {
    "ask_account_team": WaitingOn.ACCOUNT_TEAM,
    "start_strawman": "",
    "send_estimate": WaitingOn.CUSTOMER,
    "rework_estimate": "",
    "start_sow": "",
    "revise_scope": WaitingOn.ACCOUNT_TEAM,
    "request_approval": WaitingOn.INTERNAL,
    "return_sow": "",
    "approve": WaitingOn.CUSTOMER,
    "resume": "",
}
BY_LEADERSHIP = {"approve", "return_sow"}


def tell(world: World, plot: Plot, pk: int) -> Story:
    """One issue from its first day to where its plot leaves it."""
    kin = kin_of(world, plot)
    if plot.reason == CloseReason.MERGED and kin is None:
        plot = replace(plot, reason=CloseReason.DUPLICATE)
    story, crew = raise_issue(world, plot, pk, kin)
    lively = world.talks()
    triage(world, plot, story, crew, lively=lively)
    live_through(world, plot, story, crew, kin, lively=lively)
    if plot.live:
        talk.leave_next_step(world, story, crew, lively=lively)
    if lively:
        keep_promises(story, crew)
    story.issue.opportunity = opportunity_for(world, plot, story)
    foretell(world, story, crew)
    world.told.append(story)
    if story.issue.outcome == Outcome.LOST:
        world.lost.append(story)
    return story


def live_through(
    world: World, plot: Plot, story: Story, crew: Crew, kin: Story | None, *, lively: bool
) -> None:
    """Every move of the plot, with what is said and noted around it."""
    timed = list(plot.timed())
    for place, (move, moment) in enumerate(timed, 1):
        if lively:
            then = timed[place][1] if place < len(timed) else world.now
            talk.before(world, story, crew, move, moment, then)
        story.later(moment)
        make(world, plot, story, crew, move, kin)
        if move in WAITS_FOR and (lively or move == plot.moves[-1]):
            story.set_status(crew.manager, WAITS_FOR[move])
        if lively:
            talk.after(world, story, crew)


def kin_of(world: World, plot: Plot) -> Story | None:
    """For a double the issue that goes on; for a few new ones the lost deal they revive."""
    if plot.reason == CloseReason.MERGED:
        return _one_of(world, [told for told in world.told[-RECENT:] if _goes_on(told, plot)])
    if plot.live and world.chance(0.025):
        return _one_of(world, [told for told in world.lost if told.at < plot.begins_at])
    return None


def _goes_on(story: Story, plot: Plot) -> bool:
    """Whether it is still open, or will close as a deal of its own later."""
    return story.issue.state in LIVE or (bool(story.issue.outcome) and story.at > plot.last_at)


def _one_of(world: World, stories: list[Story]) -> Story | None:
    return world.rng.choice(stories) if stories else None


def raise_issue(world: World, plot: Plot, pk: int, kin: Story | None) -> tuple[Story, Crew]:
    begins_at = plot.begins_at
    account = kin.issue.account if kin else world.rng.choice(world.accounts)
    manager = kin.manager if kin and plot.reason else None
    crew = crew_for(world, account, begins_at, manager)
    service, title = (kin.issue.services[0], kin.issue.title) if kin else wish(world.rng)
    issue = ScopingIssue(
        pk=pk,
        account=account,
        title=title,
        description=DESCRIPTIONS[Service(service)],
        created_at=begins_at,
        entered_state_at=begins_at,
        requester=crew.requester,
        services=[service, Service.TRAINING] if world.chance(0.15) else [service],
        services_calculator=world.chance(0.7),
        public_sector=account.public_sector,
        currency=world.currency_of(account),
        revives=kin.issue if kin and plot.live else None,
    )
    story = Story(issue, crew.requester, crew.manager, world.rng, world.now)
    if kin and plot.live:
        kin.hear(crew.manager, "revived", story)
    return story, crew


def triage(world: World, plot: Plot, story: Story, crew: Crew, *, lively: bool) -> None:
    """Somebody gives it to its EM within a day, unless it only came in."""
    only_came_in = plot.live and not plot.moves and world.chance(0.55)
    if only_came_in:
        talk.request(world, story, crew)
    if only_came_in or (plot.moves and not lively):
        return
    wait = plot.days[0] * 0.6 if plot.days else 0.4
    story.later(plot.begins_at + timedelta(days=min(wait, 0.8)))
    by = crew.lead if world.chance(0.2) else crew.manager
    story.amend(by, "assigned", engagement_manager=crew.manager)
    story.amend(
        crew.manager,
        segment=world.segment_of(story.issue.account),
        free_labels=world.rng.sample(FREE_LABELS, 1) if world.chance(0.2) else [],
        expected_value=_value(world, story.issue) if world.chance(0.3) else None,
    )
    if len(crew.team) > 1:
        story.put_together(crew.team, crew.manager)


def learnt(world: World, issue: ScopingIssue, crew: Crew, move: str) -> dict[str, Any]:
    """What the EM fills in while making a move."""
    fields: dict[str, Any] = {}
    if issue.engagement_manager is None:
        segment = world.segment_of(issue.account)
        fields = {"engagement_manager": crew.manager, "segment": segment}
    match move:
        case "ask_account_team" | "start_strawman" if issue.expected_value is None:
            fields["expected_value"] = _value(world, issue)
            if world.chance(0.2):
                fields["architect_help"] = ArchitectHelp.ASKED
        case "send_estimate":
            fields |= _reviewed_estimate(issue, crew)
        case "start_sow":
            fields |= _agreed_to_go_on(world, issue, crew)
        case "request_approval":
            terms = world.rng.choice([Agreement.STANDARD, Agreement.IN_PLACE])
            fields |= {"delivery_review": Review.APPROVED, "agreement": terms}
        case "win" if world.chance(0.5):
            fields["project_manager"] = crew.project_manager
    return fields


def _reviewed_estimate(issue: ScopingIssue, crew: Crew) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if issue.architect_help == ArchitectHelp.ASKED:
        fields = {"architect_help": ArchitectHelp.GIVEN, "technical_architect": crew.architect}
    if (issue.expected_value or 0) > REVIEWED_FROM and not issue.architect_review:
        fields |= {"architect_review": Review.NEEDED, "technical_architect": crew.architect}
    return fields


def _agreed_to_go_on(world: World, issue: ScopingIssue, crew: Crew) -> dict[str, Any]:
    owner = world.rng.choice(list(CommunicationOwner))
    fields: dict[str, Any] = {
        "communication_owner": owner,
        "communication_agreed_with": crew.requester.name,
        "delivery_manager": crew.delivery,
        "delivery_review": Review.NEEDED,
        "agreement": world.rng.choice(list(Agreement)),
    }
    if issue.architect_review:
        fields["architect_review"] = Review.APPROVED
    return fields


def make(world: World, plot: Plot, story: Story, crew: Crew, move: str, kin: Story | None) -> None:
    """The move itself, by whoever may make it."""
    by = crew.leadership if move in BY_LEADERSHIP else crew.manager
    if move not in BY_LEADERSHIP and world.chance(0.04):
        by = crew.lead
    fill = learnt(world, story.issue, crew, move)
    double_of = kin if plot.reason == CloseReason.MERGED and move == "dismiss" else None
    if double_of:
        fill["merged_into"] = double_of.issue
    story.do(move, by, fill, **_details(world, plot, story, move))
    if double_of:
        double_of.hear(by, "absorbed", story)


def _details(world: World, plot: Plot, story: Story, move: str) -> dict[str, Any]:
    quarter = {"quarter": str(quarter_at(story.at))} if move in {"win", "lose"} else {}
    match move:
        case "hold":
            review = story.at + timedelta(days=world.rng.randint(10, 60))
            return {"reason": world.rng.choice(HOLD_REASONS), "review_date": review.date()}
        case "win":
            return {"reason": plot.reason, **quarter}
        case "lose":
            note = world.rng.choice(LOST_NOTES)
            return {"reason": plot.reason, "note": note, **quarter}
        case "dismiss":
            return {"reason": plot.reason}
    return {}


def _value(world: World, issue: ScopingIssue) -> Decimal:
    """Around what such work usually costs, in round figures."""
    usual = VALUES[Service(issue.services[0])]
    rounded = round(usual * world.rng.lognormvariate(0, 0.6) / 500) * 500
    return cents(Decimal(max(4_000, rounded)))

"""What people say, ask, answer and agree to do about an issue."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from emdesk.people.models import Role
from scoping.demo.crew import Crew
from scoping.demo.story import FRIDAY, Story
from scoping.demo.texts import ANSWERS, CALL_NOTES, NEXT_STEPS, NOTES, SAID
from scoping.demo.world import World
from scoping.models import Meeting, MeetingKind, Source
from scoping.states import LIVE, State, WaitingOn

CALLED = ("team", "architect", "delivery", "lead")
MET_ABOUT = {State.AWAITING_DISCOVERY, State.ESTIMATE_FEEDBACK, State.SOW_WIP}
TURNS = ("", "", WaitingOn.ACCOUNT_TEAM, WaitingOn.CUSTOMER)
AFRESH = 40
LATEST_ESTIMATE = timedelta(hours=66)  # after a call that was planned
SOON = (0, 0, 0, 1, 1, 2, 3, 4, 6, 8)
SOURCES = (Source.CALL, Source.CALL, Source.CUSTOMER, Source.ACCOUNT_TEAM)


def before(
    world: World, story: Story, crew: Crew, move: str, moment: datetime, then: datetime
) -> None:
    """What has to happen for a move to make sense; ``then`` is when the next one follows."""
    if move == "start_strawman":
        if world.chance(0.6) and then - moment < LATEST_ESTIMATE:
            hold_call(world, story, crew, moment)
        answer(world, story, crew, "A", world.rng.randint(3, 8))
    elif move == "start_sow":
        answer(world, story, crew, "I", world.rng.randint(1, 4))
    elif move == "ask_account_team" and world.chance(0.4):
        answer(world, story, crew, "A", world.rng.randint(1, 2))


def after(world: World, story: Story, crew: Crew) -> None:
    """What is said once an issue is where it is now."""
    if State(story.issue.state) not in LIVE:
        return
    for _ in range(world.rng.choice([0, 0, 1, 1, 2])):
        say(world, story, crew)
    if world.chance(0.05):
        story.watch(
            world.rng.choice([crew.lead, *world.cast.of(Role.DIRECTOR), *world.cast.of(Role.EM)])
        )


def say(world: World, story: Story, crew: Crew) -> None:
    speaker, customer, text = world.rng.choice(SAID[State(story.issue.state)])
    needs_architect = speaker == "architect" or "{architect}" in text
    if needs_architect and not story.issue.technical_architect:
        return
    called = {key: crew.called(key) for key in CALLED if f"{{{key}}}" in text}
    handles = {key: user.email.partition("@")[0] for key, user in called.items()}
    body = text.format(**{key: f"@{handle}" for key, handle in handles.items()})
    by = crew.manager if speaker == "em" else crew.called(speaker)
    mentions = {handles[key]: user for key, user in called.items()}
    story.say(body, by, mentions, customer=customer)


def answer(world: World, story: Story, crew: Crew, group: str, count: int) -> None:
    """The next few questions of a group, as far as anybody knows."""
    known = [key for key in ANSWERS if key.startswith(group) and key in world.questions]
    open_ones = [key for key in known if key not in story.answered]
    for key in open_ones[:count]:
        source = world.rng.choice(SOURCES)
        by = crew.requester if source == Source.ACCOUNT_TEAM else crew.manager
        story.answer(world.questions[key], world.rng.choice(ANSWERS[key]), source, by)


def request(world: World, story: Story, crew: Crew) -> None:
    """What came with a request that nobody has looked at: some say all, many next to nothing.

    One in eight was sent twice. Its own chances, so that the rest of the desk stays as it is.
    """
    issue = story.issue
    rng = story.rng = Random(f"{issue.title} {issue.created_at}")  # noqa: S311 (chances of a demo)
    earlier = [told.issue for told in world.told[-AFRESH:] if _untouched(told)]
    if earlier and not issue.revives and rng.random() < 1 / 8:
        first = rng.choice(earlier)
        issue.account, issue.title, issue.services = first.account, first.title, first.services
        issue.description, issue.currency = first.description, first.currency
        issue.public_sector = first.public_sector
    source = Source.CALCULATOR if issue.services_calculator else Source.ACCOUNT_TEAM
    known = [key for key in ANSWERS if key.startswith("A") and key in world.questions]
    for key in known[: rng.choice([0, 0, 1, 2, 4, len(known)])]:
        story.answer(world.questions[key], rng.choice(ANSWERS[key]), source, crew.requester)


def _untouched(story: Story) -> bool:
    issue = story.issue
    return issue.state == State.OPEN and issue.engagement_manager is None and not issue.revives


def hold_call(world: World, story: Story, crew: Crew, moment: datetime) -> None:
    """A scoping call before the estimate, planned when the issue came to its EM."""
    starts_at = story.office_hours(moment - timedelta(hours=3)).replace(minute=0, second=0)
    meeting = Meeting(kind=MeetingKind.SCOPING_CALL, starts_at=starts_at, place="Video call")
    if story.at + timedelta(hours=1) < starts_at < world.now - timedelta(hours=2):
        story.meet(meeting, [crew.manager, crew.requester], crew.manager)
        story.later(meeting.ends_at)
        story.met(meeting, world.rng.choice(CALL_NOTES), crew.manager)


def leave_next_step(world: World, story: Story, crew: Crew, *, lively: bool) -> None:
    """What is to be done next, by when; for one issue in seven nobody wrote it down."""
    issue, rng = story.issue, world.rng
    if issue.engagement_manager is None or world.chance(0.15):
        return
    state = State(issue.state)
    text = rng.choice(NEXT_STEPS[state])
    if world.chance(0.7):
        story.later(story.at + (world.now - story.at) * rng.uniform(0, 0.95))
    team, architect = crew.requester.name, crew.architect.name
    story.amend(
        crew.manager,
        next_step=text.format(team=team, architect=architect),
        next_step_date=world.now.date() + timedelta(days=_days_ahead(world, story)),
        next_step_owner=crew.requester if world.chance(0.2) else crew.manager,
        current_state=rng.choice(NOTES[state]) if world.chance(0.6) else "",
    )
    if state != State.ON_HOLD and world.chance(0.8 if state == State.OPEN else 0.3):
        story.set_status(crew.manager, rng.choice(TURNS))
    if lively and state in MET_ABOUT and world.chance(0.4):
        plan_meeting(world, story, crew)


def _days_ahead(world: World, story: Story) -> int:
    """Past for a few, today for some, most within a fortnight; held issues take their time."""
    if story.issue.review_date:
        return (story.issue.review_date - world.now.date()).days
    kind = world.rng.random()
    if kind < 0.17:
        return -world.rng.randint(1, 9)
    return 0 if kind < 0.29 else world.rng.randint(1, 14)


def plan_meeting(world: World, story: Story, crew: Crew) -> None:
    """Today or in the next days, in the EM's working hours."""
    day = world.now.date() + timedelta(days=world.rng.choice(SOON))
    if day > world.now.date() and day.weekday() > FRIDAY:
        day += timedelta(days=7 - day.weekday())
    clock = time(world.rng.randrange(9, 17), world.rng.choice([0, 30]))
    starts_at = datetime.combine(day, clock, ZoneInfo(crew.manager.time_zone)).astimezone(UTC)
    call = world.chance(0.6)
    meeting = Meeting(
        kind=MeetingKind.SCOPING_CALL if call else MeetingKind.INTERNAL_SYNC,
        starts_at=starts_at,
        minutes=60 if call else 30,
        guests="Head of platform, two developers" if call else "",
        place="Video call",
    )
    story.meet(meeting, [crew.manager, *crew.team], crew.manager)

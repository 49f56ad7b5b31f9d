"""When promises were kept: the deeds between the moves, most in time, some late, a few not yet.

Its own chances for each issue, so that the rest of the desk stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from scoping.clock_moves import ESTIMATE, FIRST_CONTACT, SOW_DRAFT, STAMPED_SOW
from scoping.clocks import EM_SIDE, PAUSED, SCOPING_CALL
from scoping.deeds import DEEDS
from scoping.demo.crew import Crew
from scoping.demo.story import CLOSES, FRIDAY, OPENS, Story
from scoping.states import State

HOUR = timedelta(hours=1)
PROMISED = {FIRST_CONTACT: 24, ESTIMATE: 72, SOW_DRAFT: 48, STAMPED_SOW: 72}
IN_TIME = 0.87
LEGS = ("leg_revenue", "leg_ps", "leg_legal", "leg_signatory")
HELD_UP = (
    "Their security team answers after the holiday",
    "They asked us to wait for their board meeting",
    "Their sizing tool runs over the weekend",
)


@dataclass
class Keeping:
    """One issue's promises; ``entered`` is when it first came to each column."""

    story: Story
    crew: Crew
    rng: Random
    entered: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for event in self.story.events:
            if event.before != event.after:
                self.entered.setdefault(event.after, event.at)

    @property
    def end(self) -> datetime:
        """Nothing is noted after the close, or after now."""
        return self.entered.get(State.CLOSED, self.story.now)

    def note(self, key: str, at: datetime | None) -> datetime | None:
        """Note a deed, if it has happened by now; when it did."""
        if at is None or not self.story.issue.created_at < at < self.end:
            return None
        at = at.replace(microsecond=0)
        self.story.keep(DEEDS[key], self.crew.manager, at)
        return at

    def within(self, begin: datetime, end: datetime) -> datetime:
        """A moment between two, at an hour at which people work if there is one."""
        at = begin
        for _ in range(12):
            at = begin + (end - begin) * self.rng.uniform(0.03, 0.97)
            if self._at_work(at):
                break
        return at

    def kept(self, promise: str, since: datetime, earliest: datetime) -> datetime:
        """When a promise made at ``since`` was kept: in time for most, if it could be."""
        due = since + HOUR * PROMISED[promise]
        if earliest < due and self.rng.random() < IN_TIME:
            return self.within(earliest, due)
        late = max(earliest, due)
        return self.within(late + HOUR, late + HOUR * self.rng.uniform(8, 60))

    def _at_work(self, at: datetime) -> bool:
        local = at.astimezone(self.story.zone)
        return local.weekday() <= FRIDAY and OPENS <= local.hour < CLOSES


def keep_promises(story: Story, crew: Crew) -> None:
    """Note on one told issue how each of its promises went."""
    issue = story.issue
    rng = Random(f"{issue.title} {issue.created_at} promises")  # noqa: S311 (chances of a demo)
    keeping = Keeping(story, crew, rng)
    _make_contact(keeping)
    _bring_the_estimate(keeping)
    _bring_the_sow(keeping)


def _make_contact(keeping: Keeping) -> None:
    """Somebody is in touch, also about most of what nobody has yet."""
    raised = keeping.story.issue.created_at
    reminded = keeping.kept(FIRST_CONTACT, raised, raised + HOUR / 4)
    if _said_before(keeping.story, reminded):
        return
    if keeping.story.manager or keeping.rng.random() < 0.7:
        keeping.note("reminded", reminded)


def _said_before(story: Story, moment: datetime) -> bool:
    """Whether the EM's side wrote about it, or met the customer, by then."""
    return any(
        event.verb == "scoping.meeting_held"
        or (event.verb == "activity.commented" and EM_SIDE & set(event.data["roles"]))
        for event in story.events
        if event.at < moment
    )


def _bring_the_estimate(keeping: Keeping) -> None:
    """The call is held in time for the estimate, or too early for it."""
    begun = keeping.entered.get(State.STRAWMAN_WIP)
    if begun is None:
        return
    sent = keeping.entered.get(State.ESTIMATE_FEEDBACK)
    called = _met(keeping) or keeping.note("call_held", _call(keeping, begun, sent))
    if called and sent:
        delivered = keeping.kept(ESTIMATE, called, max(sent, called))
        if delivered < keeping.entered.get(State.SOW_WIP, keeping.end):
            keeping.note("estimate_delivered", delivered)
    elif called and keeping.rng.random() < 0.3:
        _hold_up(keeping, called)


def _met(keeping: Keeping) -> datetime | None:
    held = (
        event.at
        for event in keeping.story.events
        if event.verb == "scoping.meeting_held" and event.data["kind"] == SCOPING_CALL
    )
    return next(held, None)


def _call(keeping: Keeping, begun: datetime, sent: datetime | None) -> datetime:
    around = begun - 3 * HOUR
    return keeping.within(max(around, sent - 60 * HOUR), sent) if sent else around


def _hold_up(keeping: Keeping, called: datetime) -> None:
    """The customer keeps the estimate waiting, and the EM says so."""
    at = keeping.within(called + 12 * HOUR, called + 30 * HOUR)
    if at < keeping.end:
        said = {"policy": ESTIMATE, "name": "Estimate", "reason": keeping.rng.choice(HELD_UP)}
        keeping.story.tell(PAUSED, keeping.crew.manager, at.replace(microsecond=0), **said)


def _bring_the_sow(keeping: Keeping) -> None:
    begun = keeping.entered.get(State.SOW_WIP)
    if begun is None:
        return
    intent = keeping.note("intent_confirmed", begun - HOUR * keeping.rng.uniform(0.2, 5)) or begun
    asked = keeping.entered.get(State.READY_FOR_APPROVAL, keeping.end)
    drafted = keeping.kept(SOW_DRAFT, intent, begun)
    if drafted < asked:
        keeping.note("draft_delivered", drafted)
    if asked < keeping.end:
        _sign(keeping, asked)


def _sign(keeping: Keeping, asked: datetime) -> None:
    final = keeping.note("content_final", asked - HOUR * keeping.rng.uniform(0.1, 2)) or asked
    approved = keeping.entered.get(State.APPROVED)
    if approved is None:
        keeping.note(LEGS[0], keeping.within(final, final + 20 * HOUR))
        return
    sent = keeping.kept(STAMPED_SOW, final, max(approved, final))
    step = (sent - final) / (len(LEGS) + 1)
    for place, leg in enumerate(LEGS, 1):
        keeping.note(leg, final + place * step)
    keeping.note("stamped_sow_sent", sent)

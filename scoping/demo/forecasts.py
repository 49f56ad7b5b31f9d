"""What the EMs say of the demo's deals, week by week: colours, rationales, pushed dates, rates.

Chances come from a generator of each deal's own, so that nothing else of the demo turns out
differently.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from emdesk.configuration.currencies import RATES
from emdesk.configuration.values import set_value
from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import event_of
from emdesk.money import cents
from emdesk.people.models import Role, User
from emdesk.workflow import changes, values
from scoping.deals import AMENDED
from scoping.demo.crew import Crew
from scoping.demo.story import Story
from scoping.demo.texts import RATIONALES
from scoping.demo.world import World
from scoping.judging import CONFIRMED
from scoping.models import Confidence, ForecastCategory, Opportunity, Stage

GREY, RED, AMBER, GREEN = Confidence.GREY, Confidence.RED, Confidence.AMBER, Confidence.GREEN
ODDS = {
    Stage.PENDING: (70, 15, 15, 0),
    Stage.DISCOVERY: (45, 25, 28, 2),
    Stage.SCOPING: (25, 25, 42, 8),
    Stage.EVALUATION: (18, 22, 45, 15),
    Stage.PROPOSAL: (8, 17, 40, 35),
    Stage.NEGOTIATING: (4, 10, 31, 55),
    Stage.AWAITING_SIGNATURE: (0, 5, 15, 80),
    Stage.WON: (0, 4, 22, 74),
    Stage.LOST: (10, 55, 25, 10),
}
CRM = {
    Stage.PENDING: ForecastCategory.OMITTED,
    Stage.NEGOTIATING: ForecastCategory.BEST_CASE,
    Stage.AWAITING_SIGNATURE: ForecastCategory.COMMIT,
    Stage.WON: ForecastCategory.CLOSED,
    Stage.LOST: ForecastCategory.OMITTED,
}
WAY = (
    *(Stage.PENDING, Stage.DISCOVERY, Stage.SCOPING, Stage.EVALUATION, Stage.PROPOSAL),
    *(Stage.NEGOTIATING, Stage.AWAITING_SIGNATURE),
)
BEFORE_LOST = WAY[1:5]
QUOTED = (Stage.NEGOTIATING, Stage.AWAITING_SIGNATURE, Stage.WON)
SHEETS = {
    400: {"USD": "1", "EUR": "1.09", "GBP": "1.26"},
    200: {"USD": "1", "EUR": "1.07", "GBP": "1.25"},
    45: {"USD": "1", "EUR": "1.08", "GBP": "1.27"},
}


@dataclass
class Act:
    """Something somebody changed about a deal."""

    at: datetime
    by: User
    changed: dict[str, list[Any]]
    word: str

    def event(self, deal: Opportunity) -> Event:
        """A change, or the same word once more."""
        when: dict[str, Any] = {
            "by": self.by,
            "at": self.at,
            "origin": Origin.DEMO,
            "changed": self.changed,
        }
        if set(self.changed) == {"judged_at"}:
            return event_of(deal, CONFIRMED, word=self.word, **when)
        return event_of(deal, AMENDED, **when)


class Forecast:
    """One deal's life in the forecast, told forward to where it stands."""

    def __init__(self, story: Story, crew: Crew, deal: Opportunity, world: World) -> None:
        self.story, self.crew, self.deal, self.now = story, crew, deal, world.now
        self.desk = world.cast.of(Role.DEAL_DESK)[0]
        self.rng = Random(f"{story.issue.title} {story.issue.created_at} forecast")  # noqa: S311 (chances of a demo)
        self.acts: list[Act] = []
        self._price()
        self._begin()

    @property
    def ended(self) -> datetime:
        return self.story.at if self._closed else self.now

    @property
    def _closed(self) -> bool:
        return self._stage not in WAY

    def _price(self) -> None:
        issue, deal, rng = self.story.issue, self.deal, self.rng
        deal.amount = deal.services_value = issue.expected_value
        deal.currency, deal.segment = issue.currency, issue.segment
        deal.engagement_manager = issue.engagement_manager
        deal.owner = self.crew.requester.name
        deal.forecast_category = CRM.get(Stage(deal.stage), ForecastCategory.PIPELINE)
        if issue.expected_value and deal.stage in QUOTED and rng.random() < 0.9:
            off = cents(issue.expected_value) * rng.choice((94, 97, 100, 100, 105)) / 100
            deal.quoted_value = cents(off)
        if issue.expected_value and rng.random() < 0.2:
            deal.edu_value = cents(cents(issue.expected_value) * rng.choice((10, 15, 25)) / 100)

    def _begin(self) -> None:
        """Grey, and dated before it was pushed."""
        self._closes, self._stage = self.deal.close_date, Stage(self.deal.stage)
        self.deal.stage = Stage.PENDING
        pushed = self._stage != Stage.LOST and self.rng.random() < 0.22
        if pushed and self._closes:
            self.deal.close_date = self._closes - timedelta(days=self.rng.choice((31, 45, 62)))

    def tell(self) -> list[Act]:
        """Three words or so, the last one this week for most, and the push between them."""
        begins, ends = self.story.issue.created_at, self.ended
        words = self._words()
        stale = self._stage not in (Stage.WON, Stage.LOST) and self.rng.random() < 0.2
        last = self.rng.randint(16, 34) if stale else self.rng.randint(0, 9)
        for place, word in enumerate(words):
            back = last + (0, 12, 27)[len(words) - 1 - place]
            at = ends - timedelta(days=back, minutes=self.rng.randint(1, 400))
            if at > begins or word is words[-1]:
                self._say(word, max(at, begins))
        self._advance(begins, ends)
        self._estimate(begins, ends)
        if self._closes != self.deal.close_date:
            self._push(max(ends - timedelta(days=self.rng.randint(2, 30)), begins))
        return sorted(self.acts, key=lambda act: act.at)

    def _advance(self, begins: datetime, ends: datetime) -> None:
        """From stage to stage, evenly, and closed when its issue was."""
        way = [*BEFORE_LOST, self._stage] if self._closed else WAY[1 : WAY.index(self._stage) + 1]
        if self._stage == Stage.WON:
            way = [*WAY[1:], self._stage]
        steps = len(way) if self._closed else len(way) + 1
        for place, stage in enumerate(way, 1):
            by = self.desk if stage not in WAY else self.crew.requester
            self._change(begins + (ends - begins) * place / steps, by, stage=stage)

    def _estimate(self, begins: datetime, ends: datetime) -> None:
        """A first guess for some, and the quote once there is one."""
        value, quote = self.deal.services_value, self.deal.quoted_value
        if value and self.rng.random() < 0.35:
            self.deal.services_value = cents(
                cents(value) * self.rng.choice((70, 85, 120, 140)) / 100
            )
            known = begins + (ends - begins) * self.rng.randint(20, 60) / 100
            self._change(known, self.crew.manager, services_value=value)
        if quote:
            self.deal.quoted_value = None
            quoted = begins + (ends - begins) * self.rng.randint(65, 90) / 100
            self._change(quoted, self.crew.requester, quoted_value=quote)

    def _words(self) -> list[Confidence]:
        """Where the deal's stage leads, by way of doubt."""
        if not self.deal.engagement_manager_id:
            return []
        odds = ODDS.get(self._stage, (60, 20, 20, 0))
        final = self.rng.choices((GREY, RED, AMBER, GREEN), odds)[0]
        before = self.rng.choice((AMBER, final, final))
        return [] if final == GREY else [RED, before, final][-self.rng.randint(1, 3) :]

    def _say(self, word: Confidence, at: datetime) -> None:
        text = self.rng.choice(RATIONALES[word])
        if self.rng.random() < 0.05:
            text = ""
        said = {"confidence": word, "confidence_rationale": text, "judged_at": at}
        self._change(at, self.crew.manager, **said)

    def _push(self, at: datetime) -> None:
        months = _month(self._closes) > _month(self.deal.close_date)
        count = self.deal.push_count + int(months)
        self._change(at, self.crew.requester, close_date=self._closes, push_count=count)

    def _change(self, at: datetime, by: User, **fields: Any) -> None:
        was = values(self.deal)  # type: ignore[arg-type]
        for name, value in fields.items():
            setattr(self.deal, name, value)
        if changed := changes(was, self.deal):  # type: ignore[arg-type]
            self.acts.append(Act(at, by, changed, self.deal.confidence))


def foretell(world: World, story: Story, crew: Crew) -> None:
    """Let the deal of a story be judged; its acts wait until the deal has a key."""
    deal = story.issue.opportunity
    if deal is not None:
        story.acts = Forecast(story, crew, deal, world).tell()


def deal_events(story: Story) -> list[Event]:
    """The acts as events, now that the deal is stored."""
    deal = story.issue.opportunity
    if deal is None:
        return []
    begins, asked = story.issue.created_at, story.requester
    created: dict[str, Any] = {"by": asked, "at": begins, "reference": story.issue.reference}
    made = event_of(deal, "scoping.deal_created", origin=Origin.DEMO, **created)
    return [made, *(act.event(deal) for act in story.acts)]


def set_rates(world: World) -> None:
    """Three sheets of exchange rates."""
    by = world.cast.of(Role.DIRECTOR)[0]
    for days, sheet in SHEETS.items():
        day = (world.now - timedelta(days=days)).date()
        when: dict[str, Any] = {
            "effective_from": day,
            "reason": "Finance's sheet",
            "origin": Origin.DEMO,
        }
        set_value(RATES, sheet, by=by, at=world.now - timedelta(days=days), **when)


def _month(day: date | None) -> tuple[int, int]:
    return (day.year, day.month) if day else (0, 0)

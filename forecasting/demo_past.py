"""Deals of the demo's last two years, closed before its issues begin: what EMs said of them when.

They have no scoping issue: they were scoped before this desk was. Without them nobody's colours
would have been tried often enough to say how far they can be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.timezone import localdate

from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import append, event_of
from emdesk.people.models import Role, User
from emdesk.workflow import changes, values
from scoping.deals import AMENDED
from scoping.demo.texts import RATIONALES
from scoping.models import Account, Confidence, Opportunity, Stage
from scoping.models.opportunity import SERVICES_ONLY

PEOPLE, EACH = 4, 40
GREY, RED, AMBER, GREEN = Confidence.GREY, Confidence.RED, Confidence.AMBER, Confidence.GREEN
WEEKS = (12, 9, 6, 4, 2, 1)
WAYS = {
    True: (
        (AMBER, AMBER, GREEN, GREEN, GREEN, GREEN),
        (AMBER, GREEN, GREEN, GREEN, GREEN, GREEN),
        (GREEN, GREEN, GREEN, GREEN, GREEN, GREEN),
        (RED, RED, AMBER, AMBER, AMBER, GREEN),
        (GREY, AMBER, AMBER, AMBER, GREEN, GREEN),
    ),
    False: (
        (AMBER, AMBER, GREEN, AMBER, RED, RED),
        (GREEN, GREEN, GREEN, GREEN, AMBER, RED),
        (GREY, RED, RED, RED, RED, RED),
        (AMBER, AMBER, AMBER, RED, RED, RED),
    ),
}


@dataclass
class Past:
    """One closed deal, told forward; ``acts`` are what was changed, when and by whom."""

    deal: Opportunity
    begins: datetime
    acts: list[tuple[datetime, User | None, dict[str, list[Any]]]] = field(default_factory=list)

    def change(self, at: datetime, by: User | None, **fields: Any) -> None:
        was = values(self.deal)  # type: ignore[arg-type]
        for name, value in fields.items():
            setattr(self.deal, name, value)
        if changed := changes(was, self.deal):  # type: ignore[arg-type]
            self.acts.append((at, by, changed))

    def events(self, by: User) -> list[Event]:
        asked: dict[str, Any] = {"by": by, "origin": Origin.DEMO}
        made = event_of(self.deal, "scoping.deal_created", at=self.begins, reference="", **asked)
        return [
            made,
            *(
                event_of(self.deal, AMENDED, by=who, at=at, origin=Origin.DEMO, changed=changed)
                for at, who, changed in self.acts
            ),
        ]


def tell_past(at: datetime) -> None:
    """Some engagement managers' closed deals of the last two years."""
    accounts = list(Account.objects.select_related("segment").order_by("pk"))
    sellers = list(User.objects.with_role(Role.ACCOUNT_TEAM).order_by("pk"))
    managers = User.objects.with_role(Role.EM).order_by("pk")[:PEOPLE]
    rng = Random(f"{len(accounts)} past")  # noqa: S311 (chances of a demo)
    found = [
        (_past(rng, em, rng.choice(accounts), rng.choice(sellers), localdate(at)), em)
        for em in managers
        for _ in range(EACH)
    ]
    for number, (past, _) in enumerate(found, 1):
        past.deal.external_id = f"006PAST{number:04}"
    Opportunity.objects.bulk_create([past.deal for past, _ in found])
    events = [event for past, em in found for event in past.events(em)]
    append(sorted(events, key=lambda event: event.at))


def _past(rng: Random, em: User, account: Account, seller: User, today: date) -> Past:
    """Colours week by week before the first close date, then on it or after, won or lost."""
    closes = today - timedelta(days=rng.randint(190, 640))
    won = rng.random() < 0.62
    slips = rng.choice((0, 0, 0, 45, 90)) if won else 0
    value = 500 * rng.randint(12, 300)
    deal = Opportunity(
        account=account,
        name=f"{account.name}- Professional Services {closes:%m/%y}",
        stage=Stage.PROPOSAL,
        close_date=closes,
        record_type=SERVICES_ONLY,
        segment=account.segment,
        engagement_manager=em,
        owner=seller.name,
        amount=value,
        services_value=value,
    )
    past = Past(deal, _noon(closes - timedelta(days=91)))
    _say_weekly(past, rng, em, closes, rng.choice(WAYS[won]), slips=slips)
    ended = closes + timedelta(days=slips + rng.randint(0, 6))
    stage = Stage.WON if won else Stage.LOST
    past.change(_noon(ended), seller, stage=stage, close_date=ended)
    return past


def _say_weekly(
    past: Past,
    rng: Random,
    em: User,
    closes: date,
    way: tuple[Confidence, ...],
    *,
    slips: int,
) -> None:
    for weeks, colour in zip(WEEKS, way, strict=True):
        at = _noon(closes - timedelta(days=7 * weeks - 1))
        said = {"confidence": colour, "judged_at": at}
        text = "" if colour == GREY else rng.choice(RATIONALES[colour])
        past.change(at, em, confidence_rationale=text, **said)
    if slips:
        later, pushes = closes + timedelta(days=slips), slips // 30
        past.change(_noon(closes - timedelta(days=3)), em, close_date=later, push_count=pushes)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo("America/Los_Angeles"))

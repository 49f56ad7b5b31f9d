"""What every story of the demo shares: the day, the people, the customers, the chances."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

from emdesk.people.models import Segment, Territory
from scoping.demo.names import AGENCIES, companies
from scoping.demo.people import Cast, enrol
from scoping.models import Account, Question

if TYPE_CHECKING:
    from scoping.demo.story import Story

FEWEST, MOST = 180, 1_100
TALKED_ABOUT = 600
SHARES = {
    "Northeast Enterprise": 10,
    "Southeast Enterprise": 6,
    "Latin America": 4,
    "Pacific Enterprise": 8,
    "Mountain Enterprise": 4,
    "DACH Enterprise": 9,
    "UK and Ireland Enterprise": 7,
    "Nordics Enterprise": 5,
    "Southern Europe Enterprise": 6,
    "Japan Enterprise": 5,
    "ANZ Enterprise": 5,
    "Southeast Asia Enterprise": 4,
    "East Mid-Market": 8,
    "West Mid-Market": 7,
    "EMEA Mid-Market": 9,
    "APAC Mid-Market": 5,
    "Small Business": 3,
}
CURRENCIES = {
    "DACH Enterprise": "EUR",
    "Southern Europe Enterprise": "EUR",
    "EMEA Mid-Market": "EUR",
    "UK and Ireland Enterprise": "GBP",
}


@dataclass
class World:
    """``now`` is the day's first moment, so that a demo is the same all day."""

    rng: Random
    now: datetime
    issues: int
    cast: Cast
    accounts: list[Account]
    questions: dict[str, Question]
    segments: dict[str, Segment]
    told: list[Story] = field(default_factory=list)
    lost: list[Story] = field(default_factory=list)

    def chance(self, odds: float) -> bool:
        return self.rng.random() < odds

    def talks(self) -> bool:
        """Whether people say much about the next issue; on a huge desk only some are lively."""
        return self.chance(TALKED_ABOUT / self.issues)

    def segment_of(self, account: Account) -> Segment | None:
        """Public sector has no segment of its own; its deals count with the East."""
        return account.segment or self.segments.get("Ent_EAST")

    def currency_of(self, account: Account) -> str:
        name = account.sales_territory.name if account.sales_territory else ""
        return CURRENCIES.get(name, "USD") if self.chance(0.8) else "USD"


def build(seed: int, issues: int, at: datetime) -> World:
    """The desk before its first issue."""
    rng = Random(seed)  # noqa: S311 (chances of a demo)
    now = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return World(
        rng=rng,
        now=now,
        issues=issues,
        cast=enrol(now),
        accounts=_accounts(min(MOST, max(FEWEST, issues * 6 // 10)), rng),
        questions={question.key: question for question in Question.objects.all()},
        segments={segment.name: segment for segment in Segment.objects.all()},
    )


def _accounts(count: int, rng: Random) -> list[Account]:
    territories = {each.name: each for each in Territory.objects.select_related("segment")}
    places = rng.choices(list(SHARES), list(SHARES.values()), k=count)
    names = companies(count - len(AGENCIES), rng)
    customers = [
        Account(
            name=name,
            segment=territories[place].segment,
            sales_territory=territories[place],
        )
        for name, place in zip(names, places, strict=False)
    ]
    public = territories["US Public Sector"]
    agencies = [Account(name=name, sales_territory=public, public_sector=True) for name in AGENCIES]
    accounts = [*customers, *agencies]
    for number, account in enumerate(accounts, start=1):
        account.external_ids = [f"001{number:06}"]
    return Account.objects.bulk_create(accounts)

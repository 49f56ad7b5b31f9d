"""Deals of every stage, colour, region and currency, made up by chance."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from emdesk.people.models import Role, User
from scoping.models import Opportunity
from tests.factories import make_account, make_opportunity, make_segment, make_user

FIRST, LAST = date(2026, 2, 1), date(2026, 4, 30)
STAGES = ("won", "won", "lost", "0", "1", "4", "5", "6", "9", "10")


def made_up(seed: int, count: int = 80) -> list[User]:
    """Around the quarter Q127; the engagement managers they are of."""
    chance = Random(seed)  # noqa: S311
    people = [make_user(name="Ada Lund"), make_user(Role.EM, Role.EM_LEAD, name="Bo Ek")]
    segments = [make_segment("Ent_EMEA"), make_segment("MM_West"), make_segment("SMB"), None]
    account = make_account()
    for number in range(count):
        make_opportunity(
            name=f"Deal {number}",
            account=account,
            engagement_manager=chance.choice([*people, None]),
            segment=chance.choice(segments),
            office=chance.choice(["", "", "East"]),
            stage=chance.choice(STAGES),
            confidence=chance.choice(["green", "amber", "red", "grey"]),
            close_date=FIRST + timedelta(days=chance.randrange(-20, 110)),
            services_value=chance.choice([None, Decimal("1000.05"), Decimal(20_000)]),
            quoted_value=chance.choice([None, None, Decimal(0), Decimal("12500.5")]),
            currency=chance.choice(["USD", "USD", "EUR", "SEK"]),
            deleted=chance.random() < 0.05,
        )
    return people


def all_deals() -> list[Opportunity]:
    return list(Opportunity.objects.select_related("segment"))

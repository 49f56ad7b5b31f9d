"""Keeps the forecast of many open deals: ``python -m bench.keeping COUNT``.

Every deal was made and then amended three times, half of it after the day that is kept, so that
half of every history is read back. Prints, as JSON, the seconds a snapshot takes.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import django

django.setup()

from django.db import connection  # noqa: E402 (all of it needs the setup)
from django.db.transaction import atomic  # noqa: E402

from emdesk.copying import copy, maker, numbers  # noqa: E402
from emdesk.ledger.models import Event  # noqa: E402
from emdesk.people.models import Role, Segment, User  # noqa: E402
from forecasting.models import Snapshot  # noqa: E402
from forecasting.rewinding import DEAL  # noqa: E402
from forecasting.snapshots import take  # noqa: E402
from scoping.models import Account, Opportunity  # noqa: E402

DAY = date(2026, 10, 30)
BEGIN = datetime(2026, 10, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 21, tzinfo=UTC)
ACTS = (0, 10, 35, 45)  # days after it began; the last two after the day that is kept
COLOURS = ("grey", "red", "amber", "green")

make_deal, make_event = maker(Opportunity), maker(Event)


def fill(count: int) -> None:
    """Rows and events as they come about, written past the machine."""
    chance = Random(1)  # noqa: S311
    account = Account.objects.create(name="Scale")
    by = User.objects.create_user(email="em@example.com", name="EM", roles=[Role.EM])
    segments: list[int | None] = [*Segment.objects.values_list("pk", flat=True), None]
    keys = numbers(Opportunity, count)
    with atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        copy(
            Opportunity,
            [
                make_deal(
                    id=key,
                    account_id=account.pk,
                    engagement_manager_id=by.pk,
                    segment_id=chance.choice(segments),
                    name="Deal",
                    stage=chance.choice("123456"),
                    close_date=DAY + timedelta(days=chance.randrange(120)),
                    amount=Decimal(chance.randrange(50, 30_000)),
                    confidence="green",
                )
                for key in keys
            ],
        )
        copy(Event, (event for key in keys for event in _told(key, chance)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _told(key: int, chance: Random) -> list[Event]:
    words = [*chance.choices(COLOURS, k=len(ACTS) - 1), "green"]
    found = []
    for number, days in enumerate(ACTS):
        changed = {"confidence": words[number - 1 : number + 1]} if number else {}
        found.append(
            make_event(
                subject_type=DEAL,
                subject_id=key,
                number=number + 1,
                verb="scoping.deal_amended" if number else "scoping.deal_created",
                at=BEGIN + timedelta(days=days),
                data={"changed": changed},
                hash="",
            )
        )
    return found


def measured(count: int) -> dict[str, float]:
    fill(count)
    began = time.perf_counter()
    take([DAY], NOW)
    took = time.perf_counter() - began
    assert Snapshot.objects.count() == count  # noqa: S101
    return {"seconds": took}


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]))))

"""A desk of made-up issues and deals, told twice: in rows, and in plain words for the oracle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from emdesk.people.models import Segment, User
from emdesk.sla.models import Clock, Policy
from scoping.models import Opportunity, ScopingIssue, Stay
from tests.factories import make_account, make_segment, make_user
from tests.forecasting.rows import past_the_door
from tests.oracles.fiscal import label_of
from tests.oracles.quarter import ORDER

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
REASONS = ["price", "timing", "timed_out", "partner"]
ENDED = ("met", "late", "cancelled")


@dataclass
class Told:
    """What an oracle is given: issues and deals whose ``em`` and ``segment`` are keys of rows."""

    issues: list[dict[str, Any]] = field(default_factory=list)
    deals: list[dict[str, Any]] = field(default_factory=list)


def made_up(seed: int, count: int = 60) -> Told:
    """Issues of two EMs and of nobody, in three segments and in none, over seven quarters."""
    chance = Random(seed)  # noqa: S311
    people: list[User | None] = [make_user(), make_user(), None]
    names = ("Ent_EMEA", "MM_EMEA", "Ent_APAC")
    segments: list[Segment | None] = [*map(make_segment, names), None]
    policies = {each.key: each for each in Policy.objects.filter(key__in=["estimate", "draft"])}
    policies = policies or {each.key: each for each in Policy.objects.all()[:2]}
    told = Told()
    account = make_account()
    with past_the_door():
        for _ in range(count):
            where = chance.choice(people), chance.choice(segments)
            _issue(chance, told, account, where, policies)
            _deal(chance, told, account, where)
    return told


def _issue(
    chance: Random, told: Told, account: Any, where: Sequence[Any], policies: dict[str, Policy]
) -> None:
    created = BEGIN + chance.randrange(0, 14_900) * HOUR
    stays, outcome = _stays(chance, created)
    ended = stays[-1][1]
    quarter = label_of((ended - 8 * HOUR).date(), 2) if outcome else ""
    reason = {"won": "signed", "lost": chance.choice(REASONS), "": ""}[outcome]
    state = stays[-1][0]
    if state == "closed" and not outcome:
        reason = "duplicate"
    issue = ScopingIssue.objects.create(
        account=account,
        title="Deal",
        created_at=created,
        entered_state_at=ended,
        state=state,
        outcome=outcome,
        close_reason=reason,
        close_quarter=quarter,
        engagement_manager=where[0],
        segment=where[1],
        expected_value=chance.choice([None, Decimal(4_000), Decimal(40_000)]),
    )
    Stay.objects.bulk_create(
        Stay(issue=issue, state=at, entered_at=entered, left_at=left) for at, entered, left in stays
    )
    clocks = _clocks(chance, created, issue, policies)
    told.issues.append(
        {
            "pk": issue.pk,
            "em": where[0],
            "segment": where[1],
            "created": created,
            "stays": stays,
            "outcome": outcome,
            "ended": ended,
            "reason": reason,
            "state": state,
            "quarter": quarter,
            "value": issue.expected_value,
            "clocks": clocks,
            "currency": "USD",
        }
    )


def _stays(chance: Random, created: datetime) -> tuple[list[tuple[str, datetime, Any]], str]:
    """Forward, sometimes on hold or back, until it closes or the day is over."""
    path = ["open", *ORDER[: chance.randrange(0, 7)]]
    if chance.random() < 0.3 and len(path) > 2:
        path += ["on_hold", path[-2], path[-1]]
    outcome = chance.choice(["won", "lost", "", "", ""])
    if outcome or chance.random() < 0.2:
        path.append("closed")
    moments = [created]
    for _ in path[1:]:
        moments.append(moments[-1] + chance.randrange(1, 700) * HOUR)
    begun = [each for each in zip(path, moments, strict=True) if each[1] <= NOW]
    ends = [entered for _, entered in begun[1:]] + [None]
    stays = [(at, entered, left) for (at, entered), left in zip(begun, ends, strict=True)]
    return stays, outcome if stays[-1][0] == "closed" else ""


def _clocks(
    chance: Random, created: datetime, issue: ScopingIssue, policies: dict[str, Policy]
) -> list[tuple[str, datetime, str, datetime | None]]:
    found = []
    for key, policy in policies.items():
        started = created + chance.randrange(0, 900) * HOUR
        due = chance.choice([None, started + 72 * HOUR, NOW + HOUR])
        state = chance.choice(["running", "paused", "breached", "met", "late", "cancelled"])
        Clock.objects.create(
            subject_type="scoping.scopingissue",
            subject_id=issue.pk,
            key=key,
            number=1,
            policy=policy,
            state=state,
            started_at=started,
            due_at=due,
            stopped_at=started + HOUR if state in ENDED else None,
        )
        found.append((key, started, state, due))
    return found


def _deal(chance: Random, told: Told, account: Any, where: Sequence[Any]) -> None:
    day = date(2025, 6, 1) + timedelta(days=chance.randrange(0, 600))
    said = {
        "stage": chance.choice(["won", "lost", "0", "4", "6", "9", "10"]),
        "category": chance.choice(["commit", "best_case", "pipeline", "omitted", ""]),
        "colour": chance.choice(["green", "amber", "red", "grey"]),
        "value": chance.choice([None, Decimal(100), Decimal("2500.50")]),
        "deleted": chance.random() < 0.1,
    }
    Opportunity.objects.create(
        name="Deal",
        account=account,
        close_date=day,
        stage=said["stage"],
        forecast_category=said["category"],
        confidence=said["colour"],
        amount=said["value"],
        deleted=said["deleted"],
        engagement_manager=where[0],
        segment=where[1],
    )
    told.deals.append(said | {"day": day, "em": where[0], "segment": where[1]})

"""Live issues with estimates of every kind, made up by chance; told twice: in rows, and plainly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from emdesk.people.models import Role, User
from scoping.estimating.beginning import begin
from scoping.estimating.sending import decide, send
from scoping.models import Estimate, EstimateLine, EstimateVersion, ScopingIssue
from scoping.models.estimate import RISK_PERCENT, Addressee, Standing
from scoping.states import State
from sow.models import StatementOfWork, Version
from tests.factories import NOON, make_issue, make_opportunity, make_segment, make_user
from tests.forecasting.rows import past_the_door
from tests.scoping.estimating.desk import add_line

ROLES = {"engineer": "Services engineer", "manager": "Project manager", "trainer": "Trainer"}
KINDS = ("scenario", "sent", "newer", "accepted", "rework")
STAGES = ("won", "lost", "0", "4", "6", "6", "6")


def made_up(seed: int, count: int = 16, at: datetime = NOON) -> list[dict[str, Any]]:
    """What the oracle is given; ``em`` and ``segment`` are rows."""
    chance = Random(seed)  # noqa: S311
    make_user(Role.TECHNICAL_ARCHITECT)
    people = [make_user(), make_user()]
    segments = [make_segment("Ent_EMEA"), make_segment("MM_West")]
    told = []
    for number in range(count):
        em, segment = chance.choice(people), chance.choice(segments)
        deal = _deal(chance, at.date())
        issue = make_issue(
            State.STRAWMAN_WIP, at=at, engagement_manager=em, segment=segment, opportunity=deal
        )
        known = deal and not deal.deleted
        said = {
            "pk": issue.pk,
            "em": em,
            "segment": segment,
            "closes": deal.close_date if known else None,
            "stage": deal.stage if known else None,
            "colour": deal.confidence if known else None,
        }
        kind = KINDS[number % len(KINDS)]
        told.append(said | estimated(chance, issue, em, kind) | _written(chance, issue, em))
    return told


def estimated(chance: Random, issue: ScopingIssue, em: User, kind: str) -> dict[str, Any]:
    """The lines that count: of a version, or of the scenario itself."""
    estimate = begin(issue, by=em, at=NOON)
    pm = chance.choice([Decimal(0), Decimal(20), Decimal("12.5")])
    Estimate.objects.filter(pk=estimate.pk).update(pm_percent=pm)
    lines = [_line(chance, estimate) for _ in range(chance.randrange(1, 5))]
    if kind == "scenario":
        return {"lines": lines, "pm": pm, "name": "Base, not sent"}
    version = send(estimate, to=Addressee.ACCOUNT_TEAM, by=em, at=NOON)
    if kind in {"accepted", "rework"}:
        decide(version, Standing(kind), answer="Said so", by=em, at=NOON)
    first = [_frozen(each) for each in lines]
    lines = [*lines, _line(chance, estimate)]
    if kind == "newer":
        version = send(estimate, to=Addressee.ACCOUNT_TEAM, by=em, at=NOON)
        first = [_frozen(each) for each in lines]
    if kind == "accepted":  # what is sent after it does not take its place
        send(estimate, to=Addressee.ACCOUNT_TEAM, by=em, at=NOON)
        EstimateVersion.objects.filter(pk=version.pk).update(standing=Standing.ACCEPTED)
    if kind == "rework":
        return {"lines": lines, "pm": pm, "name": "Base, not sent"}
    return {"lines": first, "pm": pm, "name": f"v{version.number}, {_standing(kind)}"}


def write(issue: ScopingIssue, em: User, fields: Mapping[str, str]) -> None:
    """A SOW whose newest version says this, and an older one that says otherwise."""
    with past_the_door():
        statement = StatementOfWork.objects.create(
            issue=issue, latest=2, drafted_by=em, drafted_at=NOON
        )
        for number, said in ((1, {"start_date": "2026-12-24"}), (2, fields)):
            Version.objects.create(
                statement=statement,
                number=number,
                content={"fields": said, "sections": []},
                digest="0" * 64,
                estimate_version_id=issue.pk + 10_000_000,  # no figure asks for it
                estimate_digest="0" * 64,
                saved_by=em,
                saved_at=NOON,
            )


def _frozen(line: dict[str, Any]) -> dict[str, Any]:
    """Contingency is sent apart by what an hour costs: own staff's by role, others' is not known."""
    return line | {"rate": line["role"] if line["by"] == "own" else None}


def _standing(kind: str) -> str:
    return "accepted" if kind == "accepted" else "sent"


def _deal(chance: Random, today: date) -> Any:
    if chance.random() < 0.15:
        return None
    return make_opportunity(
        stage=(stage := chance.choice(STAGES)),
        confidence=chance.choice(["green", "amber", "red", "grey"]),
        deleted=chance.random() < 0.1,
        close_date=(
            None
            if stage not in {"won", "lost"} and chance.random() < 0.15
            else today + timedelta(days=chance.randrange(-90, 200))
        ),
    )


def _line(chance: Random, estimate: Estimate) -> dict[str, Any]:
    role = chance.choice([*ROLES])
    by = chance.choice(["own", "own", "partner", "other"])
    risk = chance.choice(["", "low", "high"])
    said = {"hours": Decimal(chance.randrange(1, 100)) / 5, "optional": chance.random() < 0.2}
    fields = {"role": role, "delivered_by": by, "risk": risk, "rate": 330, **said}
    line: EstimateLine = add_line(estimate, **fields)
    return {"role": line.role.name, "by": by, "risk": RISK_PERCENT[risk], "rate": 330, **said}


def _written(chance: Random, issue: ScopingIssue, em: User) -> dict[str, Any]:
    if chance.random() < 0.4:
        return {"start": None, "end": None, "weekly": None}
    start = NOON.date() + timedelta(days=chance.randrange(-60, 150))
    end = start + timedelta(days=chance.randrange(0, 120))
    start_said = chance.choice([start, None])
    end_said = chance.choice([end, None])
    weekly = chance.choice(["20", "37.5", "soon", "0", ""])
    fields = {
        "start_date": start_said.isoformat() if start_said else "",
        "end_date": end_said.isoformat() if end_said else "",
        "weekly_hours": weekly,
    }
    write(issue, em, fields)
    known = weekly if weekly in {"20", "37.5"} else None
    return {"start": start_said, "end": end_said, "weekly": known}

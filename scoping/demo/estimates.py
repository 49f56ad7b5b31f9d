"""A handful of issues with estimates of their own: one being built, others sent and answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from emdesk.ledger.models import Origin
from scoping.demo.world import World
from scoping.estimating.answers import answers_of
from scoping.estimating.beginning import begin
from scoping.estimating.cells import Known
from scoping.estimating.offers import lines_for, titles
from scoping.estimating.sending import send
from scoping.models import Estimate, EstimateLine, ResourceRole, ScopingIssue
from scoping.models.estimate import Addressee, RiskGrade
from scoping.states import State

HOURS = timedelta(hours=1)
STRAWMEN, WITH_FEEDBACK = 3, 4
DISCOUNTS = (Decimal(0), Decimal("7.5"), Decimal(15))
RISKS = (RiskGrade.NONE, RiskGrade.LOW, RiskGrade.MEDIUM)
COURSE = "GL-BAS-R"


def build(world: World) -> None:
    """Strawmen half done, and estimates the account team looks at, two of them a second time."""
    for issue in _some(world, State.STRAWMAN_WIP, STRAWMEN):
        begun = _begun(world, issue)
        begin(issue, by=begun.begun_by, at=world.now, name="Small", like=begun, origin=Origin.DEMO)
    for place, issue in enumerate(_some(world, State.ESTIMATE_FEEDBACK, WITH_FEEDBACK)):
        estimate = _begun(world, issue)
        _send(estimate, world.now - 30 * HOURS)
        if place % 2:
            line = estimate.lines.order_by("-hours")[0]
            EstimateLine.objects.filter(pk=line.pk).update(hours=line.hours + 16)
            _send(estimate, world.now - 4 * HOURS)


def _some(world: World, state: str, count: int) -> list[ScopingIssue]:
    rows = ScopingIssue.objects.filter(state=state, currency="USD").exclude(services=[])
    owned = rows.exclude(engagement_manager=None).select_related("engagement_manager", "segment")
    recent = owned.filter(entered_state_at__gt=world.now - timedelta(days=40))
    return list(recent.order_by("-entered_state_at", "pk")[:count])


def _begun(world: World, issue: ScopingIssue) -> Estimate:
    by: Any = issue.engagement_manager
    estimate = begin(issue, by=by, at=world.now - 50 * HOURS, origin=Origin.DEMO)
    roles = {role.pk: role for role in ResourceRole.objects.all()}
    known = Known(roles, lambda: answers_of(issue.pk))
    offered = titles(estimate)
    chosen = world.rng.sample(offered, min(6, len(offered)))
    lines = [line for title in [*chosen, COURSE] for line in lines_for(estimate, title, known)]
    for place, line in enumerate(lines, start=1):
        line.position = place * 100
        line.risk = world.rng.choice(RISKS) if line.hours else RiskGrade.NONE
        if line.hours and world.chance(0.5):
            line.low, line.high = line.hours * 3 / 4, line.hours * 2
    EstimateLine.objects.bulk_create(lines)
    estimate.discount_percent = world.rng.choice(DISCOUNTS)
    estimate.save(update_fields=["discount_percent"])
    return estimate


def _send(estimate: Estimate, at: datetime) -> None:
    by = estimate.begun_by
    send(estimate, to=Addressee.ACCOUNT_TEAM, by=by, at=at, origin=Origin.DEMO)

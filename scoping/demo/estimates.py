"""A handful of issues with estimates of their own: one being built, others sent and answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from emdesk.ledger.models import Event, Origin
from emdesk.workflow import fresh, perform
from scoping.demo.reviews import approve, decide_some
from scoping.demo.world import World
from scoping.estimating.answers import answers_of
from scoping.estimating.beginning import begin
from scoping.estimating.cells import Known
from scoping.estimating.offers import lines_for
from scoping.estimating.reckoning import roles_and_rates
from scoping.estimating.sending import decide, send
from scoping.estimating.sheets import by_phase
from scoping.models import (
    CatalogueActivity,
    Estimate,
    EstimateLine,
    EstimateVersion,
    ScopingIssue,
)
from scoping.models.estimate import Addressee, RiskGrade, Standing
from scoping.pricing import quarters
from scoping.states import State

HOURS = timedelta(hours=1)
STRAWMEN, WITH_FEEDBACK, DEAR, AGREED = 3, 4, 4, 6
DISCOUNTS = (Decimal(0), Decimal("7.5"), Decimal(15))
RISKS = (RiskGrade.NONE, RiskGrade.LOW, RiskGrade.MEDIUM)
CHEAP = 40_000  # no review is asked of these
COURSE, EDUCATION = "GL-BAS-R", Decimal(5_000)
RATE, MANAGED = Decimal(330), Decimal("1.3")  # with management and contingency


def build(world: World) -> None:
    """Strawmen half done, estimates the account team looks at, and some that customers accepted.

    Dear ones are put to the architects.
    """
    for issue in _some(world, State.STRAWMAN_WIP, STRAWMEN):
        begun = _begun(world, issue)
        by, at = begun.begun_by, _not_before(issue, world.now)
        begin(issue, by=by, at=at, name="Small", like=begun, origin=Origin.DEMO)
    for place, issue in enumerate(_some(world, State.ESTIMATE_FEEDBACK, WITH_FEEDBACK)):
        estimate = _begun(world, issue)
        _send(estimate, world.now - 30 * HOURS)
        if place % 2:
            line = estimate.lines.order_by("-hours")[0]
            EstimateLine.objects.filter(pk=line.pk).update(hours=line.hours + 16)
            _send(estimate, world.now - 4 * HOURS)
    for issue in _dear(world):
        _send(_begun(world, issue), world.now - 30 * HOURS)
    decide_some(world.now)
    for issue in _some(world, State.SOW_WIP, AGREED, expected_value__lt=CHEAP):
        _agree(world, _begun(world, issue))


def _dear(world: World) -> list[ScopingIssue]:
    """Of those in feedback without an estimate yet, some that are worth most."""
    rows = ScopingIssue.objects.filter(state=State.ESTIMATE_FEEDBACK, currency="USD")
    owned = rows.exclude(engagement_manager=None).exclude(services=[]).filter(estimates=None)
    worth = owned.filter(expected_value__range=(70_000, 200_000))
    found = worth.select_related("engagement_manager", "segment")
    return list(found.order_by("-expected_value", "pk")[:DEAR])


def _agree(world: World, estimate: Estimate) -> None:
    """The scope was revised, the new version accepted, and the SOW goes on with that."""
    by = estimate.begun_by
    version = _send(estimate, world.now - 20 * HOURS)
    at = _not_before(estimate.issue, world.now - 8 * HOURS)
    approve(estimate.issue, at)
    decide(version, Standing.ACCEPTED, answer="Agreed, go on.", by=by, at=at, origin=Origin.DEMO)
    perform(fresh(estimate.issue).start_sow, by=by, at=at, origin=Origin.DEMO)


def _some(world: World, state: str, count: int, **more: Any) -> list[ScopingIssue]:
    rows = ScopingIssue.objects.filter(state=state, currency="USD", **more).exclude(services=[])
    owned = rows.exclude(engagement_manager=None).select_related("engagement_manager", "segment")
    recent = owned.filter(entered_state_at__gt=world.now - timedelta(days=40))
    return list(recent.order_by("-entered_state_at", "pk")[:count])


def _begun(world: World, issue: ScopingIssue) -> Estimate:
    by: Any = issue.engagement_manager
    at = _not_before(issue, world.now - 50 * HOURS)
    estimate = begin(issue, by=by, at=at, origin=Origin.DEMO)
    known = Known(roles_and_rates(estimate, costs=False)[0], lambda: answers_of(issue.pk))
    titles = [*_asked_for(world, estimate, issue), COURSE]
    lines = by_phase([line for title in titles for line in lines_for(estimate, title, known)])
    _size(lines, issue.expected_value)
    for place, line in enumerate(lines, start=1):
        line.position = place * 100
        line.risk = world.rng.choice(RISKS) if line.hours else RiskGrade.NONE
        if line.hours and world.chance(0.5):
            line.low, line.high = quarters(line.hours * 3 / 4), quarters(line.hours * 3 / 2)
    EstimateLine.objects.bulk_create(lines)
    estimate.discount_percent = world.rng.choice(DISCOUNTS)
    estimate.save(update_fields=["discount_percent"])
    return estimate


def _asked_for(world: World, estimate: Estimate, issue: ScopingIssue) -> list[str]:
    """A few activities of the services the issue asks for."""
    rows = CatalogueActivity.objects.filter(version=estimate.catalogue_id)
    fitting = list(rows.filter(service__questions__in=issue.services).order_by("pk"))
    found = fitting or list(rows.order_by("pk"))
    chosen = sorted(world.rng.sample(range(len(found)), min(5, len(found))))
    return [found[place].title for place in chosen]


def _size(lines: list[EstimateLine], worth: Decimal | None) -> None:
    """Hours by which the price comes near what the deal is expected to be worth."""
    worked = sum((line.hours for line in lines), Decimal(0))
    if worth is None or not worked:
        return
    wanted = max(worth - EDUCATION, worth / 2) / (RATE * MANAGED)
    for line in lines:
        if line.hours:
            line.hours = quarters(line.hours * wanted / worked)
            line.overridden = bool(line.formula)


def _send(estimate: Estimate, at: datetime) -> EstimateVersion:
    by, at = estimate.begun_by, _not_before(estimate.issue, at)
    return send(estimate, to=Addressee.ACCOUNT_TEAM, by=by, at=at, origin=Origin.DEMO)


def _not_before(issue: ScopingIssue, at: datetime) -> datetime:
    """Never before what its history tells last."""
    last = Event.objects.about(issue).last()
    return max(last.at, at) if last else at

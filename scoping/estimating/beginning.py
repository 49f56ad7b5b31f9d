"""Beginning an estimate, and its scenarios: up to five, one of them primary."""

from __future__ import annotations

from datetime import date, datetime

from django.db.transaction import atomic
from django.utils.timezone import localdate

from emdesk.ledger.models import Origin
from emdesk.ledger.recording import record
from emdesk.people.models import User
from emdesk.workflow import Refused, fresh
from scoping.estimating.sheets import CONTENT, PINS
from scoping.models import (
    CatalogueVersion,
    CostSheet,
    Estimate,
    EstimateLine,
    RateCard,
    ScopingIssue,
)
from scoping.models.estimate import MOST_SCENARIOS

BEGUN, PRIMARY_SET = "scoping.estimate_begun", "scoping.estimate_primary_set"
COPIED = ("pricing", "currency", "pm_percent", "discount_percent", "marketplace", "travel", *PINS)


def begin(
    issue: ScopingIssue,
    *,
    by: User,
    at: datetime,
    name: str = "Base",
    like: Estimate | None = None,
    origin: str = Origin.PERSON,
) -> Estimate:
    """A new scenario, empty or a copy; the first one is primary."""
    with atomic():
        issue = fresh(issue)
        if not issue.live:
            raise Refused(f"{issue.reference} is closed. Reopen it first.")
        taken = set(issue.estimates.values_list("position", flat=True))
        free = [place for place in range(1, MOST_SCENARIOS + 1) if place not in taken]
        if not free:
            raise Refused(f"An issue has up to {MOST_SCENARIOS} scenarios. Change one of them.")
        estimate = Estimate(
            issue=issue,
            position=free[0],
            name=name,
            primary=not taken,
            currency=issue.currency,
            begun_by=by,
            begun_at=at,
        )
        pin(estimate, issue, localdate(at))
        if like:
            for each in COPIED:
                setattr(estimate, each, getattr(like, each))
        estimate.save()
        if like:
            _copy_lines(like, estimate)
        said = {"estimate": estimate.position, "name": name}
        record(issue, BEGUN, by=by, at=at, origin=origin, **said)
    return estimate


def make_primary(estimate: Estimate, *, by: User, at: datetime) -> None:
    """The scenario that counts for the deal: its list total, its review, its SOW.

    The estimates are locked before their issue, as whoever takes one in hand does it.
    """
    with atomic():
        list(estimate.issue.estimates.select_for_update(of=("self",)).values_list("pk"))
        issue = fresh(estimate.issue)
        if issue.estimates.filter(primary=True, pk=estimate.pk).exists():
            return
        issue.estimates.update(primary=False)
        issue.estimates.filter(pk=estimate.pk).update(primary=True)
        said = {"estimate": estimate.position, "name": estimate.name}
        record(issue, PRIMARY_SET, by=by, at=at, **said)


def pin(estimate: Estimate, issue: ScopingIssue, on: date) -> None:
    """What is on offer and in force on a day; an old estimate never changes when these do."""
    estimate.catalogue = CatalogueVersion.current(on)
    pin_rates(estimate, issue, on)


def pin_rates(estimate: Estimate, issue: ScopingIssue, on: date) -> None:
    """The rate card and cost sheet of the estimate's currency; none when there is none yet."""
    estimate.rate_card = RateCard.current(region_of(issue), estimate.currency, on)
    estimate.cost_sheet = CostSheet.current(estimate.currency, on)


def changed_since(estimate: Estimate, issue: ScopingIssue, on: date, *, costs: bool) -> list[str]:
    """What is in force now and was not when the estimate was pinned, in words."""
    card = RateCard.current(region_of(issue), estimate.currency, on)
    catalogue = CatalogueVersion.current(on)
    found = []
    if catalogue and catalogue.pk != estimate.catalogue_id:
        found.append(f"catalogue {catalogue.number}")
    if card and card.pk != estimate.rate_card_id:
        found.append(f"bill rates from {card.effective_from:%-d %b %Y}")
    sheet = CostSheet.current(estimate.currency, on) if costs else None
    if sheet and sheet.pk != estimate.cost_sheet_id:
        found.append(f"standard cost from {sheet.effective_from:%-d %b %Y}")
    return found


def region_of(issue: ScopingIssue) -> str:
    """Where its segment lies, as rate cards spell it: ``Ent_EMEA`` lies in ``EMEA``."""
    name = issue.segment.name if issue.segment else ""
    return name.partition("_")[2].upper()


def _copy_lines(source: Estimate, target: Estimate) -> None:
    EstimateLine.objects.bulk_create(
        EstimateLine(estimate=target, **{name: getattr(line, name) for name in CONTENT})
        for line in source.lines.all()
    )

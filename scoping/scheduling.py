"""The project scheduling intake: begun with the issue, filled from its answers and by its EM.

Source: domain.md §11.1, §11.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.transaction import atomic

from emdesk.ledger.models import Event
from emdesk.ledger.recording import append, event_of, lock
from emdesk.people.models import User
from scoping.facts import revise
from scoping.models import Billing, ForecastCategory, SchedulingIntake, ScopingIssue, Stage
from scoping.states import Agreement, State

# Which questions of the bank answer which field.
ANSWERED_BY = {
    "summary": ("A2", "A9"),
    "languages": ("I4",),
    "time_zones": ("I5",),
    "clearance": ("I2", "I3"),
    "on_site": ("I6",),
    "security_rules": ("I7",),
    "wanted_start": ("A12",),
    "fixed_dates": ("A12b",),
    "hours_per_week": ("I1",),
    "limits": ("A10",),
    "purchase_order": ("I8",),
    "billing": ("I9",),
    "acceptance": ("I10",),
}
BILLED = {
    "Prepaid in full": Billing.ON_SIGNATURE,
    "By milestone": Billing.BY_MILESTONE,
    "Monthly": Billing.AS_WORKED,
    "Time and materials": Billing.AS_WORKED,
}
GATE_STAGES = (Stage.NEGOTIATING, Stage.AWAITING_SIGNATURE, Stage.CLOSING, Stage.WON)
EDITED = "scoping.scheduling_amended"
BEGUN = "scoping.scheduling_begun"


@dataclass(frozen=True)
class Condition:
    """One thing PS operations asks for before it looks for people."""

    says: str
    met: bool
    by: str


def begin(
    issue: ScopingIssue, *, by: User, at: datetime, sent_with: str = "", **fields: Any
) -> SchedulingIntake:
    """Make the issue's record, filled as far as its answers go; the one there is, if it is."""
    with atomic():
        lock(issue)
        known = SchedulingIntake.objects.filter(issue=issue).first()
        if known:
            return known
        begun = SchedulingIntake(issue=issue, sent_with=sent_with, **fields)
        for name, value in proposals(begun).items():
            setattr(begun, name, value)
        begun.save(force_insert=True)
        append([event_of(issue, BEGUN, by=by, at=at, version=begun.version)])
    return begun


def proposals(intake: SchedulingIntake) -> dict[str, Any]:
    """What the answers say about fields that are still empty."""
    given = intake.issue.answers.select_related("question")
    texts = {answer.question.key: answer.text for answer in given}
    found = {
        name: _value(name, [texts[key] for key in keys if key in texts])
        for name, keys in ANSWERED_BY.items()
        if getattr(intake, name) in ("", None)
    }
    return {name: value for name, value in found.items() if value not in ("", None)}


def fill(intake: SchedulingIntake, *, by: User, at: datetime) -> Event | None:
    """Take over what the answers say, where nothing stands yet."""
    with atomic():
        lock(intake.issue)
        intake = SchedulingIntake.objects.get(pk=intake.pk)
        return _write(intake, proposals(intake), None, by=by, at=at)


def amend_scheduling(
    intake: SchedulingIntake,
    *,
    by: User,
    at: datetime,
    seen: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Event | None:
    """Set these fields: the next version. None when nothing changed."""
    with atomic():
        lock(intake.issue)
        return _write(SchedulingIntake.objects.get(pk=intake.pk), fields, seen, by=by, at=at)


def _write(
    intake: SchedulingIntake,
    fields: Mapping[str, Any],
    seen: Mapping[str, Any] | None,
    *,
    by: User,
    at: datetime,
) -> Event | None:
    changed = revise(intake, seen, fields)
    if not changed:
        return None
    intake.version += 1
    version = intake.version
    event = event_of(intake.issue, EDITED, by=by, at=at, changed=changed, version=version)
    append([event])
    intake.save(update_fields=[*changed, "version"])
    return event


def versions(issue: ScopingIssue) -> list[Event]:
    """Who wrote which version, the newest first."""
    rows = Event.objects.about(issue).filter(verb__in=[BEGUN, EDITED])
    return list(rows.select_related("actor").order_by("-pk"))


def gate(intake: SchedulingIntake) -> list[Condition]:
    """What must stand before people are asked for; most of it, for planning ahead."""
    issue, deal = intake.issue, intake.issue.opportunity
    agreed = intake.customer_agreed or issue.state in (State.READY_FOR_APPROVAL, State.APPROVED)
    terms = issue.agreement in (Agreement.IN_PLACE, Agreement.STANDARD)
    commit = deal is not None and deal.forecast_category in (
        ForecastCategory.COMMIT,
        ForecastCategory.CLOSED,
    )
    advanced = deal is not None and deal.stage in GATE_STAGES
    return [
        Condition("Opportunity in stage 5 or later", advanced, "account team"),
        Condition("Forecast is Commit", commit, "account team"),
        Condition("Customer agreed to the SOW", agreed, "account team"),
        Condition("Services quote exists", intake.quote_exists, "account team"),
        Condition("Terms are in place", terms, "account team"),
        Condition("Close plan agreed", intake.close_plan_agreed, "account team"),
        Condition("Skills are written down", bool(intake.skills), "engagement manager"),
    ]


def _value(name: str, texts: list[str]) -> Any:
    """Answers as the field keeps them; nothing where they are of another kind."""
    text = "\n".join(texts)
    field = SchedulingIntake._meta.get_field(name)
    if name == "billing":
        return BILLED.get(text, "")
    if isinstance(field, models.DateField):
        return _day(text)
    if isinstance(field, models.PositiveSmallIntegerField):
        return int(text) if text.isascii() and text.isdigit() and int(text) <= 168 else None
    longest = getattr(field, "max_length", None) or len(text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

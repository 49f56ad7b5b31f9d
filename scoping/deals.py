"""Opportunities for services: made with an issue, amended in the open, closed together with it.

Source: domain.md §4.2, §4.3; the decisions of promises.md on who may. A deal that closes closes
its issue by the same door a person uses, as emdesk's own act, so that its EM hears of it and it
can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.db.transaction import atomic

from emdesk.ledger.recording import append, event_of, lock
from emdesk.people.models import User
from emdesk.workflow import Refused, fresh, perform
from scoping.facts import amend, revise
from scoping.models import Opportunity, ScopingIssue, Stage
from scoping.models.opportunity import SERVICES_ONLY
from scoping.quarters import quarter_of
from scoping.states import CloseReason

CLOSED_DEALS = (Stage.WON, Stage.LOST)
MONTHS_OUT = 9
AMENDED = "scoping.deal_amended"
JUDGED = {"confidence", "confidence_rationale"}
TO_NOTE = {"close_to_note": True}


def proposed_name(issue: ScopingIssue, day: date) -> str:
    """The convention of the CRM, cut to fit."""
    end = f"- Professional Services {day:%m/%y}"
    return issue.account.name[: 200 - len(end)] + end


def proposed_close(day: date) -> date:
    """Nine months out, until somebody knows better; in every month there is such a day."""
    years, month = divmod(day.month - 1 + MONTHS_OUT, 12)
    return date(day.year + years, month + 1, min(day.day, 28))


def create_deal(issue: ScopingIssue, *, by: User, at: datetime, **fields: Any) -> Opportunity:
    """A services-only opportunity in stage 0, linked to the issue that asks for it."""
    with atomic():
        issue = fresh(issue)
        if issue.opportunity_id:
            raise Refused(f"{issue.reference} has an opportunity already. Unlink that one first.")
        fields.setdefault("services_value", fields.get("amount"))
        deal = Opportunity.objects.create(
            account=issue.account,
            stage=Stage.PENDING,
            record_type=SERVICES_ONLY,
            engagement_manager=issue.engagement_manager,
            segment=issue.segment,
            **fields,
        )
        made = event_of(deal, "scoping.deal_created", by=by, at=at, reference=issue.reference)
        append([made])
        amend(issue, by=by, at=at, opportunity=deal)
    return deal


def amend_deal(
    deal: Opportunity,
    *,
    by: User,
    at: datetime,
    seen: Mapping[str, Any] | None = None,
    reason: str = "",
    **fields: Any,
) -> str:
    """Set these fields; if that closes the deal, its issue closes too. Why that was refused, or ""."""
    with atomic():
        lock(deal)
        deal = Opportunity.objects.get(pk=deal.pk)
        closed_before = deal.close_date
        changed = revise(deal, seen, fields)
        if not changed:
            return ""
        changed |= revise(deal, None, _following(deal, changed, closed_before, at))
        said = {"reason": reason} if reason else {}
        append([event_of(deal, AMENDED, by=by, at=at, changed=changed, **said)])
        deal.save(update_fields=[*changed])
        stand_anew(deal, changed)
        if "stage" not in changed:
            return ""
        return close_with_deals(Q(opportunity=deal), at=at).get(deal.pk, "")


def stand_anew(deal: Opportunity, changed: Iterable[str]) -> None:
    """Let the cards of a deal come to everybody's board again: they show its colour."""
    if "confidence" in changed or "stage" in changed:
        deal.issues.live().update(changed_in=0)


def _following(
    deal: Opportunity, changed: Mapping[str, Any], closed_before: date | None, at: datetime
) -> dict[str, Any]:
    """What follows from a change: one push more, the day of the EM's word."""
    found: dict[str, Any] = {}
    if is_push(closed_before, deal.close_date):
        found["push_count"] = deal.push_count + 1
    if not JUDGED.isdisjoint(changed):
        found["judged_at"] = at
    return found


def is_push(before: date | None, after: date | None) -> bool:
    """Whether a close date moved into a later month, which is what the CRM counts as a push."""
    if before is None or after is None:
        return False
    return (after.year, after.month) > (before.year, before.month)


def close_with_deals(issues: Q, *, at: datetime) -> dict[int, str]:
    """Close the live ones of these issues whose deal has closed; by deal, why that was refused."""
    found = ScopingIssue.objects.live().filter(issues, opportunity__deleted=False)
    closing = found.filter(opportunity__stage__in=CLOSED_DEALS)
    refused = {}
    for issue in closing.select_related("opportunity").order_by("pk"):
        try:
            _close(issue, at)
        except Refused as reason:
            deal = issue.opportunity_id or 0
            refused[deal] = f"{issue.reference} was not closed with its deal: {reason}"
    return refused


def _close(issue: ScopingIssue, at: datetime) -> None:
    deal = issue.opportunity
    if deal is None or deal.close_date is None:
        return
    quarter = str(quarter_of(deal.close_date))
    if deal.won:
        perform(issue.win, by=None, at=at, fill=TO_NOTE, quarter=quarter)
    else:
        perform(
            issue.lose,
            by=None,
            at=at,
            fill=TO_NOTE,
            quarter=quarter,
            reason=CloseReason.OTHER,
            note="Its opportunity is closed lost.",
        )

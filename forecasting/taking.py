"""Rows behind numbers, as files to take away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpResponse

from emdesk.exporting import TooMuch, download
from forecasting.behind import CLOCKS, DEALS, ISSUES, STAYS
from scoping.clock_rows import issues_of


def file_of(kind: str, found: Any, *, named: bool) -> HttpResponse:
    """``named`` says whether rows may name the customer."""
    table = [*CELLS[kind](found, named)]
    head = list(table[0]) if table else ["Nothing"]
    try:
        return download("csv", f"win-rate-{kind}", head, [[*each.values()] for each in table])
    except TooMuch as too_much:
        return HttpResponse(f"{too_much}\n", "text/plain; charset=utf-8", 422)


def _of_issues(found: Iterable[Any], named: bool) -> Iterable[dict[str, Any]]:  # noqa: FBT001
    return (_issue_cells(each, named=named) for each in found)


def _of_deals(found: Iterable[Any], named: bool) -> Iterable[dict[str, Any]]:  # noqa: FBT001
    return (_deal_cells(each, named=named) for each in found)


def _of_clocks(found: Iterable[Any], named: bool) -> Iterable[dict[str, Any]]:  # noqa: FBT001
    clocks = list(found)
    issues = issues_of(clocks)
    return (_clock_cells(each, issues[each.subject_id], named=named) for each in clocks)


def _of_stays(found: Iterable[Any], named: bool) -> Iterable[dict[str, Any]]:  # noqa: FBT001
    return (_stay_cells(each, named=named) for each in found)


CELLS: dict[str, Callable[[Any, bool], Iterable[dict[str, Any]]]] = {
    ISSUES: _of_issues,
    DEALS: _of_deals,
    CLOCKS: _of_clocks,
    STAYS: _of_stays,
}


def _issue_cells(issue: Any, *, named: bool) -> dict[str, Any]:
    customer = {"Account": issue.account.name, "Title": issue.title} if named else {}
    return {
        "Issue": issue.reference,
        **customer,
        "Engagement manager": issue.engagement_manager and issue.engagement_manager.name,
        "Segment": issue.segment and issue.segment.name,
        "State": issue.get_state_display(),
        "Outcome": issue.get_outcome_display(),
        "Reason": issue.get_close_reason_display(),
        "Quarter": issue.close_quarter,
        "Since": issue.entered_state_at,
        "Value": issue.expected_value,
        "Currency": issue.currency,
    }


def _deal_cells(deal: Any, *, named: bool) -> dict[str, Any]:
    account = deal.account.name if deal.account else ""
    customer = {"Account": account, "Opportunity": deal.name} if named else {}
    return {
        "CRM id": deal.external_id,
        **customer,
        "Account executive": deal.owner,
        "Engagement manager": deal.engagement_manager and deal.engagement_manager.name,
        "Segment": deal.segment and deal.segment.name,
        "Stage": deal.get_stage_display(),
        "Close date": deal.close_date,
        "Value": deal.amount,
        "Currency": deal.currency,
    }


def _stay_cells(stay: Any, *, named: bool) -> dict[str, Any]:
    issue = stay.issue
    return {
        "Issue": issue.reference,
        **({"Account": issue.account.name, "Title": issue.title} if named else {}),
        "Engagement manager": issue.engagement_manager and issue.engagement_manager.name,
        "Segment": issue.segment and issue.segment.name,
        "Column": stay.get_state_display(),
        "Entered": stay.entered_at,
        "Left": stay.left_at,
    }


def _clock_cells(clock: Any, issue: Any, *, named: bool) -> dict[str, Any]:
    return {
        "Promise": clock.policy.name,
        "Issue": issue.reference,
        **({"Account": issue.account.name} if named else {}),
        "Engagement manager": issue.engagement_manager and issue.engagement_manager.name,
        "State": clock.get_state_display(),
        "Started": clock.started_at,
        "Due": clock.due_at,
        "Ended": clock.stopped_at,
    }

"""Smallest valid objects. Say in the test whatever the test is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from emdesk.calendars import editing
from emdesk.calendars.hours import Window
from emdesk.calendars.models import WorkingCalendar
from emdesk.people.models import Role, Segment, User
from emdesk.workflow import adopt, perform
from scoping.models import Account, Opportunity, ScopingIssue
from scoping.states import CloseReason, Outcome, State

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = date(2026, 3, 2)
QUARTER = "Q127"
HELD = {"reason": "Budget moved", "review_date": TODAY + timedelta(days=60)}
ENDING = ("outcome", "close_reason", "close_quarter")
_numbers = count(1)


def make_user(*roles: Role, **fields: Any) -> User:
    """A colleague: an engagement manager, unless the test says otherwise."""
    number = next(_numbers)
    fields.setdefault("email", f"colleague{number}@example.com")
    fields.setdefault("name", f"Colleague {number}")
    password = fields.pop("password", None)
    user = User(roles=list(roles or (Role.EM,)), **fields)
    user.set_password(password)
    user.save()
    return user


def make_calendar(name: str = "", **fields: Any) -> WorkingCalendar:
    """Monday to Friday, 9 to 17, without holidays."""
    week = fields.pop("week", ((Window(540, 1020),),) * 5 + ((), ()))
    fields.setdefault("time_zone", "UTC")
    calendar = WorkingCalendar(name=name or f"Calendar {next(_numbers)}", **fields)
    return editing.create(calendar, week, by=None, at=NOON)


def make_segment(name: str = "Ent_EMEA", **fields: Any) -> Segment:
    segment, _ = Segment.objects.get_or_create(name=name, defaults=fields)
    return segment


def make_account(**fields: Any) -> Account:
    fields.setdefault("name", f"Customer {next(_numbers)}")
    return Account.objects.create(**fields)


def make_opportunity(**fields: Any) -> Opportunity:
    fields.setdefault("name", f"Services {next(_numbers)}")
    fields.setdefault("close_date", TODAY)
    if "account" not in fields:
        fields["account"] = make_account()
    return Opportunity.objects.create(**fields)


def make_issue(state: str = State.OPEN, *, at: datetime = NOON, **fields: Any) -> ScopingIssue:
    """An issue in any column. Those on hold and closed ones got there through the machine."""
    ending = {name: fields.pop(name) for name in ENDING if name in fields}
    fields.setdefault("title", f"Migration {next(_numbers)}")
    if "account" not in fields:
        fields["account"] = make_account()
    issue = ScopingIssue.objects.open_issue(by=None, at=at, **fields)
    if state == State.ON_HOLD:
        adopt(issue, State.STRAWMAN_WIP, at=at, origin="import")
        perform(issue.hold, by=None, at=at, **HELD)
    elif state == State.CLOSED:
        _close(issue, at, **ending)
    elif state != State.OPEN:
        adopt(issue, state, at=at, origin="import")
    return again(issue)


def make_ready_issue(state: str = State.OPEN, **fields: Any) -> ScopingIssue:
    """An issue no guard speaks against: it has a segment and an engagement manager."""
    fields.setdefault("segment", make_segment())
    if "engagement_manager" not in fields:
        fields["engagement_manager"] = make_user()
    return make_issue(state, **fields)


def again(issue: ScopingIssue) -> ScopingIssue:
    """The issue as the database has it now."""
    return ScopingIssue.objects.get(pk=issue.pk)


def _close(
    issue: ScopingIssue,
    at: datetime,
    outcome: str = Outcome.LOST,
    close_reason: str = "",
    close_quarter: str = QUARTER,
) -> None:
    if outcome == Outcome.WON:
        adopt(issue, State.APPROVED, at=at, origin="import")
        reason = close_reason or CloseReason.SIGNED
        perform(issue.win, by=None, at=at, quarter=close_quarter, reason=reason)
        return
    adopt(issue, State.STRAWMAN_WIP, at=at, origin="import")
    if outcome == Outcome.LOST:
        reason = close_reason or CloseReason.NO_BUDGET
        perform(issue.lose, by=None, at=at, quarter=close_quarter, reason=reason)
    else:
        perform(issue.dismiss, by=None, at=at, reason=close_reason or CloseReason.DUPLICATE)

"""How issues close: with an outcome that counts in a quarter, or for a reason that counts nowhere."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from emdesk.people.models import Role
from emdesk.workflow import perform, undo
from scoping.forms.moving import CloseForm
from scoping.models import ScopingIssue
from scoping.quarters import proposed_quarter
from scoping.states import CloseReason, State
from tests.factories import (
    NOON,
    QUARTER,
    again,
    make_account,
    make_issue,
    make_opportunity,
    make_ready_issue,
    make_user,
)

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
NEXT_QUARTER = NOON + timedelta(days=90)
NOWHERE = {"merged", "duplicate", "declined", "unqualified", "imported"}
NOWHERE |= {"amended", "withdrawn"}  # of change orders
WON = {"signed", "other"}


def fits(outcome, reason, quarter):
    """What the issue in hand says of closed issues."""
    if outcome == "":
        return reason in NOWHERE and quarter == ""
    if quarter != QUARTER:
        return False
    lost = set(CloseReason.values) - NOWHERE - {"signed"}
    return reason in (WON if outcome == "won" else lost)


def test_a_closed_issue_has_an_outcome_that_counts_or_one_of_seven_reasons():
    issue = make_issue(State.CLOSED)
    accepted, expected = set(), set()
    for case in product(
        ["", "won", "lost"], ["", *CloseReason.values], ["", QUARTER, "Q522", "FY27", "q127"]
    ):
        said = dict(zip(("outcome", "close_reason", "close_quarter"), case, strict=True))
        try:
            with transaction.atomic():
                ScopingIssue.objects.filter(pk=issue.pk).update(**said)
                accepted.add(case)
        except IntegrityError:
            pass
        if fits(*case):
            expected.add(case)

    assert accepted == expected
    assert {reason for outcome, reason, _ in accepted if not outcome} == NOWHERE


@pytest.mark.parametrize(
    ("field", "value"), [("outcome", "won"), ("close_quarter", QUARTER), ("close_reason", "price")]
)
def test_a_live_issue_says_nothing_about_its_end(field, value):
    issue = make_issue(State.SOW_WIP)

    with pytest.raises(IntegrityError), transaction.atomic():
        ScopingIssue.objects.filter(pk=issue.pk).update(**{field: value})


def test_closing_keeps_what_was_said_and_clears_whose_turn_it_is():
    em = make_user()
    issue = make_ready_issue(
        State.SOW_WIP, engagement_manager=em, em_status="waiting", waiting_on="customer"
    )

    perform(issue.lose, by=em, at=LATER, quarter=QUARTER, reason="price", note="Twice too much")

    found = again(issue)
    assert (found.outcome, found.close_quarter) == ("lost", QUARTER)
    assert (found.close_reason, found.close_note) == ("price", "Twice too much")
    assert (found.em_status, found.waiting_on, found.closed_from) == ("", "", "sow_wip")
    assert not found.live


def test_a_closed_issue_has_no_status():
    issue = make_issue(State.CLOSED)

    with pytest.raises(IntegrityError), transaction.atomic():
        ScopingIssue.objects.filter(pk=issue.pk).update(em_status="todo")


def test_closing_is_taken_back_like_any_move():
    em = make_user()
    issue = make_ready_issue(State.SOW_WIP, engagement_manager=em, em_status="todo")
    perform(issue.lose, by=em, at=LATER, quarter=QUARTER, reason="price")

    undo(issue, by=em, at=LATER, within=timedelta(minutes=10))

    found = again(issue)
    assert (found.state, found.em_status) == (State.SOW_WIP, "todo")
    assert (found.outcome, found.close_reason, found.close_quarter) == ("", "", "")


# The quarter that is proposed.


def test_the_opportunitys_close_date_proposes_the_quarter():
    account = make_account()
    opportunity = make_opportunity(account=account, close_date=date(2026, 8, 1))

    assert (
        str(proposed_quarter(make_issue(account=account, opportunity=opportunity), NOON)) == "Q327"
    )


@pytest.mark.parametrize(
    ("hour", "label"), [(6, "Q127"), (7, "Q227")], ids=["still April there", "May there too"]
)
def test_else_today_proposes_it_in_the_fiscal_zone(hour, label):
    may = NOON.replace(month=5, day=1, hour=hour)

    assert str(proposed_quarter(make_issue(), may)) == label


# The sheet that asks.


def sheet(**said):
    issue = make_ready_issue(State.SOW_WIP)
    return CloseForm(issue, (), said, user=make_user(Role.EM_LEAD), at=NOON)


def test_the_sheet_proposes_a_quarter():
    assert sheet()["quarter"].value() == QUARTER


@pytest.mark.parametrize("outcome", ["win", "lose", "dismiss"])
def test_the_sheet_takes_only_reasons_that_go_with_the_outcome(outcome):
    taken = {
        reason
        for reason in CloseReason.values
        if sheet(outcome=outcome, reason=reason, quarter=QUARTER, note="n").is_valid()
    }

    assert (
        taken
        == {
            "win": WON,
            "lose": set(CloseReason.values) - NOWHERE - {"signed"},
            "dismiss": {"duplicate", "declined", "unqualified"},
        }[outcome]
    )


@pytest.mark.parametrize("quarter", ["", "Q5", "Q522", "2026"])
def test_what_counts_needs_a_quarter_that_exists(quarter):
    form = sheet(outcome="lose", reason="price", quarter=quarter)

    assert list(form.errors) == ["quarter"]
    assert "like Q322" in form.errors["quarter"][0]


def test_a_quarter_is_read_forgivingly():
    form = sheet(outcome="lose", reason="price", quarter=" q227 ")

    assert form.is_valid()
    assert form.details == {"reason": "price", "note": "", "quarter": "Q227"}


def test_what_counts_nowhere_has_no_quarter():
    form = sheet(outcome="dismiss", reason="duplicate", quarter=QUARTER)

    assert form.is_valid()
    assert form.details == {"reason": "duplicate", "note": ""}


def test_another_reason_is_told_in_words():
    assert not sheet(outcome="lose", reason="other", quarter=QUARTER).is_valid()
    assert sheet(outcome="lose", reason="other", quarter=QUARTER, note="Sold").is_valid()

"""How issues close: with an outcome that counts in a quarter, or for a reason that counts nowhere."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused, perform, undo
from scoping.closing import correct, may_correct, merge, revive
from scoping.forms.issue import CorrectionForm
from scoping.forms.moving import CloseForm
from scoping.models import ScopingIssue
from scoping.quarters import proposed_quarter
from scoping.states import LIVE, CloseReason, State
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
from tests.together import together

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
NEXT_QUARTER = NOON + timedelta(days=90)
NOWHERE = {"merged", "duplicate", "declined", "unqualified", "imported"}
WON = {"signed", "other"}


def fits(outcome, reason, quarter):
    """What the issue in hand says of closed issues."""
    if outcome == "":
        return reason in NOWHERE and quarter == ""
    if quarter != QUARTER:
        return False
    lost = set(CloseReason.values) - NOWHERE - {"signed"}
    return reason in (WON if outcome == "won" else lost)


def test_a_closed_issue_has_an_outcome_that_counts_or_one_of_five_reasons():
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


# Corrections.


def people(issue):
    return {
        "em": issue.engagement_manager,
        "another em": make_user(),
        "lead": make_user(Role.EM_LEAD),
        "director": make_user(Role.DIRECTOR),
        "deal desk": make_user(Role.DEAL_DESK),
        "leadership": make_user(Role.PS_LEADERSHIP),
    }


@pytest.mark.parametrize(
    ("at", "who"),
    [(LATER, {"em", "lead", "director"}), (NEXT_QUARTER, {"lead", "director"})],
    ids=["within its quarter", "after it"],
)
def test_the_em_corrects_within_the_quarter_and_a_lead_after_it_too(at, who):
    issue = make_issue(State.CLOSED, engagement_manager=make_user())

    assert {name for name, each in people(issue).items() if may_correct(issue, each, at)} == who


def test_a_correction_is_recorded_with_what_was_said_before_and_why():
    em = make_user()
    issue = make_issue(State.CLOSED, engagement_manager=em)

    event = correct(
        issue, by=em, at=LATER, why="Signed after all", outcome="won", close_reason="signed"
    )

    assert (again(issue).outcome, again(issue).close_reason) == ("won", "signed")
    assert (event.verb, event.actor) == ("scoping.corrected", em)
    assert event.data == {
        "reason": "Signed after all",
        "changed": {"outcome": ["lost", "won"], "close_reason": ["no_budget", "signed"]},
    }


def test_who_may_not_correct_changes_nothing():
    issue = make_issue(State.CLOSED, engagement_manager=make_user())
    events = Event.objects.count()

    with pytest.raises(NotAllowed, match="within its quarter"):
        correct(issue, by=make_user(), at=LATER, why="x", outcome="won", close_reason="signed")

    assert (again(issue).outcome, Event.objects.count()) == ("lost", events)


@pytest.mark.parametrize("state", LIVE)
def test_what_is_not_closed_has_nothing_to_correct(state):
    issue = make_issue(state)

    assert not may_correct(issue, make_user(Role.EM_LEAD), LATER)


@pytest.mark.parametrize(
    ("outcome", "reason", "valid"),
    [
        ("won", "signed", True),
        ("won", "price", False),
        ("lost", "price", True),
        ("lost", "signed", False),
        ("lost", "duplicate", False),
    ],
)
def test_a_correction_keeps_reason_and_outcome_together(outcome, reason, valid):
    said = {"outcome": outcome, "close_reason": reason, "close_quarter": "q127", "why": "x"}

    assert CorrectionForm(said).is_valid() == valid


def test_a_correction_needs_a_reason():
    said = {"outcome": "won", "close_reason": "signed", "close_quarter": QUARTER, "why": ""}

    assert list(CorrectionForm(said).errors) == ["why"]


# Merging.


def test_merging_closes_the_duplicate_into_the_issue_that_goes_on_and_keeps_both_histories():
    em = make_user()
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)
    into = make_ready_issue(State.SOW_WIP, engagement_manager=em)
    before = {each.pk: list(Event.objects.about(each)) for each in (issue, into)}

    merge(issue, into, by=em, at=LATER)

    found = again(issue)
    assert (found.state, found.close_reason, found.outcome) == (State.CLOSED, "merged", "")
    assert (found.merged_into, again(into).state) == (into, State.SOW_WIP)
    for each, verb in ((issue, "scoping.dismiss"), (into, "scoping.absorbed")):
        *kept, told = Event.objects.about(each)
        assert kept == before[each.pk]
        assert (told.verb, told.actor, told.at) == (verb, em, LATER)
    assert told.data["reference"] == issue.reference


@pytest.mark.parametrize("days", [-9, 9])
def test_the_older_start_counts(days):
    em = make_user()
    into = make_ready_issue(engagement_manager=em)
    issue = make_ready_issue(engagement_manager=em, at=NOON + timedelta(days=days))

    merge(issue, into, by=em, at=NOON + timedelta(days=10))

    older = min(issue.created_at, into.created_at)
    assert again(into).created_at == older
    assert Event.objects.about(into).last().data["since"] == older.isoformat()


@pytest.mark.parametrize("outcome", ["won", "lost", ""])
def test_nothing_is_merged_into_what_is_closed(outcome):
    issue, into = make_ready_issue(), make_issue(State.CLOSED, outcome=outcome)
    events = Event.objects.count()

    with pytest.raises(Refused, match="Merge into an issue that is live"), transaction.atomic():
        merge(issue, into, by=make_user(Role.EM_LEAD), at=LATER)

    assert (again(issue).state, Event.objects.count()) == (State.OPEN, events)


def test_nothing_is_merged_into_itself():
    issue = make_ready_issue()

    with pytest.raises(Refused, match="another issue"):
        merge(issue, again(issue), by=make_user(Role.EM_LEAD), at=LATER)


def test_a_stranger_merges_nothing():
    issue, into = make_ready_issue(), make_ready_issue()

    with pytest.raises(NotAllowed), transaction.atomic():
        merge(issue, into, by=make_user(), at=LATER)

    assert again(issue).live


def test_only_a_closed_issue_was_merged():
    issue = make_issue()

    with pytest.raises(IntegrityError), transaction.atomic():
        ScopingIssue.objects.filter(pk=issue.pk).update(merged_into=make_issue())


@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_two_issues_into_each_other_at_once_one_does():
    lead = make_user(Role.EM_LEAD)
    for _ in range(6):
        one, other = make_ready_issue(), make_ready_issue()

        came_to = together(
            [
                lambda one=one, other=other: merge(one, other, by=lead, at=LATER),
                lambda one=one, other=other: merge(other, one, by=lead, at=LATER),
            ]
        )

        assert sorted(type(each).__name__ for each in came_to) == ["NoneType", "Refused"]
        assert sorted(again(each).live for each in (one, other)) == [False, True]


# Deals that come back after their quarter.


def test_a_deal_that_comes_back_after_its_quarter_is_a_new_issue_linked_to_the_old():
    em = make_user()
    lost = make_issue(State.CLOSED, engagement_manager=em)

    revival = revive(lost, by=em, at=NEXT_QUARTER)

    assert (revival.revives, revival.state, revival.account) == (lost, State.OPEN, lost.account)
    assert (again(lost).outcome, again(lost).close_quarter) == ("lost", QUARTER)
    assert Event.objects.about(lost).last().data == {"reference": revival.reference}


@pytest.mark.parametrize("outcome", ["won", ""])
def test_only_what_was_lost_is_revived(outcome):
    issue = make_issue(State.CLOSED, outcome=outcome)

    with pytest.raises(Refused):
        revive(issue, by=make_user(), at=NEXT_QUARTER)


def test_within_its_quarter_it_is_reopened_instead():
    issue = make_issue(State.CLOSED)

    with pytest.raises(Refused, match="Reopen"):
        revive(issue, by=make_user(), at=LATER)

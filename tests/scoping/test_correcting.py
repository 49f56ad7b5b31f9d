"""What was said about a closed issue is corrected in the open, by whom it is theirs to."""

from datetime import timedelta

import pytest

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed
from scoping.closing import correct, may_correct
from scoping.forms.issue import CorrectionForm
from scoping.states import LIVE, State
from tests.factories import (
    NOON,
    QUARTER,
    again,
    make_issue,
    make_user,
)

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
NEXT_QUARTER = NOON + timedelta(days=90)


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

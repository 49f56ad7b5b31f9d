"""A move is taken back by a new event, for a few minutes, by who made it or a lead."""

from datetime import timedelta

import pytest
from django.db import transaction

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import (
    Conflict,
    NotAllowed,
    Refused,
    perform,
    undo,
)
from scoping.facts import amend
from scoping.models import ScopingIssue, Stay
from scoping.states import State
from tests.factories import (
    NOON,
    again,
    make_account,
    make_issue,
    make_ready_issue,
    make_segment,
    make_user,
)
from tests.together import together

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)
WITHIN = timedelta(minutes=10)


def rows():
    """Everything a move may write."""
    return [
        list(model.objects.order_by("pk").values_list()) for model in (ScopingIssue, Event, Stay)
    ]


@pytest.fixture
def em(db):
    return make_user(name="Amara Osei")


@pytest.fixture
def lead(db):
    return make_user(Role.EM_LEAD, name="Lena Lead")


def moved_by(em, **fields):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em, **fields)
    perform(issue.send_estimate, by=em, at=LATER)
    return issue


def test_who_moved_takes_the_move_back_by_a_new_event(em):
    issue = moved_by(em)

    event = undo(issue, by=em, at=LATER + WITHIN, within=WITHIN)

    assert again(issue).state == State.STRAWMAN_WIP
    assert (event.verb, event.actor) == ("scoping.moved_back", em)
    assert (event.before, event.after) == ("estimate_feedback", "strawman_wip")
    assert event.data["undoes"] == event.number - 1
    assert Event.objects.about(issue).filter(verb="scoping.send_estimate").exists()


def test_the_age_goes_on_as_if_it_had_never_moved(em):
    issue = moved_by(em)
    stays = list(Stay.objects.filter(issue=issue, left_at__gte=LATER).values_list("state"))

    undo(issue, by=em, at=LATER, within=WITHIN)

    assert again(issue).entered_state_at == NOON
    assert stays == [("strawman_wip",)]
    under_way = Stay.objects.get(issue=issue, left_at=None)
    assert (under_way.state, under_way.entered_at) == ("strawman_wip", NOON)


def test_undo_restores_what_the_move_filled_in(em):
    issue = make_issue()
    fill = {"segment": make_segment(), "engagement_manager": em}
    perform(issue.ask_account_team, by=em, at=LATER, fill=fill)

    undo(issue, by=em, at=LATER, within=WITHIN)

    found = again(issue)
    assert (found.state, found.segment, found.engagement_manager) == (State.OPEN, None, None)


def test_undo_restores_every_kind_of_field_a_move_changes(em):
    issue = make_issue(State.ON_HOLD, engagement_manager=em)
    before = ScopingIssue.objects.filter(pk=issue.pk).values().get()
    perform(issue.resume, by=em, at=LATER)
    assert again(issue).review_date is None

    undo(issue, by=em, at=LATER, within=WITHIN)

    after = ScopingIssue.objects.filter(pk=issue.pk).values().get()
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"moves", "changed_in"}


def test_what_somebody_changed_again_since_stays_as_they_left_it(em, lead):
    issue = make_issue()
    fill = {"segment": make_segment("Ent_EMEA"), "engagement_manager": em}
    perform(issue.ask_account_team, by=em, at=LATER, fill=fill)
    other = make_segment("MM_East")
    amend(issue, by=lead, at=LATER, segment=other)

    undo(issue, by=em, at=LATER, within=WITHIN)

    found = again(issue)
    assert (found.state, found.segment, found.engagement_manager) == (State.OPEN, other, None)


def test_an_edit_after_the_move_does_not_stand_in_the_way_and_is_kept(em):
    issue = moved_by(em)
    amend(issue, by=em, at=LATER, next_step="Write the SOW")

    undo(issue, by=em, at=LATER, within=WITHIN)

    found = again(issue)
    assert (found.state, found.next_step) == (State.STRAWMAN_WIP, "Write the SOW")


def test_a_lead_may_take_back_what_an_em_moved(em, lead):
    issue = moved_by(em)

    assert undo(issue, by=lead, at=LATER, within=WITHIN).actor == lead


def test_nobody_else_takes_a_move_back(em, lead):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)
    perform(issue.send_estimate, by=lead, at=LATER)
    before = rows()

    with pytest.raises(NotAllowed, match="Lena Lead made this move"):
        undo(issue, by=em, at=LATER, within=WITHIN)

    assert rows() == before


@pytest.mark.parametrize("who", ["em", "lead"])
def test_what_emdesk_moved_its_em_or_a_lead_takes_back(em, lead, who):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)
    perform(issue.send_estimate, by=None, at=LATER)

    event = undo(issue, by={"em": em, "lead": lead}[who], at=LATER, within=WITHIN)

    assert again(issue).state == State.STRAWMAN_WIP
    assert event.actor == {"em": em, "lead": lead}[who]


@pytest.mark.parametrize("origin", ["person", "import", "demo"])
def test_what_others_moved_with_nobodys_name_on_it_only_a_lead_takes_back(em, lead, origin):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)
    perform(issue.send_estimate, by=None, at=LATER, origin=origin)
    other = em if origin != "person" else make_user()

    with pytest.raises(NotAllowed, match="emdesk made this move"):
        undo(issue, by=other, at=LATER, within=WITHIN)
    undo(issue, by=lead, at=LATER, within=WITHIN)


def test_after_the_minutes_a_move_is_not_undone(em):
    issue = moved_by(em)
    before = rows()

    with pytest.raises(Refused, match="can be undone for 10 minutes"):
        undo(issue, by=em, at=LATER + WITHIN + timedelta(microseconds=1), within=WITHIN)

    assert rows() == before


def test_an_undo_is_not_undone(em):
    issue = moved_by(em)
    undo(issue, by=em, at=LATER, within=WITHIN)

    with pytest.raises(Refused, match="no move to undo"):
        undo(issue, by=em, at=LATER, within=WITHIN)


def test_what_was_adopted_is_not_undone(em, lead):
    issue = make_issue(State.SOW_WIP, engagement_manager=em)

    with pytest.raises(Refused, match="no move to undo"):
        undo(issue, by=lead, at=NOON, within=WITHIN)


def test_an_issue_that_was_only_raised_has_no_move_to_undo(em, lead):
    issue = ScopingIssue.objects.open_issue(by=em, at=NOON, account=make_account(), title="New")

    for person in (em, lead):
        with pytest.raises(Refused, match="no move to undo"):
            undo(issue, by=person, at=NOON, within=WITHIN)


def test_an_undo_that_a_later_edit_forbids_is_refused_in_words(em):
    """Closed issues have no status; one that was set after reopening stands in the way."""
    issue = make_issue(State.CLOSED, engagement_manager=em)
    perform(issue.reopen, by=em, at=LATER)
    amend(issue, by=em, at=LATER, em_status="todo")
    before = rows()

    with pytest.raises(Refused, match="changed since"), transaction.atomic():
        undo(issue, by=em, at=LATER, within=WITHIN)

    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_one_move_back_at_once_one_does():
    em = make_user()
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)
    perform(issue.send_estimate, by=em, at=LATER)

    came_to = together([lambda: undo(issue, by=em, at=LATER, within=WITHIN)] * 4)

    assert sorted(type(each).__name__ for each in came_to) == ["Event"] + ["Refused"] * 3
    assert again(issue).state == State.STRAWMAN_WIP


def test_an_undo_meant_for_an_older_move_leaves_the_newer_one(em, lead):
    issue = moved_by(em)
    perform(again(issue).rework_estimate, by=lead, at=LATER)
    perform(again(issue).send_estimate, by=lead, at=LATER)
    meant = again(issue).moves
    perform(again(issue).rework_estimate, by=em, at=LATER)

    with pytest.raises(Conflict) as refusal:
        undo(issue, by=lead, at=LATER, within=WITHIN, seen=meant)

    assert refusal.value.event.actor == em
    assert again(issue).state == State.STRAWMAN_WIP

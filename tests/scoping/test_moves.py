"""The moves of scoping issues: where each leads, what it keeps and who may make it."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from emdesk.ledger.models import Event, Origin
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused, perform
from scoping.models import ScopingIssue
from scoping.states import LIVE, WORKED, EmStatus, State
from tests.factories import HELD, NOON, QUARTER, again, make_issue, make_ready_issue, make_user

LATER = NOON + timedelta(hours=1)
DETAILS = {
    "hold": HELD,
    "win": {"quarter": QUARTER},
    "lose": {"quarter": QUARTER, "reason": "price"},
    "dismiss": {"reason": "duplicate"},
}
TRANSITIONS = list(ScopingIssue._meta.get_field("state").get_all_transitions(ScopingIssue))
NAMES = sorted({each.name for each in TRANSITIONS})


def moving(issue, name):
    """A move with what it asks for; won needs an opportunity that is won, elsewhere tested."""
    return perform(getattr(issue, name), by=None, at=LATER, **DETAILS.get(name, {}))


def stored(issue):
    return again(issue).state


# The moves one by one.


@pytest.mark.django_db
@pytest.mark.parametrize("source", State.values)
def test_a_move_leads_where_the_machine_says_or_is_refused(source):
    for name in NAMES:
        issue = make_ready_issue(source)
        targets = ends_of(name, source)
        events = Event.objects.count()
        if name == "win" and source != "approved":
            targets = set()
        try:
            moving(issue, name)
        except Refused:
            assert targets == set(), name
            assert (stored(issue), Event.objects.count()) == (source, events)
        else:
            assert {stored(issue)} == targets, name


def ends_of(name, source):
    """Where the machine in code says a move leads; what is back was in Strawman_WIP before."""
    return {
        each.target if isinstance(each.target, str) else "strawman_wip"
        for each in TRANSITIONS
        if (each.name, each.source) == (name, source)
    }


@pytest.mark.django_db
@pytest.mark.parametrize("state", [*WORKED])
def test_on_hold_keeps_why_and_until_when_and_returns_where_it_came_from(state):
    issue = make_ready_issue(state)
    perform(issue.hold, by=issue.engagement_manager, at=LATER, **HELD)
    held = again(issue)
    kept = (held.hold_reason, held.review_date, held.em_status)
    assert kept == (HELD["reason"], HELD["review_date"], EmStatus.WAITING)

    perform(held.resume, by=issue.engagement_manager, at=LATER)

    back = again(issue)
    assert back.state == state
    assert (back.held_from, back.hold_reason, back.review_date) == ("", "", None)


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["hold_reason", "review_date", "held_from"])
def test_nothing_is_on_hold_without_a_reason_a_date_and_a_way_back(missing):
    issue = make_issue(State.ON_HOLD)
    empty = None if missing == "review_date" else ""

    with pytest.raises(DatabaseError, match="held_until"), transaction.atomic():
        ScopingIssue.objects.filter(pk=issue.pk).update(**{missing: empty})


@pytest.mark.django_db
@pytest.mark.parametrize("state", [*LIVE])
def test_reopened_it_goes_on_where_it_stood_when_it_closed(state):
    issue = make_ready_issue(state)
    perform(issue.lose, by=None, at=LATER, quarter=QUARTER, reason="price")

    perform(again(issue).reopen, by=issue.engagement_manager, at=LATER)

    assert again(issue).state == state


# Who may. Source: the permission matrix.

WORKS = {"em", "lead", "director"}
MAY = {
    "approve": {"ps_leadership"},
    "return_sow": WORKS | {"ps_leadership"},
    **dict.fromkeys(("win", "lose", "reopen"), WORKS),
}
PEOPLE = {
    "em": (Role.EM,),
    "another em": (Role.EM,),
    "lead": (Role.EM_LEAD,),
    "director": (Role.DIRECTOR,),
    "ps_leadership": (Role.PS_LEADERSHIP,),
    **{
        role.value: (role,)
        for role in Role
        if role not in {Role.EM, Role.EM_LEAD, Role.DIRECTOR, Role.PS_LEADERSHIP}
    },
}


def source_of(name):
    return next(each.source for each in TRANSITIONS if each.name == name)


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_only_those_make_a_move_whom_the_matrix_names(name):
    state = "approved" if name == "win" else source_of(name)
    made = set()
    for who, roles in PEOPLE.items():
        person = make_user(*roles)
        own = person if who == "em" else make_user()
        issue = make_ready_issue(state, engagement_manager=own)
        with suppress(NotAllowed):
            perform(getattr(issue, name), by=person, at=NOON, **DETAILS.get(name, {}))
            made.add(who)

    assert made == MAY.get(name, WORKS)


@pytest.mark.django_db
def test_nobody_approves_an_issue_of_their_own():
    both = make_user(Role.EM, Role.PS_LEADERSHIP)
    issue = make_ready_issue(State.READY_FOR_APPROVAL, engagement_manager=both)

    with pytest.raises(NotAllowed):
        perform(issue.approve, by=both, at=LATER)


@pytest.mark.django_db
def test_what_nobody_has_any_em_works_but_does_not_win_or_lose():
    em = make_user()

    perform(make_ready_issue(engagement_manager=None).dismiss, by=em, at=LATER, reason="declined")
    for name in ("win", "lose"):
        issue = make_ready_issue(State.APPROVED, engagement_manager=None)
        with pytest.raises(NotAllowed):
            perform(getattr(issue, name), by=em, at=LATER, **DETAILS[name])


@pytest.mark.django_db
def test_an_administrator_moves_nothing():
    issue = make_ready_issue(engagement_manager=None)

    assert issue.moves_open_to(make_user(Role.ADMIN)) == {}


@pytest.mark.django_db
def test_an_issue_says_which_moves_are_open_to_whom():
    issue = make_issue(State.ON_HOLD, engagement_manager=(em := make_user()))

    assert issue.moves_open_to(em) == {
        "resume": "strawman_wip",
        "win": "closed",
        "lose": "closed",
        "dismiss": "closed",
    }
    assert issue.moves_open_to(make_user(Role.VIEWER)) == {}


@pytest.mark.django_db
def test_an_issue_is_raised_in_open_with_its_first_event():
    em = make_user()
    account = make_issue().account

    issue = ScopingIssue.objects.open_issue(by=em, at=NOON, account=account, title="New")

    event = Event.objects.about(issue).get()
    assert (issue.state, issue.moves, issue.created_at) == (State.OPEN, 0, NOON)
    assert (event.verb, event.before, event.after, event.actor) == (
        "scoping.opened",
        "",
        "open",
        em,
    )
    assert event.origin == Origin.PERSON

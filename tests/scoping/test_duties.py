"""What My day finds for whom, and in which order."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from emdesk.desk.duties import Class, Duty, duties
from emdesk.people.models import Coverage, Role, Territory
from scoping.duties import WORK
from scoping.states import LIVE, State
from tests.factories import (
    HELD,
    NOON,
    TODAY,
    make_account,
    make_issue,
    make_ready_issue,
    make_segment,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def em():
    return make_user()


def subjects(people, at=NOON):
    return [duty.subject for duty in duties(people, at)]


# What is one's own to do.


@pytest.mark.parametrize("state", [state for state in LIVE if state != State.ON_HOLD])
def test_every_live_issue_of_ones_own_asks_for_the_work_of_its_column(state, em):
    issue = make_ready_issue(state, engagement_manager=em)

    (duty,) = duties([em], NOON)

    assert (duty.subject, duty.verb, duty.rank) == (issue, WORK[state].verb, WORK[state].rank)
    assert duty.reason.startswith(WORK[state].reason)


def test_sow_work_comes_before_early_scoping_as_the_handbook_ranks_it():
    early = {state for state, work in WORK.items() if work.rank == Class.EARLY_SCOPING}

    assert early == {
        State.OPEN,
        State.AWAITING_DISCOVERY,
        State.STRAWMAN_WIP,
        State.ESTIMATE_FEEDBACK,
    }
    assert [member.name for member in sorted(Class)] == [
        "SOW_PROCESSING",
        "EARLY_SCOPING",
        "TERRITORY",
        "ISSUE_HYGIENE",
        "HAND_OFF",
        "COLLABORATION",
    ]


def test_what_is_not_mine_or_closed_asks_nothing_of_me(em):
    make_ready_issue(State.SOW_WIP)
    make_issue(State.CLOSED, engagement_manager=em)

    assert subjects([em]) == []


@pytest.mark.parametrize(
    ("status", "due", "asked"),
    [
        ("", None, True),
        ("todo", None, True),
        ("waiting", None, False),
        ("waiting", TODAY + DAY, False),
        ("waiting", TODAY, True),
        ("waiting", TODAY - DAY, True),
    ],
)
def test_what_waits_on_others_asks_nothing_until_its_next_step_is_due(status, due, asked, em):
    make_ready_issue(
        State.SOW_WIP,
        engagement_manager=em,
        em_status=status,
        next_step="Nudge",
        next_step_date=due,
    )

    assert bool(subjects([em])) == asked


@pytest.mark.parametrize(
    ("day", "asked"), [(HELD["review_date"] - DAY, False), (HELD["review_date"], True)]
)
def test_what_is_on_hold_asks_again_on_its_review_date(day, asked, em):
    issue = make_issue(State.ON_HOLD, engagement_manager=em)

    at = NOON.replace(month=day.month, day=day.day, year=day.year)
    found = [duty for duty in duties([em], at) if duty.subject == issue]

    assert bool(found) == asked
    if asked:
        assert found[0].rank == Class.ISSUE_HYGIENE
        assert HELD["reason"] in found[0].reason
        assert found[0].due == HELD["review_date"]


def test_a_duty_says_the_next_step_and_its_day(em):
    make_ready_issue(
        State.SOW_WIP, engagement_manager=em, next_step="Send the draft", next_step_date=TODAY
    )

    (duty,) = duties([em], NOON)

    assert (duty.reason, duty.due) == ("Send the draft", TODAY)


def test_an_issue_without_a_next_step_says_so(em):
    make_ready_issue(State.SOW_WIP, engagement_manager=em)

    assert duties([em], NOON)[0].reason.endswith("no next step is written down")


@pytest.mark.parametrize("state", WORK)
def test_the_one_button_moves_on_or_opens_the_issue(state, em):
    issue = make_ready_issue(state, engagement_manager=em)

    (duty,) = duties([em], NOON)

    said = dict(duty.button.fields)
    if WORK[state].to:
        assert duty.button.url == reverse("scoping:move", args=[issue.pk])
        assert (said["to"], said["seen"]) == (WORK[state].to, str(issue.moves))
        assert WORK[state].to in issue.moves_open_to(em).values()
    else:
        assert (duty.button.url, said) == (issue.get_absolute_url(), {})


# The order.


def test_duties_are_ordered_by_class_then_due_then_worth_then_age(em):
    def make(state, **fields):
        return make_ready_issue(state, engagement_manager=em, **fields)

    step = {"next_step": "Go"}
    early = make(State.STRAWMAN_WIP, next_step_date=TODAY - 9 * DAY, **step)
    old = make(State.SOW_WIP, at=NOON - 30 * DAY)
    worth = make(State.SOW_WIP, expected_value=Decimal(90_000))
    young = make(State.SOW_WIP)
    late = make(State.SOW_WIP, next_step_date=TODAY + DAY, **step)
    due = make(State.SOW_WIP, next_step_date=TODAY, **step)

    assert subjects([em]) == [due, late, worth, old, young, early]


# What nobody has yet.


def test_an_em_triages_what_lies_in_the_territory_or_segment_they_cover(em):
    emea, apac = make_segment("Ent_EMEA"), make_segment("Ent_APAC")
    nordics = Territory.objects.create(name="Nordics", segment=emea)
    Coverage.objects.create(user=em, territory=nordics, since=TODAY)
    Coverage.objects.create(user=em, segment=apac, since=TODAY - DAY, until=TODAY)
    covered = [
        make_issue(account=make_account(sales_territory=nordics)),
        make_issue(segment=apac),
        make_issue(account=make_account(segment=apac)),
    ]
    make_issue(segment=emea)
    make_ready_issue(segment=apac)
    make_issue(State.CLOSED, segment=apac)

    assert set(subjects([em])) == set(covered)
    assert {duty.rank for duty in duties([em], NOON)} == {Class.TERRITORY}
    assert set(subjects([em], NOON + DAY)) == {covered[0]}
    assert set(subjects([em], NOON - DAY)) == set(covered[1:])


@pytest.mark.parametrize("role", [Role.EM_LEAD, Role.DIRECTOR])
def test_a_lead_triages_all_of_it(role):
    issue = make_issue()

    assert subjects([make_user(role)]) == [issue]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ACCOUNT_TEAM, Role.LEGAL, Role.ADMIN])
def test_nobody_else_triages(role):
    make_issue()

    assert subjects([make_user(role)]) == []


# Approvals, help and answers.


def test_ps_leadership_is_asked_to_approve_what_is_ready_and_not_its_own():
    leader = make_user(Role.PS_LEADERSHIP)
    ready = make_ready_issue(State.READY_FOR_APPROVAL)
    make_ready_issue(State.READY_FOR_APPROVAL, engagement_manager=leader)
    make_ready_issue(State.SOW_WIP)

    (duty,) = [each for each in duties([leader], NOON) if each.verb == "Approve the SOW of"]

    assert (duty.subject, dict(duty.button.fields)["to"]) == (ready, State.APPROVED)


def test_what_nobody_works_is_approved_too():
    unowned = make_issue(State.READY_FOR_APPROVAL)

    assert subjects([make_user(Role.PS_LEADERSHIP)]) == [unowned]


def test_an_architect_is_asked_where_one_is_asked_for():
    architect = make_user(Role.TECHNICAL_ARCHITECT)
    asked = [
        make_ready_issue(State.STRAWMAN_WIP, architect_help="asked"),
        make_ready_issue(State.STRAWMAN_WIP, architect_review="needed"),
        make_ready_issue(State.SOW_WIP, architect_help="asked", technical_architect=architect),
    ]
    other = make_user(Role.TECHNICAL_ARCHITECT)
    make_ready_issue(State.STRAWMAN_WIP, architect_help="asked", technical_architect=other)
    make_ready_issue(State.STRAWMAN_WIP, architect_help="given", architect_review="approved")
    make_issue(State.CLOSED, architect_help="asked")

    assert set(subjects([architect])) == set(asked)


def test_the_account_team_is_asked_where_the_em_waits_for_it():
    ana = make_user(Role.ACCOUNT_TEAM)
    waits_on = {"em_status": "waiting", "waiting_on": "account_team"}
    own = make_ready_issue(requester=ana, **waits_on)
    team = make_ready_issue(**waits_on)
    team.account_team.add(ana, make_user(Role.ACCOUNT_TEAM))
    make_ready_issue(**waits_on)
    make_ready_issue(requester=ana, em_status="waiting", waiting_on="customer")

    assert sorted(subjects([ana]), key=lambda issue: issue.pk) == [own, team]


def test_the_team_is_everybody_at_once(em):
    other = make_user()
    issues = [make_ready_issue(engagement_manager=each) for each in (em, other)]

    found = duties([em, other], NOON)

    assert {duty.subject for duty in found} == set(issues)
    assert {duty.owner for duty in found} == {em, other}
    assert all(isinstance(duty, Duty) for duty in found)

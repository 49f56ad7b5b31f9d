"""My day beside the duties: what waits, on whom and since when, what today holds, and the cost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from emdesk.desk.duties import appointments, duties, waits
from emdesk.people.models import Coverage, Role, Territory
from scoping.models import Meeting, MeetingKind
from scoping.states import State
from tests.factories import (
    HELD,
    NOON,
    TODAY,
    make_account,
    make_issue,
    make_ready_issue,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def em():
    return make_user()


def test_what_waits_says_on_whom_and_since_when_the_longest_first(em):
    def make(days, **fields):
        at = NOON - days * DAY
        return make_ready_issue(
            engagement_manager=em, em_status="waiting", em_status_at=at, **fields
        )

    short = make(1, waiting_on="customer")
    within = make(2, waiting_on="internal")
    long = make(9, waiting_on="account_team")
    make_ready_issue(engagement_manager=em, em_status="todo")
    make_ready_issue(em_status="waiting")

    found = waits([em], NOON)

    assert [(wait.subject, wait.whom) for wait in found] == [
        (long, "for the account team"),
        (within, "for a colleague in services"),
        (short, "for the customer"),
    ]
    assert found[0].since == NOON - 9 * DAY


def test_what_is_on_hold_waits_for_its_date(em):
    make_issue(State.ON_HOLD, engagement_manager=em)

    (wait,) = waits([em], NOON)

    assert wait.whom == f"on hold until {HELD['review_date']:%-d %b}"


def make_meeting(issue, at, *people, **fields):
    meeting = Meeting.objects.create(
        issue=issue, kind=MeetingKind.SCOPING_CALL, starts_at=at, **fields
    )
    meeting.people.set(people)
    return meeting


def test_today_holds_the_calls_and_due_dates_of_today_in_the_persons_own_zone(em):
    mine = make_ready_issue(
        engagement_manager=em, em_status="waiting", next_step="Call back", next_step_date=TODAY
    )
    other = make_ready_issue()
    make_meeting(mine, NOON)
    make_meeting(other, NOON.replace(hour=23, minute=30), em)
    make_meeting(mine, NOON + DAY)
    make_meeting(other, NOON)
    make_meeting(mine, NOON, cancelled_at=NOON)

    assert [(each.what, each.subject) for each in appointments([em], NOON)] == [
        ("Scoping call", mine),
        ("Scoping call", other),
        ("Call back", mine),
    ]
    with timezone.override("Asia/Tokyo"):
        assert [each.subject for each in appointments([em], NOON)] == [mine, mine]


def test_a_meeting_one_is_in_twice_is_one_meeting(em):
    make_meeting(make_ready_issue(engagement_manager=em), NOON, em, make_user())

    assert len(appointments([em], NOON)) == 1


@pytest.mark.parametrize("role", list(Role))
def test_finding_costs_the_same_however_much_is_found(role, django_assert_max_num_queries):
    user = make_user(role)
    territory = Territory.objects.create(name="Nordics")
    Coverage.objects.create(user=user, territory=territory, since=TODAY)

    def fill():
        for state in State:
            issue = make_issue(
                state,
                account=make_account(sales_territory=territory),
                requester=user,
                architect_help="asked",
                next_step="Go",
                next_step_date=TODAY,
            )
            issue.account_team.add(user)
            type(issue).objects.filter(pk=issue.pk).update(engagement_manager=user)
            make_meeting(issue, NOON, user)
            make_issue(account=make_account(sales_territory=territory))

    fill()
    with django_assert_max_num_queries(15) as once:
        read(user)
    for _ in range(2):
        fill()
    with django_assert_max_num_queries(len(once)):
        read(user)


def read(user):
    """Everything a page reads of what was found."""
    for duty in duties([user], NOON):
        assert str(duty.subject)
        assert duty.subject.value is None
        assert str(duty.owner)
    for each in (*waits([user], NOON), *appointments([user], NOON)):
        assert str(each.subject)

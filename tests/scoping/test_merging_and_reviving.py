"""Duplicates go on in one issue; a deal that comes back after its quarter in a new one."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused
from scoping.closing import merge, revive
from scoping.models import ScopingIssue
from scoping.states import State
from tests.factories import (
    NOON,
    QUARTER,
    again,
    make_issue,
    make_ready_issue,
    make_user,
)
from tests.together import together

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
NEXT_QUARTER = NOON + timedelta(days=90)


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
    seller = make_user(Role.ACCOUNT_TEAM)
    lost.account_team.add(seller)

    revival = revive(lost, by=em, at=NEXT_QUARTER)

    assert (revival.revives, revival.state, revival.account) == (lost, State.OPEN, lost.account)
    assert list(revival.account_team.all()) == [seller]
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

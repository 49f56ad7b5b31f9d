"""The ladder of a promise goes by who reports to whom."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains

from emdesk.people.models import Role, User
from scoping.notices import load_issues
from tests.factories import NOON, make_ready_issue, make_user
from tests.notifications.telling import announced, lines, promise

pytestmark = pytest.mark.django_db
ALL = {"mark": 150, "tells": ["em", "lead", "director"]}


def reporting(to: User | None, role: Role = Role.EM, **fields) -> User:
    return make_user(role, reports_to=to, **fields)


@pytest.fixture
def director():
    return reporting(None, Role.DIRECTOR)


@pytest.fixture
def lead(director):
    return reporting(director, Role.EM_LEAD)


@pytest.fixture
def others():
    return [make_user(Role.EM_LEAD), make_user(Role.DIRECTOR)]


def told(*people: User) -> list[bool]:
    return [any(line.kind == "breached" for line in lines(user)) for user in people]


def test_an_ems_own_lead_and_director_hear_and_no_others(lead, director, others):
    issue = make_ready_issue(engagement_manager=reporting(lead))

    promise(issue, "sla.escalated", **ALL)
    announced()

    assert told(lead, director, *others) == [True, True, False, False]
    assert "reports to you" in lines(lead)[0].because


def test_where_nobody_is_named_all_of_the_role_hear(others):
    em = reporting(None)
    promise(make_ready_issue(engagement_manager=em), "sla.escalated", **ALL)
    announced()

    assert told(*others) == [True, True]


def test_a_step_is_looked_for_further_up_and_past_who_left(lead, director, others):
    middle = reporting(lead, Role.EM)
    gone = reporting(middle, Role.EM_LEAD, is_active=False)
    promise(make_ready_issue(engagement_manager=reporting(gone)), "sla.escalated", **ALL)
    announced()

    assert told(gone, lead, others[0]) == [False, True, False]


def test_nobody_reports_to_themselves_in_the_end(lead, director):
    director.reports_to = lead
    with pytest.raises(ValidationError, match="report to themselves"):
        director.full_clean()


def test_the_profile_says_whom_one_reports_to(signed_in, lead):
    assertContains(signed_in(reporting(lead)).get("/profile/"), f"reports to {lead.name}")
    assertNotContains(signed_in(reporting(None)).get("/profile/"), "reports to")


def test_an_administrator_names_who_reports_to_whom(signed_in, lead):
    em = reporting(None)
    said = {
        "name": em.name,
        "email": em.email,
        "roles": ["em"],
        "level": "",
        "time_zone": "UTC",
        "calendar": "",
        "is_active": "on",
        "reports_to": lead.pk,
    }
    browser = signed_in(make_user(Role.ADMIN))

    assert browser.post(f"/admin/people/user/{em.pk}/change/", said).status_code == 302

    assert User.objects.get(pk=em.pk).superior(Role.EM_LEAD) == lead
    said["reports_to"] = make_user(Role.VIEWER).pk
    assert browser.post(f"/admin/people/user/{em.pk}/change/", said).status_code == 200


def test_who_is_above_costs_no_query(lead):
    issues = [make_ready_issue(engagement_manager=reporting(lead), at=NOON) for _ in range(3)]
    with CaptureQueriesContext(connection) as asked:
        for issue in load_issues([issue.pk for issue in issues]):
            assert issue.engagement_manager.superior(Role.DIRECTOR) == lead.reports_to
    assert len(asked) == 1

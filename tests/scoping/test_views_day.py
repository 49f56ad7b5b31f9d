"""My day in the browser: what needs me, what waits, and what it costs to find out."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from emdesk.people.models import Coverage, Role, Territory
from scoping.facts import amend
from scoping.models import Meeting, MeetingKind
from scoping.states import LIVE
from tests.factories import (
    make_account,
    make_issue,
    make_segment,
    make_user,
)
from tests.reports import report
from tests.scoping.pages import queries_of

pytestmark = pytest.mark.django_db


def test_signed_in_one_begins_with_ones_day(client, issue):
    page = client.get("/")

    assert page.status_code == 200
    assert f"Draft the SOW for {issue}" in page.content.decode()


def test_an_empty_day_says_what_is_next(signed_in):
    assert "All clear." in signed_in(make_user()).get("/").content.decode()


def test_a_lead_sees_the_teams_day_and_an_em_their_own(signed_in, issue):
    lead = signed_in(make_user(Role.EM_LEAD))

    assert str(issue) not in lead.get("/").content.decode()
    assert str(issue) in lead.get("/", {"view": "team"}).content.decode()
    other = signed_in(make_user()).get("/", {"view": "team"})
    assert str(issue) not in other.content.decode()


def fill_day(em, territory):
    for state in LIVE:
        fields = {
            "account": make_account(sales_territory=territory),
            "segment": make_segment(),
            "expected_value": 100,
        }
        make_issue(state, engagement_manager=em, **fields)
        fields["account"] = make_account(sales_territory=territory)
        waiting = make_issue(state, engagement_manager=em, em_status="waiting", **fields)
        amend(waiting, by=None, at=now(), next_step="Call", next_step_date=now().date())
        Meeting.objects.create(issue=waiting, kind=MeetingKind.SCOPING_CALL, starts_at=now())
        make_issue(account=make_account(sales_territory=territory))


@pytest.mark.parametrize("view", ["mine", "team"])
def test_a_day_costs_the_same_however_full_it_is(signed_in, view):
    lead = make_user(Role.EM, Role.EM_LEAD)
    territory = Territory.objects.create(name="Nordics")
    Coverage.objects.create(user=lead, territory=territory, since=now() - timedelta(days=1))
    client = signed_in(lead)
    counts = []
    for times in (1, 4):
        for _ in range(times):
            fill_day(lead, territory)
        counts.append(queries_of(client, "/", {"view": view}))

    report("boards", f"queries of the {view} day", one=counts[0], five=counts[1])
    assert counts[0] == counts[1] <= 22

"""The page of delivery hours: who reads it, what its numbers open, and what it costs."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.utils.timezone import localdate

from emdesk.people.models import Role
from scoping.states import State
from tests.factories import make_account, make_issue, make_opportunity, make_segment, make_user
from tests.forecasting.estimates import estimated
from tests.scoping.markup import parsed
from tests.scoping.pages import queries_of

pytestmark = pytest.mark.django_db
PAGE, ROWS = "/forecast/hours/", "/forecast/hours/rows/"


@pytest.fixture
def em():
    return make_user(name="Amara Osei")


@pytest.fixture
def client(client, em):
    client.force_login(em)
    return client


def make_work(em, *, colour="green", kind="scenario", **fields):
    """An issue with an estimate, whose deal closes next month."""
    closes = localdate() + timedelta(days=30)
    deal = make_opportunity(stage="4", confidence=colour, close_date=closes)
    named = {"account": make_account(name=f"Okapi {deal.pk}"), "opportunity": deal}
    issue = make_issue(State.STRAWMAN_WIP, engagement_manager=em, **{**named, **fields})
    estimated(Random(1), issue, em, kind)  # noqa: S311
    return issue


def text_of(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def table(client, address=PAGE):
    said = client.get(f"{address}{'&' if '?' in address else '?'}as=csv").content.decode(
        "utf-8-sig"
    )
    return list(csv.DictReader(io.StringIO(said)))


def test_every_number_opens_rows_that_add_up_to_it(client, em):
    make_user(Role.TECHNICAL_ARCHITECT)
    issues = [make_work(em, colour=each) for each in ("green", "amber", "green")]
    page = parsed(text_of(client, PAGE))

    links = [each for each in page.all() if each.name == "a" and ROWS in each["href"]]
    assert len(links) > 12
    seen = set()
    for link in links:
        if link["href"] in seen:  # what hours weigh opens the rows of the hours
            continue
        seen.add(link["href"])
        behind = text_of(client, link["href"])
        assert f"{link.text} hours, weighted" in behind, link["href"]
    everything = text_of(client, ROWS)
    assert all(issue.account.name in everything for issue in issues)
    green = text_of(client, f"{ROWS}?colour=green")
    assert issues[1].account.name not in green


def test_filters_narrow_page_rows_and_file(client, em):
    other = make_user(name="Bo Ek")
    mine = make_work(em, segment=make_segment("Ent_EMEA"))
    theirs = make_work(other, segment=make_segment("MM_West"))

    for narrowing in (f"em={em.pk}", "region=EMEA"):
        behind = text_of(client, f"{ROWS}?{narrowing}")
        assert mine.account.name in behind, narrowing
        assert theirs.account.name not in behind, narrowing
        hours = [Decimal(row["All"]) for row in table(client, f"{PAGE}?{narrowing}")]
        assert sum(hours) * 2 == sum(Decimal(row["All"]) for row in table(client))
        assert narrowing in text_of(client, f"{PAGE}?{narrowing}")


def test_issues_without_an_estimate_are_told_apart(client, em):
    assert "No live issue has an estimate yet" in text_of(client, PAGE)
    bare = make_issue(engagement_manager=em)
    make_work(em)

    assert "1 live without one" in text_of(client, PAGE)
    assert bare.reference in text_of(client, f"{ROWS}?of=unestimated")
    assert "fits these filters" in text_of(client, f"{PAGE}?em=none")
    for wrong in ("month=2020-01", "colour=blue", "month=x"):
        assert client.get(f"{ROWS}?{wrong}").status_code == 404, wrong
    assert "No rows are behind" in text_of(client, f"{ROWS}?by=own&role=Nobody%00")


def test_who_reads_the_forecast_reads_hours_of_what_they_count(client, em):
    issue = make_work(em)
    seller, stranger = make_user(Role.ACCOUNT_TEAM), make_user(Role.ACCOUNT_TEAM)
    issue.account_team.add(seller)
    readers = [
        *(Role.EM, Role.EM_LEAD, Role.DIRECTOR, Role.PS_LEADERSHIP, Role.REVENUE),
        *(Role.DEAL_DESK, Role.VIEWER, Role.SIGNATORY),
    ]
    for role in Role:
        client.force_login(make_user(role))
        reads = role in readers or role == Role.ACCOUNT_TEAM
        assert client.get(PAGE).status_code == (200 if reads else 404), role
        opens = reads and role != Role.SIGNATORY  # who sees no board sees no live issue
        assert client.get(ROWS).status_code == (200 if opens else 404), role
        page, rows = (client.get(each).content.decode() for each in (PAGE, ROWS))
        assert (issue.account.name in rows) == (role in readers and opens), role
        assert (ROWS in page) == (role in readers and opens), role
    for user, told in ((seller, True), (stranger, False)):
        client.force_login(user)
        assert ("Green" in text_of(client, PAGE)) == told
        assert (issue.account.name in text_of(client, ROWS)) == told


def test_forecast_and_quarter_lead_there(client):
    for address in ("/forecast/", "/quarters/"):
        assert f'href="{PAGE}"' in text_of(client, address), address


def test_the_page_costs_the_same_however_many_issues(client, em):
    make_user(Role.TECHNICAL_ARCHITECT)
    costs = []
    for count in (1, 4):
        for kind in ("scenario", "accepted") * count:
            make_work(em, kind=kind)
        costs.append([queries_of(client, each) for each in (PAGE, ROWS)])

    assert costs[0] == costs[1]
    assert max(costs[0]) <= 20, costs

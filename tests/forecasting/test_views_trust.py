"""Who sees how far which colours can be trusted, and what stands beside the picker."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now

from emdesk.people.models import Role
from forecasting.trust import Trust, beside_the_picker
from scoping.models import Opportunity
from tests.factories import make_account, make_opportunity, make_user
from tests.forecasting.said import make_said
from tests.scoping.markup import parsed
from tests.scoping.pages import queries_of

pytestmark = pytest.mark.django_db
PAGE = "/forecast/trust/"
SENTENCE = "Your Greens at week 6 closed in time 61% (n = 23), were won at all 78%."


@pytest.fixture
def em():
    return make_user(name="Amara Osei")


@pytest.fixture
def client(client, em):
    client.force_login(em)
    return client


def make_greens(em, n=23, in_time=14, late=4, weeks=6, colour="green"):
    account = make_account()
    for place in range(n):
        won = place < in_time + late
        fields = {"late": in_time <= place < in_time + late, "won": won, "account": account}
        make_said(em, colour, weeks=weeks, **fields)


def open_deal(em, weeks=6):
    closes = now().date() + timedelta(days=7 * weeks)
    return make_opportunity(engagement_manager=em, stage="4", close_date=closes)


def page_of(client, user=None):
    if user:
        client.force_login(user)
    return client.get(PAGE).content.decode()


def test_beside_the_picker_stands_what_fits_the_deals_close_date(client, em):
    make_greens(em)
    deal = open_deal(em)

    for address in (f"/opportunities/{deal.pk}/", f"/opportunities/{deal.pk}/judge/"):
        page = client.get(address).content.decode()
        assert SENTENCE in page, address
        assert "at week 5" not in page, address
    Opportunity.objects.filter(pk=deal.pk).update(close_date=localdate() + timedelta(days=90))
    assert "Your Greens" not in client.get(f"/opportunities/{deal.pk}/judge/").content.decode()


def test_the_table_holds_every_week_for_its_editor(client, em):
    make_greens(em)
    open_deal(em)

    page = parsed(client.get("/opportunities/?quarter=all").content.decode())
    notes = [each for each in page.all() if "data-weeks" in each.attributes]

    assert [note["data-weeks"] for note in notes] == ["6", "5", "4", "3", "2", "1"]
    assert all("hidden" in note.attributes for note in notes)


def test_a_number_of_ones_own_opens_its_deals_and_nobody_elses(client, em):
    make_greens(em)
    make_greens(make_user(), n=20, colour="amber")
    names = set(Opportunity.objects.filter(engagement_manager=em).values_list("name", flat=True))

    links = [each["href"] for each in parsed(page_of(client)).all() if each.name == "a"]
    address = f"{PAGE}green/6/"
    assert address in links
    page = client.get(address).content.decode()

    assert len([name for name in names if name in page]) == len(names) == 23
    for other in (f"{PAGE}green/7/", f"{PAGE}amber/6/", f"{PAGE}blue/6/", f"{PAGE}green/99/"):
        assert client.get(other).status_code == 404, other
    for role in (Role.EM, Role.EM_LEAD, Role.ADMIN):
        client.force_login(make_user(role))
        assert client.get(address).status_code == 404, role


def test_under_twenty_deals_nothing_is_said(client, em):
    make_greens(em, n=19)
    deal = open_deal(em)

    assert beside_the_picker(em, now()) == []
    assert "Your Greens" not in client.get(f"/opportunities/{deal.pk}/").content.decode()
    assert "No colour of yours stood" in page_of(client)


def test_what_one_did_is_theirs_alone(client, em):
    """Neither a lead, nor another EM, nor anybody else reads it on any of these pages."""
    make_greens(em)
    deal = open_deal(em)
    assert "61%" in page_of(client)

    for role in Role:
        other = make_user(role)
        client.force_login(other)
        for address in (PAGE, f"/opportunities/{deal.pk}/", "/opportunities/?view=team"):
            response = client.get(address)
            assert "61%" not in response.content.decode(), (role, address)
        own = role == Role.EM
        leads = role in (Role.EM_LEAD, Role.DIRECTOR, Role.PS_LEADERSHIP)
        assert client.get(PAGE).status_code == (200 if own or leads else 404), role
        trust = Trust(other, now())
        assert bool(trust.own) == own
        assert bool(trust.team) == leads
        assert not any(panel.known for panel in [*trust.own, *trust.team])


def test_many_together_are_for_those_who_lead(client, em):
    for person in (em, make_user(), make_user()):
        make_greens(person, n=8, in_time=4, late=2)
    lead = make_user(Role.EM_LEAD)

    page = page_of(client, lead)

    assert "Everybody" in page
    assert "50%" in page
    assert "less than promised" in page
    assert "Brier score" in page
    assert "Yours" not in page
    assert "Everybody's together" not in page_of(client, em)
    assert "50%" not in page_of(client, em)


def test_ones_own_share_is_drawn_to_the_teams_mean(em):
    make_greens(em, n=20, in_time=20, late=0)
    for _ in range(2):
        make_greens(make_user(), n=10, in_time=0, late=0)

    (green, *_) = Trust(em, now()).own
    row = next(row for row in green.rows if row.weeks == 6)

    assert row.in_time.rate == 1
    assert row.in_time.mean == 0.5
    assert row.in_time.drawn == pytest.approx(0.75)


def test_a_verdict_is_given_only_where_the_interval_leaves_the_promise_out(em):
    make_greens(em, n=20, in_time=19, late=0)
    make_greens(em, n=20, in_time=20, late=0, colour="red")

    green, amber, red = Trust(em, now()).own

    assert green.rows[-1].in_time.verdict == ""
    assert red.rows[-1].in_time.verdict == "more than promised"
    assert not amber.known


@pytest.mark.parametrize("role", [Role.EM, Role.EM_LEAD])
def test_the_page_costs_the_same_however_many_deals(client, role):
    user, costs = make_user(role), []
    client.force_login(user)
    for count in (1, 5):
        for _ in range(count):
            make_said(make_user() if role == Role.EM_LEAD else user)
        costs.append(queries_of(client, PAGE))

    assert costs[0] == costs[1]

"""What would reach a margin: every way, carried out, reaches it; and what each margin asks."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused
from scoping.estimating.bands import agrees_to, band_of
from scoping.estimating.excusing import excuse, standing_reason
from scoping.estimating.limits import Limits
from scoping.estimating.reaching import reach
from scoping.pricing import Line, Terms, price
from tests.factories import NOON, make_user
from tests.scoping.estimating.desk import add_line
from tests.scoping.pages import queries_of

D = Decimal
LIMITS = Limits(D(50_000), D("2.5"), D(40), 30, D(55), D(30))


def line(hours: str, cost: str, rate: str = "330", **more: object) -> Line:
    return Line(hours=D(hours), cost=D(cost), rate=D(rate), **more)  # type: ignore[arg-type]


def test_the_worked_example_by_hand() -> None:
    """100 h at 200 = 20,000, cost 14,000: 42 % takes 24,137.94, 241.38 an hour, or 17.25 h less."""
    found = reach(price([line("100", "140", "200")], Terms()), D(42), fixed=True)
    assert found is not None
    assert (found.price, found.rate_now, found.rate) == (D("24137.94"), D(200), D("241.38"))
    assert (found.hours, found.dropped, found.discount) == (D("17.25"), None, None)
    assert not found.reached


def test_scope_leaves_out_the_thinnest_lines_first() -> None:
    lines = [
        line("10", "100"),
        line("10", "320"),
        line("10", "250"),
        line("9", "400", optional=True),
    ]
    found = reach(price(lines, Terms()), D(60), fixed=True)
    assert found is not None
    assert found.dropped == [1, 2], "an optional line counts in no total and is not left out"


def test_what_is_reached_says_how_much_discount_is_left() -> None:
    found = reach(price([line("10", "132")], Terms(discount_percent=D(5))), D(42), fixed=True)
    assert found is not None
    assert found.reached
    assert found.discount == D("31.03")


def test_time_and_materials_wins_nothing_by_fewer_hours() -> None:
    found = reach(price([line("10", "300")], Terms()), D(42), fixed=False)
    assert found is not None
    assert found.hours is None


def test_without_a_cost_or_a_price_nothing_is_reached() -> None:
    assert reach(price([Line(hours=D(8), rate=D(330))], Terms()), D(42), fixed=True) is None
    assert reach(price([], Terms()), D(42), fixed=True) is None
    given_away = price([line("8", "100")], Terms(discount_percent=D(100)))
    assert reach(given_away, D(42), fixed=True) is None


LINES = st.builds(
    line,
    st.sampled_from(["8", "12.25", "40", "3.1"]),
    st.sampled_from(["108.51", "95.74", "250", "320"]),
    optional=st.booleans(),
    risk=st.sampled_from([D(0), D(10)]),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(LINES, min_size=1, max_size=6), st.sampled_from([D(0), D("12.5")]), st.integers(1, 80)
)
def test_each_way_carried_out_reaches_the_margin(
    lines: list[Line], discount: D, percent: int
) -> None:
    terms = Terms(D(20), D(330), D("95.74"), discount)
    priced = price(lines, terms)
    found = reach(priced, D(percent), fixed=True)
    if found is None:
        assert not priced.total.net
        return
    now = priced.total.margin_percent
    assert now is not None
    if found.reached:
        assert now >= percent
    if found.rate is not None and not found.reached:
        dearer = [replace(each, rate=found.rate) for each in lines]
        after = price(dearer, replace(terms, pm_rate=found.rate)).total.margin_percent
        assert after is not None
        assert after >= percent - D("0.01"), "to the cent of each line"
    if found.dropped is not None:
        left = [each for place, each in enumerate(lines) if place not in found.dropped]
        after = price(left, terms).total.margin_percent
        assert after is not None
        assert after >= percent
    if found.hours is not None:
        hours = priced.total.hours
        cogs, net = priced.total.cogs, priced.total.net
        assert cogs is not None
        assert net - cogs * (hours - found.hours) / hours >= net * percent / 100


def test_margins_ask_what_their_band_says() -> None:
    assert band_of(None, LIMITS) is None
    assert band_of(D(55), LIMITS) is None
    told = {"54.99": ("write down why", False), "40": ("write down why", False)}
    told |= {"39.99": ("PS director accepts", True), "30": ("PS director accepts", True)}
    told |= {"29.99": ("VP of PS approves", True), "-5": ("VP of PS approves", True)}
    for margin, (words, broken) in told.items():
        band = band_of(D(margin), LIMITS)
        assert band is not None
        assert (words in band.text, band.broken) == (True, broken), margin


def test_discounts_climb_a_ladder() -> None:
    ladder = {"0": "", "0.01": "EM lead", "10": "EM lead", "10.01": "PS director"}
    ladder |= {"20": "PS director", "20.01": "VP of PS", "30": "VP of PS", "30.01": "CFO"}
    for discount, who in (ladder | {"99.99": "CFO", "100": "Sales"}).items():
        assert who in agrees_to(D(discount)), discount
        assert bool(agrees_to(D(discount))) == bool(who), discount


@pytest.fixture
def thin(estimate):
    """At 330 with 250 an hour: 24.2 %."""
    estimate.pm_percent = 0
    estimate.save()
    return add_line(estimate, title="Move", role="engineer", hours=100, rate=330, cost=250)


def page_of(estimate) -> str:
    return f"{estimate.get_absolute_url()}margin/"


@pytest.mark.django_db
def test_the_page_says_what_would_reach_a_margin(client, estimate, thin):
    page = client.get(page_of(estimate)).content.decode()
    for told in ("24.24 %", "42 % takes a net total of 43,103.45", "431.04", "VP of PS approves"):
        assert told in page, told
    assert "50,000.00" in client.get(f"{page_of(estimate)}?target=50").content.decode()
    assert client.get(f"{page_of(estimate)}?target=100").status_code == 422
    assert client.get(f"{page_of(estimate)}?target=NaN").status_code == 422
    sheet = client.get(estimate.get_absolute_url()).content.decode()
    assert "What would reach 42 %" in sheet
    assert "VP of PS approves" in sheet
    add_line(estimate, title="Unknown", hours=4)
    assert "not known" in client.get(page_of(estimate)).content.decode()


@pytest.mark.django_db
def test_whoever_does_not_see_cost_finds_no_such_page(signed_in, issue, estimate, thin):
    for role in (Role.EM, Role.ACCOUNT_TEAM, Role.DEAL_DESK, Role.VIEWER, Role.LEGAL):
        person = make_user(role)
        if role == Role.ACCOUNT_TEAM:
            issue.account_team.add(person)
        browser = signed_in(person)
        assert browser.get(page_of(estimate)).status_code == 404
        sheet = browser.get(estimate.get_absolute_url())
        assert "VP of PS approves" not in sheet.content.decode()
        assert not re.search(r'id="(m\d+|f\d+m)"', sheet.content.decode())
        assert not {"cogs", "margin", "band", "target"} & set(sheet.context.keys())


@pytest.mark.django_db
def test_a_lead_gives_the_reason_and_it_holds_no_further_down(
    signed_in, client, issue, estimate, thin
):
    assert client.post(page_of(estimate), {"reason": "Please"}).status_code == 403
    assert "A lead writes down here" in client.get(page_of(estimate)).content.decode()
    lead = signed_in(make_user(Role.EM_LEAD))
    assert lead.post(page_of(estimate), {"reason": ""}).status_code == 422
    assert lead.post(page_of(estimate), {"reason": "It costs 250: a reference"}).status_code == 302
    page = client.get(page_of(estimate)).content.decode()
    assert "a reference" in page
    assert "for 24.24 % and above" in page

    event = Event.objects.about(issue).last()
    assert event.verb == "scoping.estimate_excused"
    assert "250" not in str(event.data)
    assert "reference" not in str(event.data)
    assert standing_reason(estimate, D("24.24")) is not None
    assert standing_reason(estimate, D("24.23")) is None, "it fell further"
    estimate.lines.update(rate=320)
    assert "A lead writes down here" in client.get(page_of(estimate)).content.decode()
    estimate.lines.update(rate=900)
    refused = lead.post(page_of(estimate), {"reason": "Again"})
    assert "not below the floor" in refused.content.decode()


@pytest.mark.django_db
def test_nobody_but_a_lead_excuses_and_only_what_is_below_the_floor(estimate, thin, em):
    said = {"margin": D(24), "limits": LIMITS, "at": NOON + timedelta(hours=1)}
    with pytest.raises(NotAllowed):
        excuse(estimate, "Why not", by=em, **said)
    with pytest.raises(Refused):
        excuse(estimate, "Why", by=make_user(Role.DIRECTOR), **said | {"margin": D(40)})


@pytest.mark.django_db
def test_the_page_of_the_margin_asks_as_much_for_many_lines(client, estimate, thin):
    one = queries_of(client, page_of(estimate))
    for _ in range(9):
        add_line(estimate, role="engineer", hours=8, rate=330, cost=250)
    assert queries_of(client, page_of(estimate)) == one

"""Rules of the sheet that pages show only together: each by itself, so that each can break."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import Refused
from scoping.catalogue.rating import give_card, give_sheet
from scoping.estimating import sending
from scoping.estimating.arranging import reckon_anew, stale
from scoping.estimating.beginning import begin, make_primary
from scoping.estimating.cells import Known
from scoping.estimating.difference import difference
from scoping.estimating.formulas import Wrong, reckon
from scoping.estimating.page import around
from scoping.estimating.reckoning import roles_and_rates
from scoping.estimating.saving import Typed, put
from scoping.estimating.sheets import in_hand, keep, looked_at
from scoping.estimating.terms import amend_terms
from scoping.models import EstimateVersion, ResourceRole
from scoping.models.estimate import Addressee, DeliveredBy, Standing
from scoping.views import estimate_versions
from tests.factories import NOON, make_user
from tests.scoping.estimating.desk import add_line, faults, type_into

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def standard(estimate, em):
    """Every role costs 100 an hour."""
    yearly = {role: D(188_000) for role in ResourceRole.objects.all()}
    given = {"effective_from": NOON.date(), "reason": "Ours", "by": em, "at": NOON}
    estimate.cost_sheet = give_sheet(currency="USD", yearly=yearly, billable_hours=1_880, **given)
    estimate.save()


def priced(estimate, user):
    place = around(estimate.issue, estimate, user, NOON)
    return place.reckon(looked_at(estimate))


def test_standard_cost_is_own_staffs_alone(estimate, em, standard):
    estimate.pm_percent = 0
    estimate.save()
    line = add_line(estimate, role="engineer", hours=10)
    assert priced(estimate, em).priced.total.cogs == D(1_000)
    for who in (DeliveredBy.PARTNER, DeliveredBy.OTHER):
        line.delivered_by = who
        line.save()
        assert priced(estimate, em).priced.total.cogs is None, "a partner says what it costs"
    line.cost = D(150)
    line.save()
    assert priced(estimate, em).priced.total.cogs == D(1_500)


def test_a_line_that_is_only_named_leaves_the_margin_known(estimate, em, standard):
    add_line(estimate, role="engineer", hours=10)
    add_line(estimate, title="Still to be scoped")
    assert priced(estimate, em).priced.total.margin_percent is not None


def test_hours_without_a_range_count_as_they_are(estimate, em):
    add_line(estimate, hours=20, low=10, high=60)
    add_line(estimate, hours=10)
    add_line(estimate, hours=10, low=20, high=30)
    add_line(estimate, hours=40, optional=True)
    assert priced(estimate, em).range.p50 == D("45.0")
    assert priced(estimate, em).range.p80 == D("52.3")


def test_a_new_version_supersedes_an_accepted_one_and_not_one_for_rework(estimate, em):
    add_line(estimate, hours=8)
    said = {"to": Addressee.ACCOUNT_TEAM, "by": em, "at": NOON}
    for answer in (Standing.ACCEPTED, Standing.REWORK, ""):
        version = sending.send(estimate, **said)
        if answer:
            sending.decide(version, answer, by=em, at=NOON)
    told = EstimateVersion.objects.order_by("number").values_list("standing", flat=True)
    assert list(told) == [Standing.SUPERSEDED, Standing.REWORK, Standing.SENT]


def test_a_formula_is_as_deep_as_twenty_levels_and_no_deeper():
    def nested(levels):
        return f"{'-(' * levels}1{')' * levels}"

    assert reckon(nested(18), {}) == 1
    with pytest.raises(Wrong, match="too long"):
        reckon(nested(20), {})


def test_a_formula_gives_no_more_hours_than_a_line_holds(client, estimate):
    line = add_line(estimate)
    cell = f"c.{line.pk}.hours"
    assert type_into(client, estimate, **{cell: "=9999"}).status_code == 200
    response = type_into(client, estimate, **{cell: "=9999.25"})
    assert "holds up to 9,999" in faults(response)[cell]


def test_reckoning_anew_leaves_hours_somebody_typed(estimate):
    follows = add_line(estimate, hours=4, formula="8")
    typed = add_line(estimate, hours=4, formula="8", overridden=True)
    known = Known({}, dict)
    sheet = in_hand(estimate.issue, estimate.position)
    assert stale(sheet.lines, known) == {follows.pk: D(8)}
    assert reckon_anew(sheet, known) == 1
    assert [sheet.line(each.pk).hours for each in (follows, typed)] == [D(8), D(4)]


def test_a_cost_typed_without_the_right_is_no_cell(estimate):
    line = add_line(estimate, cost=D(5))
    sheet = in_hand(estimate.issue, estimate.position)
    known = Known(roles_and_rates(estimate, costs=False)[0], dict)
    outcome = put(sheet, [Typed(str(line.pk), "cost", "1")], known, seen=0, costs=False)
    assert (outcome.touched, sheet.lines[0].cost) == ([], D(5))
    put(sheet, [Typed(str(line.pk), "cost", "1")], known, seen=0, costs=True)
    assert sheet.lines[0].cost == 1


def test_another_sitting_is_told_again(issue, estimate, em):
    add_line(estimate)
    told = Event.objects.about(issue).filter(verb="scoping.estimate_changed")
    for minutes, expected in ((0, 1), (20, 1), (51, 2)):
        sheet = in_hand(issue, estimate.position)
        sheet.lines[0].hours += 1
        keep(sheet, by=em, at=NOON + timedelta(minutes=minutes))
        assert told.count() == expected, minutes


def test_another_currency_takes_its_rates_and_never_old_amounts(estimate, em):
    given = {"effective_from": NOON.date(), "own_rates": {}, "reason": "Euros", "at": NOON}
    card = give_card(region="", currency="EUR", rate=D(300), by=em, **given)
    line = add_line(estimate, hours=8, unit_price=D(5))
    said = {"by": em, "at": NOON, "seen": {"currency": "USD"}, "currency": "EUR"}
    with pytest.raises(Refused, match="1 line holds an amount of its own"):
        amend_terms(estimate, **said)
    line.unit_price = None
    line.save()
    amend_terms(estimate, **said)
    estimate.refresh_from_db()
    assert (estimate.currency, estimate.rate_card) == ("EUR", card)


def test_the_terms_say_why_the_currency_stays(client, estimate):
    add_line(estimate, rate=300)
    said = {"name": "Base", "pricing": "ff", "currency": "EUR", "pm_percent": "20"}
    said |= {"discount_percent": "0", "travel": "0"}
    seen = {f"initial-{key}": value for key, value in said.items()} | {"initial-currency": "USD"}
    answer = client.post(f"{estimate.get_absolute_url()}terms/", said | seen)
    assert answer.status_code == 422
    assert "Empty those cells first" in answer.content.decode()


def test_exactly_the_floor_is_not_below_it(client, estimate):
    estimate.pm_percent = 0
    estimate.save()
    line = add_line(estimate, role="engineer", hours=10, rate=100, cost=60)
    assert "below 40 %" not in client.get(estimate.get_absolute_url()).content.decode()
    line.cost = D("60.01")
    line.save()
    assert "below 40 %" in client.get(estimate.get_absolute_url()).content.decode()


def test_the_largest_difference_is_told_first(estimate, em):
    small, large = add_line(estimate, hours=8), add_line(estimate, hours=8)
    said = {"to": Addressee.ACCOUNT_TEAM, "by": em, "at": NOON}
    first = sending.send(estimate, **said)
    estimate.lines.filter(pk=small.pk).update(hours=9)
    estimate.lines.filter(pk=large.pk).update(hours=24)
    told = difference(first.content, sending.send(estimate, **said).content)
    assert told[0].startswith("+16 h")


def test_neither_paper_nor_difference_tells_a_cost_to_whoever_lacks_it(
    signed_in, client, estimate, em, monkeypatch
):
    line = add_line(estimate, title="Move", role="engineer", hours=10, rate=330, cost=D("101.01"))
    said = {"to": Addressee.ACCOUNT_TEAM, "by": em, "at": NOON}
    sending.send(estimate, **said)
    line.cost = D("202.02")
    line.save()
    version = sending.send(estimate, **said)
    monkeypatch.setattr(estimate_versions, "pdf_of", lambda html: html.encode())
    pages = (version.get_absolute_url(), f"{version.get_absolute_url()}own.pdf")
    other = signed_in(make_user())
    deal_desk = signed_in(make_user(Role.DEAL_DESK))
    for browser, reads in ((client, True), (other, False), (deal_desk, False)):
        for page in pages:
            text = browser.get(page).content.decode().lower()
            assert ("margin" in text) is reads, page
            assert ("2020.20" in text) is reads, page


def test_one_scenario_is_primary_and_that_is_told_once(issue, estimate, em):
    other = begin(issue, by=em, at=NOON, name="Other")
    make_primary(other, by=em, at=NOON)
    assert list(issue.estimates.filter(primary=True)) == [other]
    make_primary(other, by=em, at=NOON)
    assert Event.objects.about(issue).filter(verb="scoping.estimate_primary_set").count() == 1

"""What deals are worth: the value that counts, the desk's currency, dated rates, pushes."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest

from emdesk.configuration.values import set_value
from emdesk.ledger.models import Event
from scoping.deals import amend_deal, is_push
from scoping.models import Opportunity, Stage
from tests.factories import NOON, TODAY, make_opportunity, make_user
from tests.oracles import deal_values as oracle

pytestmark = pytest.mark.django_db
SHEETS = [
    (TODAY - timedelta(days=90), {"USD": "1", "EUR": "1.2", "JPY": "0.0066"}),
    (TODAY - timedelta(days=30), {"USD": "1", "EUR": "1.1"}),
    (TODAY + timedelta(days=10), {"USD": "1", "EUR": "1.5", "GBP": "1.3"}),
    (TODAY - timedelta(days=30), {"USD": "1", "EUR": "1.08", "GBP": "1.27"}),
]
VALUES = {
    "quoted_value": (None, Decimal(0), Decimal("1000.05")),
    "services_value": (None, Decimal(0), Decimal("333.33")),
    "amount": (None, Decimal("77.77")),
}


@pytest.fixture
def sheets(db):
    lead = make_user()
    for day, rates in SHEETS:
        set_value("exchange_rates", rates, effective_from=day, reason="Month", by=lead, at=NOON)


def valued(on=TODAY, currency=""):
    return Opportunity.objects.valued(on, currency)


def amount_of(money):
    return None if money is None else money.amount


def every_kind_of_deal():
    for values in product(*VALUES.values()):
        yield make_opportunity(**dict(zip(VALUES, values, strict=True)), currency="EUR")
    closings = (TODAY - timedelta(days=n) for n in (-20, 0, 29, 30, 31, 89, 90, 91))
    for close, stage in product(closings, (Stage.PROPOSAL, Stage.WON, Stage.LOST)):
        for currency in ("USD", "EUR", "GBP", "JPY", "SEK"):
            amount = Decimal("12345.67")
            yield make_opportunity(stage=stage, close_date=close, amount=amount, currency=currency)


@pytest.mark.parametrize("currency", ["USD", "EUR", "GBP"])
@pytest.mark.parametrize("days", [-100, -60, 0, 10])
def test_every_deal_is_valued_as_the_domain_says(sheets, days, currency):
    deals, on = list(every_kind_of_deal()), TODAY + timedelta(days=days)

    found = {deal.pk: deal for deal in valued(on, currency)}

    for deal in deals:
        told = found[deal.pk]
        assert told.booking_value == oracle.booked(deal)
        expected = oracle.in_desk_currency(deal, SHEETS, on, currency)
        assert (None if told.desk_value is None else f"{told.desk_value:.2f}") == expected, deal
        assert amount_of(told.value) == oracle.booked(deal)


def test_the_ems_own_figure_for_education_stands_above_the_quotes():
    for edu, override in product((None, Decimal(0), Decimal(500)), repeat=2):
        deal = make_opportunity(edu_value=edu, edu_override=override, amount=Decimal(900))

        found = valued().get(pk=deal.pk)

        assert found.education_value == oracle.education(deal)
        assert amount_of(found.education) == oracle.education(deal)
        assert found.booking_value == 900


def test_investment_services_are_no_part_of_a_booking():
    deal = make_opportunity(services_value=Decimal(100), investment_value=Decimal(40))

    assert valued().get(pk=deal.pk).booking_value == 100
    assert str(deal.investment) == "$40.00"


def test_without_a_rate_a_deal_counts_and_is_not_priced():
    make_opportunity(currency="SEK", services_value=Decimal(100))

    deal = valued().get()

    assert (deal.booking_value, deal.rate, deal.desk_value) == (Decimal(100), None, None)


def test_figures_are_told_in_the_currency_set_for_the_day(sheets):
    deal = make_opportunity(currency="EUR", amount=Decimal(100))
    set_value("desk_currency", "EUR", effective_from=TODAY, reason="Moved", by=make_user(), at=NOON)

    assert valued(TODAY).get(pk=deal.pk).desk_value == 100
    assert valued(TODAY - timedelta(days=1)).get(pk=deal.pk).desk_value == 108


def test_valuing_costs_the_same_however_many_deals_and_rates(sheets, django_assert_num_queries):
    for _ in range(5):
        make_opportunity(currency="EUR", amount=Decimal(1))

    with django_assert_num_queries(3):
        assert len(valued()) == 5


@pytest.mark.parametrize(
    ("before", "after", "push"),
    [
        (date(2026, 3, 2), date(2026, 3, 31), False),
        (date(2026, 3, 31), date(2026, 4, 1), True),
        (date(2026, 12, 31), date(2027, 1, 1), True),
        (date(2027, 1, 1), date(2026, 12, 31), False),
        (None, date(2026, 4, 1), False),
        (date(2026, 4, 1), None, False),
    ],
)
def test_a_push_is_a_close_date_moved_into_a_later_month(before, after, push):
    assert is_push(before, after) is push


def test_pushes_are_counted_and_told():
    deal, user = make_opportunity(), make_user()

    for day in (date(2026, 3, 9), date(2026, 4, 1), date(2026, 3, 1), date(2026, 5, 1)):
        amend_deal(deal, by=user, at=NOON, close_date=day)

    assert Opportunity.objects.get().push_count == 2
    assert Event.objects.about(deal).last().data["changed"]["push_count"] == [1, 2]


def test_the_day_of_the_ems_word_is_kept():
    deal, user = make_opportunity(), make_user()

    amend_deal(deal, by=user, at=NOON, amount=Decimal(1))
    assert Opportunity.objects.get().judged_at is None
    amend_deal(deal, by=user, at=NOON, confidence="green", confidence_rationale="Verbal yes")

    assert Opportunity.objects.get().judged_at == NOON


def test_what_does_not_count_is_left_out():
    counted = make_opportunity()
    make_opportunity(deleted=True)
    for stage in (Stage.UNQUALIFIED, Stage.DUPLICATE):
        make_opportunity(stage=stage)

    assert list(Opportunity.objects.counted()) == [counted]

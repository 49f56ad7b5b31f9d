"""Rate cards and standard cost: what holds on a day, told a second way, and never changed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.db.transaction import atomic
from hypothesis import given
from hypothesis import strategies as st

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from scoping.catalogue.rates import bill_rate, cost_rate
from scoping.catalogue.rating import give_sheet
from scoping.catalogue.standard_cost import hourly
from scoping.models import BillRate, CostRate, CostSheet, RateCard, ResourceRole
from tests.factories import NOON, TODAY, make_user
from tests.oracles.rates import Card, hourly_cost
from tests.oracles.rates import bill_rate as naive_rate
from tests.scoping.catalogue.drafts import card

pytestmark = pytest.mark.django_db
ROLES = ("engineer", "manager", "architect", "trainer")
GIVEN = st.lists(
    st.tuples(
        st.sampled_from(["", "EMEA", "APAC"]),
        st.sampled_from(["USD", "EUR"]),
        st.integers(-5, 5),
        st.decimals("0.01", "999.99", places=2),
        st.dictionaries(st.sampled_from(ROLES), st.decimals("0.01", "999.99", places=2)),
    ),
    max_size=6,
)


def roles():
    return {role.key: role for role in ResourceRole.objects.all()}


@given(cards=GIVEN, asked=st.integers(-6, 6))
def test_the_rate_of_an_hour_is_the_one_a_naive_look_finds(cards, asked):
    with atomic():
        known = roles()
        told = [
            Card(-2, "", "USD", date(2021, 2, 1), "300.00", {}),
            Card(-1, "", "USD", date(2024, 2, 1), "330.00", {}),
        ]
        for number, (region, currency, days, rate, own) in enumerate(cards):
            begins = TODAY + timedelta(days=days)
            own_rates = {known[key]: each for key, each in own.items()}
            fields = {"region": region, "currency": currency, "rate": rate}
            card(**fields, own_rates=own_rates, effective_from=begins)
            spelled = {key: str(each) for key, each in own.items()}
            told.append(Card(number, region, currency, begins, str(rate), spelled))
        on = TODAY + timedelta(days=asked)
        for role in ROLES:
            for region in ("", "EMEA", "AMER"):
                for currency in ("USD", "EUR"):
                    found = bill_rate(known[role], region, currency, on)
                    naive = naive_rate(told, role, region, currency, on)
                    assert (None if found is None else str(found)) == naive
        connection.set_rollback(True)


@given(
    yearly=st.decimals("1.00", "9999999.99", places=2),
    hours=st.integers(1, 8_784),
)
def test_standard_cost_is_pay_over_billable_hours(yearly, hours):
    assert str(hourly(yearly, hours)) == hourly_cost(str(yearly), hours)


def test_a_card_of_a_region_goes_before_the_general_one():
    card(region="EMEA", rate=Decimal("280.00"))
    engineer = roles()["engineer"]

    assert bill_rate(engineer, "EMEA", "USD", TODAY) == 280
    assert bill_rate(engineer, "EMEA", "USD", TODAY - timedelta(days=1)) == 330
    assert bill_rate(engineer, "APAC", "USD", TODAY) == 330
    assert bill_rate(engineer, "EMEA", "EUR", TODAY) is None


def test_a_correction_of_the_same_day_stands():
    first = card()
    second = card(rate=Decimal("410.00"))

    assert RateCard.current("", "USD", TODAY) == second
    first.refresh_from_db()
    assert first.rate == 400


def sheet(by=None, **fields):
    yearly = {role: Decimal(188_000) for role in roles().values()}
    given = {"currency": "USD", "yearly": yearly, "billable_hours": 1880, "reason": "Quarterly"}
    return give_sheet(by=by, at=NOON, **given | {"effective_from": TODAY} | fields)


def test_standard_cost_holds_from_its_quarter_on():
    engineer = roles()["engineer"]
    sheet()

    assert cost_rate(engineer, "USD", TODAY) == 100
    assert str(cost_rate(engineer, "USD", TODAY - timedelta(days=1))) == "108.51"
    assert cost_rate(engineer, "EUR", TODAY) is None
    sheet(yearly={roles()["manager"]: Decimal(94_000)})
    assert cost_rate(engineer, "USD", TODAY) is None


def test_rates_once_given_never_change():
    given_card, given_sheet = card(own_rates={roles()["manager"]: Decimal(200)}), sheet()
    for sql in (
        *("UPDATE scoping_ratecard SET rate = 1", "DELETE FROM scoping_billrate"),
        *("UPDATE scoping_billrate SET rate = 1", "DELETE FROM scoping_costrate"),
        *("UPDATE scoping_costsheet SET currency = 'EUR'", "UPDATE scoping_costrate SET rate = 1"),
    ):
        refused = pytest.raises(IntegrityError, match="never change")
        with refused, atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with connection.cursor() as cursor:  # as if both had been given in an earlier transaction
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE scoping_ratecard SET made_in = 1")
        cursor.execute("UPDATE scoping_costsheet SET made_in = 1")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    trainer = roles()["trainer"]
    CostSheet.objects.get(pk=given_sheet.pk)
    with pytest.raises(IntegrityError, match="never change"), atomic():
        BillRate.objects.create(card=given_card, role=trainer, rate=1)
    with pytest.raises(IntegrityError, match="never change"), atomic():
        CostRate.objects.create(sheet=given_sheet, role=trainer, rate=1, yearly=1)


def test_the_ledger_tells_of_a_sheet_and_of_none_of_its_figures():
    lead = make_user(Role.EM_LEAD)
    event = Event.objects.about(sheet(by=lead)).get()

    assert event.verb == "scoping.cost_sheet_given"
    assert not [figure for figure in ("100", "188") if figure in str(event.data)]
    assert Event.objects.about(card(by=lead)).get().data["rate"] == "400.00"

"""Delivery hours foretold by open estimates, against a count made one day at a time."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from django.http import QueryDict

from emdesk.configuration.values import set_value
from emdesk.people.models import Role
from forecasting.forms import ScopeForm
from forecasting.hours import Hours
from forecasting.hours_page import ALL, EVERYBODY, Asked, HoursPage
from forecasting.spreading import Spread, months_from, spread, weekdays
from scoping.estimating.effort import Efforts
from scoping.models import EstimateVersion, Opportunity
from tests.factories import NOON, make_issue, make_opportunity, make_user
from tests.forecasting.estimates import estimated, made_up
from tests.oracles import delivery_hours
from tests.sow.changed import begun, priced, sign
from tests.sow.making import drafted

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


def look(user, **said):
    form = QueryDict(mutable=True)
    form.update(said)
    return Hours(user, ScopeForm(form), NOON)


def cells_of(hours):
    """By who delivers, role, month and colour, as the oracle has them."""
    page = HoursPage(hours)
    single = {
        asked: each
        for asked, each in page.sums.items()
        if asked.who != EVERYBODY and ALL not in (asked.month, asked.colour)
    }
    return {
        (*asked.who, asked.month, asked.colour): (Fraction(each.hours), Fraction(each.weighted))
        for asked, each in single.items()
    }


@pytest.mark.parametrize("seed", [3, 8])
def test_every_number_is_what_a_count_by_days_finds(seed):
    told = made_up(seed)
    reader = make_user(Role.VIEWER)
    hours = look(reader)

    assert cells_of(hours) == delivery_hours.table(told, TODAY)
    assert {each.issue.pk: each.effort.name for each in hours.works} == {
        each["pk"]: each["name"] for each in told if any(delivery_hours.who(each)[0].values())
    }
    page = HoursPage(hours)
    for asked, amount in page.sums.items():
        assert page.behind(asked).whole == amount, asked
    em, segment = told[0]["em"], told[1]["segment"]
    those = [each for each in told if (each["em"], each["segment"]) == (em, segment)]
    narrowed = look(reader, em=str(em.pk), segment=str(segment.pk))
    assert cells_of(narrowed) == delivery_hours.table(those, TODAY)


def test_an_estimates_hours_are_those_it_shows(em):
    """To the last quarter hour, whoever they are of."""
    for each in made_up(5, count=10):
        effort = Efforts([each["pk"]]).by_issue.get(each["pk"])
        version = EstimateVersion.objects.filter(issue=each["pk"]).order_by("-number").first()
        if effort and version and effort.name.startswith(version.name):
            assert effort.total == Decimal(version.content["totals"]["hours"] or 0)


def test_a_change_order_needs_the_hours_it_adds(em):
    statement = drafted(em)
    sign(statement, em)
    order = begun(statement, em)
    priced(order, em, Check=30, Plan=2)

    works = {each.issue.pk: each for each in look(make_user(Role.VIEWER)).works}

    whole, added = works[statement.issue_id].effort, works[order.issue_id].effort
    assert whole.delivery == 8 + 40 + 16
    assert added.delivery == 2 + 40 + 30 - whole.delivery
    assert [hours for (_, role), hours in added.hours.items() if "manager" not in role] == [8]
    assert added.total < whole.total


def test_settings_say_how_long_after_the_close_and_how_fast(em):
    admin = make_user(Role.ADMIN)
    told = made_up(11, count=8)
    for key, value in (("delivery_lead_weeks", 6), ("delivery_week_hours", "40")):
        set_value(key, value, effective_from=TODAY, reason="x", by=admin, at=NOON)

    wanted = delivery_hours.table(told, TODAY, lead=6, weekly="40")
    assert cells_of(look(em)) == wanted != delivery_hours.table(told, TODAY)


def test_weights_are_those_of_the_forecast(em):
    deal = make_opportunity(stage="4", confidence="amber", close_date=TODAY)
    issue = make_issue(engagement_manager=em, opportunity=deal)
    estimated(Random(1), issue, em, "scenario")  # noqa: S311
    set_value("weight.amber.any_quarter", "0.5", effective_from=TODAY, reason="x", by=em, at=NOON)

    whole = HoursPage(look(em)).sums[Asked()]
    assert whole.hours > 0
    assert whole.weighted == whole.hours / 2
    Opportunity.objects.update(stage="won")
    whole = HoursPage(look(em)).sums[Asked()]
    assert whole.weighted == whole.hours


def test_what_people_write_in_a_sow_breaks_no_page():
    known = {"delivery_lead_weeks": 4, "delivery_week_hours": Decimal(23)}
    months = months_from(TODAY, 6)
    far = Opportunity(close_date=date.max)
    written = [
        {"start_date": "9999-12-31", "end_date": "9999-12-31", "weekly_hours": "1e-999999"},
        {"start_date": "0001-01-01", "end_date": "9999-12-31", "weekly_hours": "NaN"},
        {"start_date": "soon", "end_date": None, "weekly_hours": "-3"},
        {},
    ]
    for fields in written:
        for deal in (far, None):
            found = spread(Decimal(40), fields, deal, known, TODAY)
            assert sum(found.parts(Decimal("40.25"), months)) == Decimal("40.25"), fields
    assert spread(Decimal(40), {}, far, known, TODAY).parts(Decimal(40), months)[-2] == 40
    assert Spread(None, 1, "").parts(Decimal(40), months)[-1] == 40


def test_workdays_are_those_of_the_week():
    for first in range(14):
        begin = TODAY + timedelta(days=first)
        for length in range(-3, 30):
            days = [begin + timedelta(days=n) for n in range(length)]
            until = begin + timedelta(days=length)
            assert weekdays(begin, until) == sum(each.weekday() < 5 for each in days)

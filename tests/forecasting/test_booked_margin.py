"""The margin at booking: of whom it is a goal, for whom who may see cost, as it was frozen."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.timezone import localdate, now

from emdesk.configuration.values import set_value
from emdesk.people.models import Role
from emdesk.people.models.role import Level
from forecasting.booked_margin import booked_margins
from forecasting.dashboard import Dashboard
from forecasting.forms import QuarterForm
from forecasting.look import Look
from forecasting.views.quarters import dashboard_of
from scoping.quarters import FiscalCalendar, quarter_at
from sow.models import ChangeOrder, Done
from tests.factories import NOON, make_segment, make_user
from tests.forecasting.bookings import make_booking
from tests.forecasting.rows import past_the_door
from tests.oracles import booked_margin as oracle
from tests.scoping.pages import queries_of

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 2, 1), date(2026, 4, 30)
TITLE = "At which margin was it booked?"


def told_by(margins):
    return {each.name: (each.percent, len(each.known), each.unknown) for each in margins}


def test_margins_are_those_of_a_second_count():
    chance, told = Random(4), []  # noqa: S311
    lead = make_user(Role.EM_LEAD)
    euros = {"USD": "1", "EUR": "1.25"}
    set_value(
        "exchange_rates", euros, effective_from=date(2026, 1, 1), reason="x", by=lead, at=NOON
    )
    people = [make_user(name=f"EM {level or 'none'}", level=level) for level in ("", *Level)]
    for _ in range(40):
        em = chance.choice(people)
        said = {
            "on": FIRST + timedelta(days=chance.randrange(-20, 110)),
            "net": f"{chance.randrange(100, 90_000)}.40",
            "cogs": chance.choice([None, "4000.10", "90.00", "60000.00"]),
            "currency": chance.choice(["USD", "EUR", "SEK"]),
        }
        make_booking(em, **said)
        told.append(said | {"em": em.name, "level": em.level})
    make_booking(people[-1], FIRST, "500.00", "1.00", until=NOON)
    make_booking(people[-1], FIRST, "500.00", "1.00", key=Done.FINANCE_YES)

    found = told_by(booked_margins(lead, [(FIRST, LAST)], LAST, "USD"))
    wanted = oracle.margins(told, FIRST, LAST, euros)
    everybody = [each | {"em": "Together"} for each in told]
    wanted |= oracle.margins(everybody, FIRST, LAST, euros)

    assert found.keys() == wanted.keys()
    for name, (percent, known, unknown) in wanted.items():
        assert found[name][1:] == (known, unknown), name
        near = found[name][0]
        assert (near is None) == (percent is None)
        assert near is None or abs(near - Decimal(float(percent))) < Decimal("0.02"), name


def test_a_change_order_counts_with_what_it_added():
    em = make_user(level=Level.SENIOR)
    first = make_booking(em, FIRST, "1000.00", "270.00")
    order = make_booking(em, LAST, "1500.00", "520.00")
    base = first.statement
    own = {
        "base": base,
        "reason": "More",
        "basis": base.versions.get(number=1).estimate_version,
        "number": 1,
    }
    with past_the_door():
        ChangeOrder.objects.create(
            issue=order, case="more_scope", opened_by=em, opened_at=NOON, **own
        )

    (found,) = booked_margins(make_user(Role.EM_LEAD), [(FIRST, LAST)], LAST, "USD")

    assert [(each.net, each.cogs) for each in found.bookings] == [(1_000, 270), (500, 250)]
    assert found.percent == Decimal("65.33")


def test_a_margin_is_shown_to_who_sees_that_cost_and_to_nobody_else(client):
    day, quarter = localdate(), quarter_at(now())
    (days, *_) = FiscalCalendar().days(quarter)
    ada = make_user(name="Ada Senior", level=Level.SENIOR)
    bo = make_user(name="Bo Staff", level=Level.STAFF)
    young = make_user(name="Cy Young", level=Level.INTERMEDIATE)
    for em, cogs in ((ada, "270.00"), (bo, "140.00"), (young, "650.00")):
        make_booking(em, day, "1000.00", cogs)
    assert days[0] <= day <= days[1]
    every = (
        *(Role.EM_LEAD, Role.DIRECTOR, Role.PS_LEADERSHIP),
        *(Role.REVENUE, Role.SIGNATORY),
    )

    for address in (f"/forecast/{quarter}/", f"/quarters/{quarter}/"):
        for role in Role:
            client.force_login(make_user(role))
            answer = client.get(address)
            page = answer.content.decode() if answer.status_code == 200 else ""
            assert (TITLE in page) == (role in every), (role, address)
            assert ("73.00 %" in page) == (role in every), (role, address)
            assert ("79.50 %" in page) == (role in every), (role, address)
            assert "35.00 %" not in page, (role, address)  # of an Intermediate
        for person, own in ((ada, "73.00 %"), (bo, "86.00 %"), (young, "")):
            client.force_login(person)
            page = client.get(address).content.decode()
            shown = [each for each in ("73.00 %", "86.00 %", "79.50 %") if each in page]
            assert shown == ([own] if own else []), (person, address)
            assert "35.00 %" not in page
        both = make_user(Role.VIEWER, Role.DELIVERY_MANAGER)  # cost of their own deals alone
        client.force_login(both)
        assert TITLE not in client.get(address).content.decode()


def test_filters_of_the_quarter_narrow_it_and_its_paper_never_tells(client):
    quarter = quarter_at(now())
    ada = make_user(name="Ada Senior", level=Level.SENIOR)
    where = make_segment("Ent_EMEA")
    make_booking(ada, localdate(), "1000.00", "270.00", segment=where)
    make_booking(ada, localdate(), "1000.00", "140.00", segment=make_segment("MM_West"))
    client.force_login(make_user(Role.DIRECTOR))

    page = client.get(f"/quarters/{quarter}/", {"segment": where.pk}).content.decode()
    assert "73.00 %" in page
    assert "79.50 %" not in page
    assert "79.50 %" in client.get(f"/quarters/{quarter}/").content.decode()
    board = Dashboard(Look(quarter, make_user(Role.DIRECTOR), QuarterForm(QueryDict()), now()))
    paper = render_to_string("forecasting/paper.html", dashboard_of(board))
    assert "Win rate" in paper
    assert "79.50 %" not in paper
    assert TITLE not in paper


def test_the_pages_cost_the_same_however_many_were_booked(client):
    quarter, costs = quarter_at(now()), []
    client.force_login(make_user(Role.DIRECTOR))
    for count in (1, 4):
        for _ in range(count):
            make_booking(make_user(level=Level.SENIOR), localdate(), "1000.00", "270.00")
        pages = (f"/forecast/{quarter}/", f"/quarters/{quarter}/")
        costs.append([queries_of(client, each) for each in pages])

    assert costs[0] == costs[1]

"""What is set for all estimates: exact decimals, dated, and heeded by the sheet."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from emdesk.people.models import Role
from scoping.estimating.limits import Limits, limits_on
from tests.factories import make_user
from tests.scoping.estimating.desk import add_line

pytestmark = pytest.mark.django_db
D = Decimal
DAY = date(2026, 3, 2)


def test_shipped_limits_are_those_of_the_sources() -> None:
    assert limits_on(DAY) == Limits(D(50_000), D("2.5"), D(40), 30, D(55), D(30))


def test_a_lead_sets_the_threshold_by_page_and_the_sheet_heeds_it(signed_in, client, estimate):
    add_line(estimate, title="Course", unit_price=D("20000.01"))
    make_user(Role.TECHNICAL_ARCHITECT)
    assert "technical architect" not in client.get(estimate.get_absolute_url()).content.decode()
    said = {"value": "20000.00", "effective_from": "2020-01-01", "reason": "Smaller deals"}
    lead = signed_in(make_user(Role.EM_LEAD))
    assert lead.post("/settings/estimate_review_above/", said).status_code == 302
    assert limits_on(DAY).review_above == D(20_000)
    assert limits_on(date(2020, 1, 1) - timedelta(days=1)).review_above == D(50_000)
    page = client.get(estimate.get_absolute_url()).content.decode()
    assert "List total over 20,000: sending this asks the technical architects." in page
    assert lead.get("/settings/estimate_review_above/").status_code == 200

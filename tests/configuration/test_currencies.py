"""Exchange rates are sheets, dated and kept like every setting."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from emdesk.configuration.currencies import Rates, RatesField, rates_on
from emdesk.configuration.values import set_value
from emdesk.people.models import Role
from tests.subject import make_user

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = NOON.date()


def test_a_sheet_is_read_line_by_line():
    sheet = RatesField().clean("usd 1\nEUR: 1.08, GBP = 1.27\n\n")

    assert sheet == {"USD": 1, "EUR": Decimal("1.08"), "GBP": Decimal("1.27")}
    assert str(sheet) == "USD 1, EUR 1.08, GBP 1.27"
    assert RatesField().prepare_value(sheet) == "USD 1\nEUR 1.08\nGBP 1.27"


@pytest.mark.parametrize(
    "line", ["EUR", "EUR 0", "EUR -1", "EURO 1", "EUR 1e5", "1.08", "EUR 1,08"]
)
def test_what_is_no_rate_is_refused_with_an_example(line):
    with pytest.raises(ValidationError, match=r"EUR 1\.08"):
        RatesField().clean(line)


def test_rates_lead_from_any_currency_to_any_other():
    rates = Rates.read({"USD": "1", "EUR": "1.2", "GBP": "1.5"})

    assert rates.between("EUR", "USD") == Decimal("1.2")
    assert rates.between("GBP", "EUR") == Decimal("1.25")
    assert rates.between("SEK", "SEK") == 1
    assert rates.between("SEK", "USD") is rates.between("USD", "SEK") is None


def test_a_sheet_holds_from_its_day_on(db):
    sheet = Rates.read({"USD": "1", "EUR": "1.08"})
    set_value("exchange_rates", sheet, effective_from=TODAY, reason="x", by=None, at=NOON)

    assert rates_on(TODAY) == sheet
    assert rates_on(TODAY - timedelta(days=1)) == {}


def test_a_lead_writes_a_sheet_on_the_settings_page(client, db):
    client.force_login(make_user(Role.EM_LEAD))
    said = {"value": "USD 1\nEUR 1.08", "effective_from": "2026-03-01", "reason": "March"}

    assert client.post("/settings/exchange_rates/", said).status_code == 302

    assert rates_on(TODAY) == {"USD": 1, "EUR": Decimal("1.08")}
    assert "EUR 1.08, USD 1" in client.get("/settings/").content.decode()
    bad = client.post("/settings/exchange_rates/", said | {"value": "EUR no"})
    assert bad.status_code == 422
    assert "EUR no" in bad.content.decode()

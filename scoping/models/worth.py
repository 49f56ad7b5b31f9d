"""What a deal is worth, as the database reckons it (domain.md §4.2, §10.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Case, DecimalField, F, Q, Value, When
from django.db.models.functions import Cast, Coalesce, NullIf, Round

from emdesk.configuration.currencies import Rates, Sheet

NUMBER: DecimalField[Any, Any] = DecimalField(max_digits=40, decimal_places=28)
CENTS: DecimalField[Any, Any] = DecimalField(max_digits=16, decimal_places=2)
NOTHING = Value(0, output_field=CENTS)
NO_RATE = Cast(Value(None), NUMBER)
EXACT = 12  # decimals, so that half a cent is half a cent again after a division


def booking_value() -> Any:
    """What the account executive quoted, else what the EM expects, else the CRM's amount."""
    quoted = NullIf(F("quoted_value"), NOTHING)
    return Coalesce(quoted, "services_value", "amount", output_field=CENTS)


def education_value() -> Any:
    """The EM's own figure, else the quote's."""
    return Coalesce("edu_override", "edu_value", output_field=CENTS)


def rate(sheets: Sequence[Sheet], on: date, currency: str, closed: Sequence[str]) -> Any:
    """From a deal's currency to ``currency``: by the sheet of its close date once it is closed.

    ``sheets`` are those begun by ``on``, oldest first.
    """
    ended = Q(stage__in=closed, close_date__lte=on)
    begun = [When(close_date__gte=day, then=_by(rates, currency)) for day, rates in sheets[::-1]]
    by_close_date = Case(*begun, default=NO_RATE, output_field=NUMBER)
    by_today = _by(sheets[-1][1], currency) if sheets else NO_RATE
    same = When(currency=currency, then=Value(1, output_field=NUMBER))
    return Case(same, When(ended, then=by_close_date), default=by_today, output_field=NUMBER)


def desk_value() -> Any:
    """To the cent, half away from zero; null without a rate or a value."""
    exact = Round(F("booking_value") * F("rate"), precision=EXACT, output_field=NUMBER)
    return Round(exact, precision=2, output_field=CENTS)


def _by(rates: Rates, currency: str) -> Any:
    """Every currency of a sheet is told in the same one, which cancels out."""
    known = ((code, rates.between(code, currency)) for code in rates)
    found = [When(currency=code, then=Value(rate, NUMBER)) for code, rate in known if rate]
    return Case(*found, default=NO_RATE, output_field=NUMBER)

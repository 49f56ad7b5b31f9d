"""What a deal is worth, as the database reckons it (domain.md §4.2, §10.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Case, DecimalField, F, Func, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf, Round

from emdesk.configuration.currencies import RATES
from emdesk.configuration.models import Setting

NUMBER: DecimalField[Any, Any] = DecimalField(max_digits=30, decimal_places=10)
CENTS: DecimalField[Any, Any] = DecimalField(max_digits=16, decimal_places=2)
NOTHING = Value(0, output_field=CENTS)


class Listed(Func):
    """The number a sheet of rates has for a currency, or null."""

    template = "(%(expressions)s)::numeric"
    arg_joiner = " ->> "
    output_field = NUMBER


def booking_value() -> Any:
    """What the account executive quoted, else what the EM expects, else the CRM's amount."""
    quoted = NullIf(F("quoted_value"), NOTHING)
    return Coalesce(quoted, "services_value", "amount", output_field=CENTS)


def education_value() -> Any:
    """The EM's own figure, else the quote's."""
    return Coalesce("edu_override", "edu_value", output_field=CENTS)


def rate(on: date, currency: str, closed: Sequence[str]) -> Any:
    """From a deal's currency to ``currency``: by the sheet of its close date once it is closed."""
    in_the_end = When(
        stage__in=closed, close_date__lte=on, then=_between(OuterRef("close_date"), currency)
    )
    same = When(currency=currency, then=Value(1, output_field=NUMBER))
    return Case(same, in_the_end, default=_between(on, currency), output_field=NUMBER)


def desk_value() -> Any:
    """To the cent, half away from zero; null without a rate or a value."""
    return Round(F("booking_value") * F("rate"), precision=2, output_field=CENTS)


def _between(day: Any, currency: str) -> Any:
    """Every currency of a sheet is told in the same one, which cancels out."""
    return Listed(_sheet(day), F("currency")) / NullIf(
        Listed(_sheet(day), Value(currency)), Value(0, output_field=NUMBER)
    )


def _sheet(day: Any) -> Subquery:
    begun = Setting.objects.filter(key=RATES, effective_from__lte=day)
    return Subquery(begun.order_by("-effective_from", "-pk").values("value")[:1])

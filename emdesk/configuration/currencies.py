"""The currency figures are told in, and what others are worth: sheets of rates, each dated.

A sheet holds from its day on until the next one. A currency it does not name has no rate, and
what is in it is counted but not priced.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms

from emdesk.configuration.definitions import Definition, register
from emdesk.configuration.models import Setting
from emdesk.configuration.values import value_of
from emdesk.money import CURRENCIES

DESK, RATES = "desk_currency", "exchange_rates"
LINE = re.compile(r"(?P<code>[A-Z]{3})[\s:=]+(?P<rate>[0-9]{1,9}(\.[0-9]{1,9})?)")


class Rates(dict[str, Decimal]):
    """The worth of one unit of each currency, all told in the same one."""

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> Rates:
        return cls({code: Decimal(str(rate)) for code, rate in (stored or {}).items()})

    def between(self, source: str, target: str) -> Decimal | None:
        """How many of ``target`` one of ``source`` buys, or None without a rate."""
        if source == target:
            return Decimal(1)
        return self[source] / self[target] if source in self and target in self else None

    def __str__(self) -> str:
        return ", ".join(f"{code} {rate:f}" for code, rate in self.items()) or "–"


Sheet = tuple[date, Rates]


class RatesField(forms.CharField):
    """A sheet, one currency a line."""

    widget = forms.Textarea(attrs={"rows": 8, "spellcheck": "false"})

    def __init__(self) -> None:
        super().__init__(
            max_length=4_000,
            help_text="One currency a line, all told in the same one: USD 1, EUR 1.08.",
        )

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return "\n".join(f"{code} {rate:f}" for code, rate in value.items())

    def to_python(self, value: Any) -> Any:
        lines = [line.strip().upper() for line in re.split(r"[\n,]", value or "") if line.strip()]
        return Rates(self._rate(line) for line in lines)

    def _rate(self, line: str) -> tuple[str, Decimal]:
        found = LINE.fullmatch(line)
        if not found or not Decimal(found["rate"]):
            raise forms.ValidationError(
                f"“{line[:40]}” is no rate. Write a currency and a number above 0, like EUR 1.08."
            )
        return found["code"], Decimal(found["rate"])


def desk_currency(on: date, known: datetime | None = None) -> str:
    code: str = value_of(DESK, on, known)
    return code


def rates_on(day: date) -> Rates:
    rates: Rates = value_of(RATES, day)
    return rates


def sheets_until(day: date, known: datetime | None = None) -> list[Sheet]:
    """Every sheet begun by this day, oldest first; a correction stands for what it corrects."""
    rows = Setting.objects.known(known).filter(key=RATES, effective_from__lte=day)
    rows = rows.order_by("effective_from", "pk")
    last = {
        begins: Rates.read(value) for begins, value in rows.values_list("effective_from", "value")
    }
    return sorted(last.items())


register(
    Definition(
        key=DESK,
        name="Currency of figures",
        help="Totals are told in this currency, whatever currencies the deals are in.",
        default="USD",
        field=lambda: forms.ChoiceField(choices=[(code, code) for code in CURRENCIES]),
    )
)
register(
    Definition(
        key=RATES,
        name="Exchange rates",
        help=(
            "What one unit of each currency is worth. Open deals go by the rates of the day one "
            "looks at, closed ones by those of their close date. A deal in a currency that is "
            "not listed is counted but not priced."
        ),
        default=Rates(),
        field=RatesField,
        read=Rates.read,
    )
)

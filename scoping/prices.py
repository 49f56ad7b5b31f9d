"""What deals are worth in one currency, reckoned here: the twin of ``scoping.models.worth``.

For deals as they once stood, whose rows the database has no more.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal

from emdesk.configuration.currencies import desk_currency, sheets_until
from emdesk.money import CENT
from scoping.models.worth import EXACT

FINE = Context(prec=60, rounding=ROUND_HALF_UP)
RATE, NEARLY = Decimal(1).scaleb(-28), Decimal(1).scaleb(-EXACT)


class Prices:
    """By the sheets of rates as they were in the books at a moment."""

    def __init__(self, on: date, known: datetime | None = None, currency: str = "") -> None:
        self.currency = currency or desk_currency(on, known)
        sheets = sheets_until(on, known)
        self._days = [day for day, _ in sheets]
        self._sheets = [rates for _, rates in sheets]
        self._rates: dict[tuple[int, str], Decimal | None] = {}

    def rate(self, currency: str, closed: date | None = None) -> Decimal | None:
        """Today's; for a deal that closed, that of the day it did."""
        if currency == self.currency:
            return Decimal(1)
        begun = len(self._days) if closed is None else bisect_right(self._days, closed)
        return self._by(begun - 1, currency) if begun else None

    def worth(self, value: Decimal | None, rate: Decimal | None) -> Decimal | None:
        """To the cent, half away from zero; nothing without a rate or a value."""
        if value is None or rate is None:
            return None
        exact = FINE.multiply(value, rate).quantize(NEARLY, context=FINE)
        return exact.quantize(CENT, context=FINE) + 0

    def _by(self, sheet: int, currency: str) -> Decimal | None:
        key = (sheet, currency)
        if key not in self._rates:
            found = self._sheets[sheet].between(currency, self.currency)
            self._rates[key] = found and found.quantize(RATE, context=FINE)
        return self._rates[key]

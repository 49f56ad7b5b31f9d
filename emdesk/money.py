"""Money: decimal amounts that know their currency and never mix with another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import total_ordering
from typing import Self

CENT = Decimal("0.01")
LARGEST = Decimal("9999999999.99")
CURRENCIES = ("USD", "EUR", "GBP", "CHF", "JPY", "AUD", "CAD", "INR", "SGD")
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}
AMOUNT = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,2})?")
THOUSANDS = ((Decimal(1_000_000_000), "B"), (Decimal(1_000_000), "M"), (Decimal(1_000), "k"))


class MixedCurrencies(ValueError):
    """Amounts in different currencies have no sum and no order."""


@total_ordering
@dataclass(frozen=True)
class Money:
    """An amount, exact to the cent, in one currency (three letters, as in ISO 4217)."""

    amount: Decimal
    currency: str = "USD"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z]{3}", self.currency):
            raise ValueError(f"A currency is three capital letters like USD, not {self.currency}.")
        object.__setattr__(self, "amount", cents(self.amount))

    @classmethod
    def parse(cls, text: str, currency: str = "USD") -> Self:
        """Read an amount a person typed.

        Thousands separators are refused: 1.234 is a thousand to one reader and one to another.
        """
        text = text.strip()
        if not AMOUNT.fullmatch(text):
            raise ValueError(
                "Write the amount in plain digits, without thousands separators or symbols, "
                "with at most two decimals after a point: 42000 or 42000.50."
            )
        return cls(Decimal(text), currency)

    def __str__(self) -> str:
        return self._spelled(f"{abs(self.amount):,.2f}")

    @property
    def short(self) -> str:
        """For a card: ``$42k``, ``$1.2M``, ``€900``, ``CHF 42k``."""
        return in_short(self.amount, self.currency)

    def _spelled(self, digits: str) -> str:
        return _signed(self.amount, self.currency, digits)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, times: Decimal | int) -> Money:
        return Money(self.amount * times, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def _same(self, other: Money) -> Decimal:
        if self.currency != other.currency:
            raise MixedCurrencies(f"{self} and {other} are in different currencies.")
        return other.amount


def in_short(amount: Decimal, currency: str) -> str:
    """A sum of any size, shortened."""
    return _signed(amount, currency, _shortened(abs(amount)))


def in_full(amount: Decimal, currency: str) -> str:
    """A sum of any size, to the cent where there are cents."""
    return _signed(amount, currency, f"{abs(amount):,.2f}".removesuffix(".00"))


def _signed(amount: Decimal, currency: str, digits: str) -> str:
    symbol = SYMBOLS.get(currency, f"{currency} ")
    return f"{'-' if amount < 0 else ''}{symbol}{digits}"


def cents(amount: Decimal) -> Decimal:
    """Rounded once, half away from zero, as invoices are."""
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise ValueError(f"{amount} is not an amount of money between ±{LARGEST}.")
    return amount.quantize(CENT, ROUND_HALF_UP) + 0  # adding 0 turns -0.00 into 0.00


def _shortened(amount: Decimal) -> str:
    for size, letter in THOUSANDS:
        if _rounded(amount * 1_000 / size, tenths=False) >= 1_000:
            rounded = _rounded(amount / size, tenths=letter != "k" or amount < 10 * size)
            return f"{rounded.normalize():f}{letter}"
    return f"{_rounded(amount, tenths=False):f}"


def _rounded(number: Decimal, *, tenths: bool) -> Decimal:
    return number.quantize(Decimal("0.1") if tenths else Decimal(1), ROUND_HALF_UP)

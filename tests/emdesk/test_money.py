"""Amounts: exact, in one currency, and short enough for a card."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emdesk.money import MixedCurrencies, Money

amounts = st.decimals(-1_000_000_000, 1_000_000_000, places=2)


@pytest.mark.parametrize(
    ("amount", "currency", "short"),
    [
        ("0", "USD", "$0"),
        ("900", "EUR", "€900"),
        ("999.49", "USD", "$999"),
        ("999.50", "USD", "$1k"),
        ("1000", "USD", "$1k"),
        ("4200", "GBP", "£4.2k"),
        ("9950", "USD", "$10k"),
        ("42000", "USD", "$42k"),
        ("42499.99", "CHF", "CHF 42k"),
        ("999499", "USD", "$999k"),
        ("999500", "USD", "$1M"),
        ("1234567", "USD", "$1.2M"),
        ("12345678", "USD", "$12.3M"),
        ("1500000000", "JPY", "JPY 1.5B"),
        ("-42000", "USD", "-$42k"),
    ],
)
def test_an_amount_is_short_on_a_card(amount, currency, short):
    assert Money(Decimal(amount), currency).short == short


def test_an_amount_is_written_out_to_the_cent():
    assert str(Money(Decimal("-1234567.5"))) == "-$1,234,567.50"
    assert str(Money(Decimal(42), "CHF")) == "CHF 42.00"


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("1.005", "1.01"), ("1.004", "1.00"), ("-1.005", "-1.01"), ("2.675", "2.68"), ("1", "1.00")],
)
def test_cents_are_rounded_half_away_from_zero(amount, rounded):
    assert str(Money(Decimal(amount)).amount) == rounded


@given(one=amounts, other=amounts)
def test_sums_in_one_currency_are_exact(one, other):
    total = Money(one) + Money(other)

    assert total.amount == one + other
    assert total - Money(other) == Money(one)


@pytest.mark.parametrize("deed", ["__add__", "__sub__", "__lt__"])
def test_two_currencies_have_no_sum_and_no_order(deed):
    with pytest.raises(MixedCurrencies, match="different currencies"):
        getattr(Money(Decimal(1), "USD"), deed)(Money(Decimal(1), "EUR"))


def test_the_same_amount_in_two_currencies_is_not_equal():
    assert Money(Decimal(1), "USD") != Money(Decimal(1), "EUR")


def test_an_amount_can_be_multiplied_and_is_rounded_once():
    assert Money(Decimal("0.05")) * Decimal("0.1") == Money(Decimal("0.01"))
    assert -(Money(Decimal(2)) * 3) == Money(Decimal(-6))


@pytest.mark.parametrize(
    ("text", "amount"),
    [("42000", "42000"), (" 42000.5 ", "42000.50"), ("-0.01", "-0.01"), ("-0", "0"), ("007", "7")],
)
def test_a_typed_amount_is_read(text, amount):
    assert Money.parse(text) == Money(Decimal(amount))


@pytest.mark.parametrize(
    "text",
    [
        "", "1e5", "1_000", "１２", "٣", "1,000", "1.000,50", "1 000", "$5", "5%", "1.005", ".5", "5.",
        "--1", "+1", "NaN", "Infinity", "12345678901", "0x10", "1\n2", "\x00",
    ],
)  # fmt: skip
def test_what_is_not_plainly_an_amount_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match=r"42000\.50"):
        Money.parse(text)


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "1E+10", "-1E+400"])
def test_no_money_is_endless_or_beyond_the_books(amount):
    with pytest.raises(ValueError, match="not an amount of money"):
        Money(Decimal(amount))


@pytest.mark.parametrize("currency", ["", "usd", "US", "USDX", "U$D", "ÄÖÜ"])
def test_a_currency_is_three_capital_letters(currency):
    with pytest.raises(ValueError, match="three capital letters"):
        Money(Decimal(1), currency)

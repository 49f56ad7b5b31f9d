"""The fiscal calendar's one setting."""

from __future__ import annotations

import calendar
from datetime import date

from django import forms

from emdesk.configuration.definitions import Definition, register
from emdesk.configuration.values import value_of

KEY = "fiscal_first_month"
FEBRUARY = 2


def first_month(on: date) -> int:
    """The month, 1 to 12, in which fiscal years start as of a day."""
    month: int = value_of(KEY, on)
    return month


def months() -> forms.Field:
    named = [(number, calendar.month_name[number]) for number in range(1, 13)]
    return forms.TypedChoiceField(choices=named, coerce=int)


register(
    Definition(
        key=KEY,
        name="First month of the fiscal year",
        help=(
            "Quarters are counted from this month, and a fiscal year is named for the year it "
            "ends in: starting in February, Q322 is August to October 2021."
        ),
        default=FEBRUARY,
        field=months,
    )
)

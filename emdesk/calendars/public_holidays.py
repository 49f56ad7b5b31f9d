"""Public holidays as the package ``holidays`` knows them, for copying into rows.

It knows the law, not custom: what people here really take off is for them to edit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from warnings import catch_warnings, simplefilter

import holidays
from holidays.registry import COUNTRIES

LONGEST_NAME = 200
LANGUAGE = "en_US"  # else it depends on the environment; its own where there is no English
CAPITAL = re.compile("(?<=[a-z])(?=[A-Z])")


class UnknownPlace(ValueError):
    """No holidays are known of this country or this part of it."""


@cache
def countries() -> list[tuple[str, str]]:
    """Two-letter codes with names, by name."""
    named = {code: CAPITAL.sub(" ", name) for name, code, *_ in COUNTRIES.values()}
    return sorted(named.items(), key=lambda pair: pair[1])


def subdivisions(country: str) -> list[str]:
    """Codes of the parts of a country that have holidays of their own."""
    known = holidays.list_supported_countries(include_aliases=False)
    return sorted(known.get(country, []))


def trouble(country: str, subdivision: str) -> str:
    """Why no holidays are known of this place; empty when they are."""
    if country not in dict(countries()):
        return f"No holidays are known of {country or 'nowhere'}. Use a code such as DE or US."
    parts = subdivisions(country)
    if subdivision and subdivision not in parts:
        known = f"Use one of {', '.join(parts)}." if parts else "Leave it empty."
        return f"{country} has no part {subdivision} with holidays of its own. {known}"
    return ""


def public_holidays(country: str, subdivision: str, years: Iterable[int]) -> dict[date, str]:
    """Each day off of these years with its name, in order. Raises :class:`UnknownPlace`."""
    wrong = trouble(country, subdivision)
    if wrong:
        raise UnknownPlace(wrong)
    with catch_warnings():
        simplefilter("ignore", UserWarning)  # about years it knows nothing of: they have no rows
        found = holidays.country_holidays(
            country, subdiv=subdivision or None, years=list(years), language=LANGUAGE
        )
    return {day: name[:LONGEST_NAME] for day, name in sorted(found.items())}

"""Time zones by name, and as choices of a form."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError

OLD_SPELLINGS = ("Etc/", "SystemV/", "US/")
known_zones = cache(available_timezones)  # it reads a thousand files each time


def valid_time_zone(name: str) -> None:
    if name not in known_zones():
        raise ValidationError(f"{name} is not a time zone. Use a name such as Europe/Berlin.")


def time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every zone by region, each city by its name."""
    regions: dict[str, list[tuple[str, str]]] = {"General": [("UTC", "UTC")]}
    for name in sorted(known_zones()):
        region, slash, city = name.partition("/")
        if slash and not name.startswith(OLD_SPELLINGS):
            regions.setdefault(region, []).append((name, city.replace("_", " ")))
    return list(regions.items())

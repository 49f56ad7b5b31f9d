"""Three voices about one field: what the source said last, what it says now, what stands here.

Where what stands here is not what the source said last, a person changed it, and it stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import models

Fields = dict[str, Any]


def merge(
    here: models.Model, before: Mapping[str, Any], fields: Fields, kept: frozenset[str]
) -> Fields:
    """Set what the source changed and nobody changed here; what that was.

    ``kept`` names the fields that are a person's own from the start, unless still at default.
    """
    changed = {}
    for name, said in plain(fields).items():
        now = _plain(getattr(here, name))
        theirs = before.get(name, _first(here, name, now, kept))
        if said != now == theirs:
            setattr(here, name, fields[name])
            changed[name] = fields[name]
    return changed


def plain(fields: Mapping[str, Any]) -> Fields:
    """Values as JSON keeps them, so that they compare equal when they come back."""
    return {name: _plain(value) for name, value in fields.items()}


def _first(here: models.Model, name: str, now: Any, kept: frozenset[str]) -> Any:
    """What the source is taken to have said before it ever spoke."""
    if name not in kept:
        return now
    field: Any = here._meta.get_field(name)
    return _plain(field.get_default())


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str | list):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)

"""What can be set, as told by whoever reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms


def as_stored(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Definition:
    """One thing people may set: its name, what it means, and what holds until they do.

    ``field`` asks a person for the value; ``read`` turns stored JSON back into it, where JSON
    alone cannot say it (a decimal, a date).
    """

    key: str
    name: str
    help: str
    default: Any
    field: Callable[[], forms.Field]
    read: Callable[[Any], Any] = as_stored

    def spell(self, value: Any) -> str:
        """The value as the form would show it: a choice by its name, nothing as a dash."""
        if value is None:
            return "–"
        names = dict(getattr(self.field(), "choices", ()))
        return str(names.get(value, value)) if names else str(value)


_definitions: dict[str, Definition] = {}


def register(definition: Definition) -> None:
    _definitions[definition.key] = definition


def registered() -> list[Definition]:
    return sorted(_definitions.values(), key=lambda definition: definition.name)


def definition_of(key: str) -> Definition:
    """The definition, or :class:`KeyError`: nobody can read or set what was never defined."""
    return _definitions[key]


def spelled(key: str, stored: Any) -> tuple[str, str]:
    """The names of a setting and a stored value, also of one no longer defined."""
    definition = _definitions.get(key)
    if definition is None:
        return key, str(stored)
    return definition.name, definition.spell(definition.read(stored))

"""What differs between two versions of the catalogue, item by item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scoping.catalogue.kinds import KINDS, SERVICE, Kind, facts
from scoping.models import CatalogueVersion

ADDED, CHANGED, WITHDRAWN = "added", "changed", "withdrawn"


@dataclass(frozen=True)
class Change:
    """One item that differs; ``fields`` are title, old and new text of what changed of it."""

    how: str
    kind: Kind
    key: str
    title: str
    fields: list[tuple[str, str, str]]


def difference(old: CatalogueVersion | None, new: CatalogueVersion) -> list[Change]:
    """Kind by kind: what was changed, added and withdrawn; everything is added to nothing."""
    return [change for kind in KINDS.values() for change in _of_kind(kind, old, new)]


def tally(changes: list[Change]) -> dict[str, int]:
    """How many items were added, changed and withdrawn."""
    return {how: sum(each.how == how for each in changes) for how in (ADDED, CHANGED, WITHDRAWN)}


def _of_kind(kind: Kind, old: CatalogueVersion | None, new: CatalogueVersion) -> list[Change]:
    was, now = (_items(kind, old) if old else {}), _items(kind, new)
    changes = []
    for key, item in now.items():
        if key not in was:
            told = [(name, "", text) for name, text in facts(kind, item).items() if text]
            changes.append(Change(ADDED, kind, key, item.title, told))
        elif told := _fields(facts(kind, was[key]), facts(kind, item)):
            changes.append(Change(CHANGED, kind, key, item.title, told))
    gone = [key for key in was if key not in now]
    return changes + [Change(WITHDRAWN, kind, key, was[key].title, []) for key in gone]


def _items(kind: Kind, version: CatalogueVersion) -> dict[str, Any]:
    rows = kind.of(version)
    rows = rows.prefetch_related("bands") if kind is SERVICE else rows
    return {getattr(item, kind.key): item for item in rows}


def _fields(was: dict[str, str], now: dict[str, str]) -> list[tuple[str, str, str]]:
    return [(name, was[name], text) for name, text in now.items() if text != was[name]]

"""What is done with whole sections: add, remove, move, take another text of the library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from emdesk.workflow import Refused
from sow.content import FALLBACK, HAND, LIBRARY, Content, Section, free_key, source
from sow.kinds import Kind
from sow.models import Clause

Act = Callable[[Content], Content]


def add(after: str, clause: Clause | None = None) -> Act:
    """A new section behind another one: empty, or a clause of the library."""

    def act(content: Content) -> Content:
        kind = clause.kind if clause else Kind.OTHER.value
        key = free_key(kind, (each.key for each in content.sections))
        new = _from_library(key, clause) if clause else _empty(key)
        place = _place(content, after) + 1 if after else len(content.sections)
        sections = [*content.sections]
        sections.insert(place, new)
        return replace(content, sections=tuple(sections))

    return act


def remove(key: str) -> Act:
    def act(content: Content) -> Content:
        _place(content, key)
        return replace(
            content, sections=tuple(each for each in content.sections if each.key != key)
        )

    return act


def move(key: str, by: int) -> Act:
    """Up or down by one; at the end it stays."""

    def act(content: Content) -> Content:
        place = _place(content, key)
        there = min(max(place + by, 0), len(content.sections) - 1)
        sections = [*content.sections]
        sections.insert(there, sections.pop(place))
        return replace(content, sections=tuple(sections))

    return act


def take(key: str, clause: Clause, fallback: int | None = None) -> Act:
    """The text of a clause, or one of its fallbacks, in place of what stands there."""

    def act(content: Content) -> Content:
        place = _place(content, key)
        sections = [*content.sections]
        was = sections[place]
        new = _from_library(key, clause, fallback)
        sections[place] = replace(new, kind=was.kind, title=was.title)
        return replace(content, sections=tuple(sections))

    return act


def _from_library(key: str, clause: Clause, fallback: int | None = None) -> Section:
    said: dict[str, object] = {"clause": clause.key, "version": clause.latest}
    text, fallbacks = clause.text, clause.fallbacks  # type: ignore[attr-defined]
    if fallback is None:
        return Section(key, clause.kind, clause.title, text, source(LIBRARY, text, **said))
    if not 0 <= fallback < len(fallbacks):
        raise Refused("The library has no such fallback any more. Look again.")
    text, said["fallback"] = fallbacks[fallback]["text"], fallbacks[fallback]["name"]
    return Section(key, clause.kind, clause.title, text, source(FALLBACK, text, **said))


def _empty(key: str) -> Section:
    return Section(key, Kind.OTHER, "New section", "", {"from": HAND})


def _place(content: Content, key: str) -> int:
    for place, section in enumerate(content.sections):
        if section.key == key:
            return place
    raise Refused("This section is not there any more. Look again.")

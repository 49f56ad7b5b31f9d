"""Parts of a text that an estimate tells, built anew among those that stay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sow.content import Section, free_key
from sow.kinds import Kind

BUILT = (Kind.SCOPE, Kind.EDUCATION, Kind.EFFORT, Kind.FEES)
ORDER = "order"


def built(sections: Iterable[Section]) -> list[Section]:
    """Those that are of the estimate alone, and what a change order says of itself."""
    return [each for each in sections if each.kind in BUILT or each.key == ORDER]


def joined(now: Sequence[Section], anew: Sequence[Section]) -> list[Section]:
    """Each kind that is built anew where its first section stood; a new one behind the scope."""
    found: list[Section] = []
    placed: set[str] = set()
    for each in now:
        if each.key == ORDER:
            found += [one for one in anew if one.key == ORDER]
        elif each.kind not in BUILT:
            found.append(each)
        elif each.kind not in placed:
            placed.add(each.kind)
            found += [one for one in anew if one.kind == each.kind]
        if each.kind == Kind.SCOPE and Kind.EDUCATION not in {one.kind for one in now}:
            found += [one for one in anew if one.kind == Kind.EDUCATION and one.kind not in placed]
            placed.add(Kind.EDUCATION)
    left = [one for one in anew if one.key != ORDER and one.kind not in placed]
    return _numbered([*found, *left])


def _numbered(sections: Sequence[Section]) -> list[Section]:
    """With keys that are each there once."""
    taken: list[str] = []
    found = []
    for each in sections:
        key = each.key if each.key not in taken else free_key(each.kind, taken)
        taken.append(key)
        found.append(replace(each, key=key))
    return found

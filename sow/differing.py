"""Two versions of a statement of work beside each other: what a reader wants to know first.

Price, dates, parties and liability come first, then how much changed (peers.md §5.7).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sow.compare import Change, How, Part, compare, told
from sow.content import Content
from sow.fields import FIELDS
from sow.kinds import Kind

FIRST = (
    ("Price", ("grand_total", "list_total", "discount", "fee_type", "currency"), (Kind.FEES,)),
    ("Dates", ("start_date", "end_date", "expiry_date"), (Kind.SCHEDULE,)),
    ("Parties", ("legal_name", "agreement", "our_signatory", "customer_signatory"), (Kind.HEADER,)),
    ("Liability", (), (Kind.LIABILITY,)),
)
MOST = 12


@dataclass(frozen=True)
class Point:
    """One of the things asked first: fields with their old and new values, and changed sections."""

    name: str
    fields: tuple[tuple[str, str, str], ...]
    sections: tuple[Change, ...]

    @property
    def differs(self) -> bool:
        return bool(self.fields or self.sections)


@dataclass(frozen=True)
class Difference:
    points: tuple[Point, ...]
    fields: tuple[tuple[str, str, str], ...]
    changes: tuple[Change, ...]

    @property
    def differing(self) -> list[Change]:
        return [change for change in self.changes if change.differs]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many sections were changed, added, removed and moved; only what there is."""
        found = Counter(change.how.value for change in self.changes if change.how is not How.SAME)
        found["moved"] = sum(change.moved for change in self.changes)
        return [(name, count) for name, count in found.items() if count]


def difference(old: Content, new: Content) -> Difference:
    changes = tuple(compare(_parts(old), _parts(new)))
    fields = tuple(_fields(old, new, FIELDS))
    kinds = {each.key: each.kind for each in (*old.sections, *new.sections)}
    points = tuple(
        Point(
            name,
            tuple(_fields(old, new, names)),
            tuple(each for each in changes if each.differs and kinds[each.key] in about),
        )
        for name, names, about in FIRST
    )
    return Difference(points, fields, changes)


def sentences(old: Content, new: Content) -> list[str]:
    """The same in words, for the list of versions and the ledger."""
    found = difference(old, new)
    said = [
        f"{label}: {was or 'not known'} → {now or 'not known'}" for label, was, now in found.fields
    ]
    raw = compare(_raw(old), _raw(new))
    said += [told(change) for change in raw if change.differs]
    left = len(said) - MOST
    return said[:MOST] + ([f"and {left} more"] if left > 0 else [])


def _fields(old: Content, new: Content, names: object) -> Iterator[tuple[str, str, str]]:
    for name in names:  # type: ignore[attr-defined]
        was, now = old.value(name), new.value(name)
        if was != now:
            yield FIELDS[name].label, was, now


def _parts(content: Content) -> list[Part]:
    return [Part(each.key, each.title, each.text) for each in content.plain().sections]


def _raw(content: Content) -> list[Part]:
    """With fields by name: a changed field is one change, wherever it shows."""
    return [Part(each.key, each.title, each.text) for each in content.sections]

"""What changed between two texts, word by word, and between two lists of sections.

Sections are found again by their key, moved ones by their order; paragraphs are put side by side
first, so that words are compared only within what belongs together.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

WORDS = re.compile(r"\S+\s*|\s+")
SENTENCES = re.compile(r".+?(?:[.!?;:]\s+|\n+|\Z)|\n", re.DOTALL)
MOST_WORDS = 2_000  # of one block; beyond it whole sentences are compared


class How(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


class Op(StrEnum):
    KEPT = "kept"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Part:
    """One section as it reads."""

    key: str
    title: str
    text: str


@dataclass(frozen=True)
class Piece:
    """A run of text that stayed, went or came."""

    op: Op
    text: str


@dataclass(frozen=True)
class Change:
    """What became of one section; ``moved`` is told beside whether its words changed."""

    key: str
    how: How
    moved: bool
    old: Part | None
    new: Part | None
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]

    @property
    def differs(self) -> bool:
        return self.moved or self.how is not How.SAME

    def words(self, op: Op) -> int:
        return sum(len(piece.text.split()) for piece in self.text if piece.op is op)


def compare(old: Sequence[Part], new: Sequence[Part]) -> list[Change]:
    """Every section of both, in the order of the new one; what was removed where it stood."""
    pairs = _pairs(old, new)
    order = [before for _, before in pairs if before is not None]
    stayed = _longest_rising([old.index(before) for before in order])
    kept = {order[place].key for place in stayed}
    found = [
        _change(before, after, moved=before is not None and before.key not in kept)
        for after, before in pairs
    ]
    for before in _left(old, pairs):
        found.insert(_place(before, old, found), _change(before, None, moved=False))
    return found


def words(old: str, new: str) -> tuple[Piece, ...]:
    """The new text out of the old one: together what stayed and went is the old, and what stayed
    and came is the new."""
    if old == new:
        return (Piece(Op.KEPT, old),) if old else ()
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    found: list[Piece] = []
    for op, i, j, k, m in _opcodes(before, after):
        if op == "equal":
            found.append(Piece(Op.KEPT, "".join(before[i:j])))
        else:
            found += _block("".join(before[i:j]), "".join(after[k:m]))
    return tuple(_joined(found))


def applied(pieces: Iterable[Piece]) -> str:
    """The new text."""
    return "".join(piece.text for piece in pieces if piece.op is not Op.GONE)


def taken_back(pieces: Iterable[Piece]) -> str:
    """The old text."""
    return "".join(piece.text for piece in pieces if piece.op is not Op.NEW)


def told(change: Change) -> str:
    """One change in a sentence."""
    title = (change.new or change.old or Part("", "", "")).title
    if change.how is How.ADDED:
        return f"added “{title}”"
    if change.how is How.REMOVED:
        return f"removed “{title}”"
    counts = [
        f"{sign}{change.words(op)}"
        for op, sign in ((Op.NEW, "+"), (Op.GONE, "−"))
        if change.words(op)
    ]
    moved = ["moved"] if change.moved else []
    renamed = ["renamed"] if change.old and change.old.title != title else []
    text = [f"{' '.join(counts)} words"] if counts else []
    if not (moved or renamed or text):
        text = ["spaces"]
    return f"“{title}”: {', '.join([*moved, *renamed, *text])}"


def _change(old: Part | None, new: Part | None, *, moved: bool) -> Change:
    first, then = old or Part("", "", ""), new or Part("", "", "")
    title, text = words(first.title, then.title), words(first.text, then.text)
    how = How.CHANGED
    if old is None:
        how = How.ADDED
    elif new is None:
        how = How.REMOVED
    elif (old.title, old.text) == (new.title, new.text):
        how = How.SAME
    return Change((new or first).key, how, moved, old, new, title, text)


def _pairs(old: Sequence[Part], new: Sequence[Part]) -> list[tuple[Part, Part | None]]:
    """Each new section with the old one it was: of the same key, else of the very same words."""
    by_key = {part.key: part for part in old}
    gone = [part for part in old if part.key not in {each.key for each in new}]
    found: list[tuple[Part, Part | None]] = []
    for part in new:
        before = by_key.get(part.key)
        if before is None:
            before = next((each for each in gone if each.text == part.text != ""), None)
            if before:
                gone.remove(before)
        found.append((part, before))
    return found


def _left(old: Sequence[Part], pairs: Sequence[tuple[Part, Part | None]]) -> list[Part]:
    used = {before.key for _, before in pairs if before}
    return [part for part in old if part.key not in used]


def _place(part: Part, old: Sequence[Part], found: Sequence[Change]) -> int:
    """After the nearest section before it that is still there."""
    earlier = [each.key for each in old[: old.index(part)]]
    places = {change.old.key: place for place, change in enumerate(found) if change.old}
    return next((places[key] + 1 for key in reversed(earlier) if key in places), 0)


def _longest_rising(numbers: Sequence[int]) -> list[int]:
    """Places of the longest rising run: these stayed in order, the others were moved."""
    tails: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        length = bisect_left(tails, number)
        tails[length : length + 1] = [number]
        last[length : length + 1] = [place]
        before.append(last[length - 1] if length else -1)
    place = last[-1] if last else -1
    found = []
    while place >= 0:
        found.append(place)
        place = before[place]
    return found[::-1]


def _block(old: str, new: str) -> Iterator[Piece]:
    """Within paragraphs that belong together words, in overlong ones sentences."""
    tokens = WORDS if max(len(old.split()), len(new.split())) <= MOST_WORDS else SENTENCES
    before, after = tokens.findall(old), tokens.findall(new)
    for op, i, j, k, m in _opcodes(before, after):
        if op == "equal":
            yield Piece(Op.KEPT, "".join(before[i:j]))
            continue
        if gone := "".join(before[i:j]):
            yield Piece(Op.GONE, gone)
        if came := "".join(after[k:m]):
            yield Piece(Op.NEW, came)


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one."""
    last: Piece | None = None
    for piece in pieces:
        if last and last.op is piece.op:
            last = Piece(last.op, last.text + piece.text)
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last

"""Changes to a text, and where they belong in another telling of it.

What customers read has every field filled in, what Word gives back has lost its Markdown, and the
newest version may say something else by now: a change is carried over only where the words it
touches stand there too. Whatever cannot be carried is left to a person.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from sow.compare import Op, words
from sow.fields import ESCAPED

TOKENS = re.compile(
    r"\s*\n\s*(?:[-*+][ ]|\d+[.)][ ]|\#{1,6}[ ]|>[ ]?)?"  # a line's end, with the mark of the next
    r"|\w+|[^\S\n]+|[^\w\s]"
)
MARKUP = re.compile(r"[*_`~\\#| ]*\Z")
PAIRED = re.compile(r"\*+|_+|`+|~+")
ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+")
AT_LINE_START = re.compile(r"^(\s*)([-+])(?=\s)", re.MULTILINE)


@dataclass(frozen=True)
class Edit:
    """``text[start:end]`` becomes ``new``."""

    start: int
    end: int
    new: str


def edits(old: str, new: str) -> list[Edit]:
    """What makes the new text of the old one; what goes and comes in one place is one edit."""
    found: list[Edit] = []
    at, joins = 0, False
    for piece in words(old, new):
        if piece.op is Op.KEPT:
            at, joins = at + len(piece.text), False
            continue
        gone, came = (piece.text, "") if piece.op is Op.GONE else ("", piece.text)
        edit = Edit(at, at + len(gone), came)
        if joins:
            last = found.pop()
            edit = Edit(last.start, edit.end, last.new + came)
        found.append(edit)
        at, joins = at + len(gone), True
    return [_narrowed(edit, old) for edit in found]


def applied(text: str, changes: Iterable[Edit]) -> str:
    """All of them at once; they do not overlap."""
    for edit in sorted(changes, key=lambda each: (each.start, each.end), reverse=True):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text


def shifted(edit: Edit, before: Iterable[Edit]) -> Edit:
    """The same once others, which lie before it, were made."""
    by = sum(len(each.new) - (each.end - each.start) for each in before if each.end <= edit.start)
    return Edit(edit.start + by, edit.end + by, edit.new)


@dataclass
class Way:
    """From one telling of a text to another, found once for all its changes.

    ``strict`` lets nothing pass that touches what differs: then somebody meant it to differ.
    Else the tellings differ in form alone, as by marks of Markdown.
    """

    old: str
    new: str
    strict: bool = False
    _here: list[re.Match[str]] = field(init=False)
    _there: list[re.Match[str]] = field(init=False)
    _matched: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self._here, self._there = (list(TOKENS.finditer(text)) for text in (self.old, self.new))
        self._matched = _matched(
            [_plain(token[0]) for token in self._here], [_plain(token[0]) for token in self._there]
        )

    def carry(self, edit: Edit) -> Edit | None:
        """The edit that does the same there; None when that place cannot be told for sure."""
        if self.old == self.new:
            return edit
        edit, first, last = self._whole(edit if self.strict else _trimmed(edit, self.old))
        return self._at(edit, first) if first == last else self._over(edit, first, last)

    def _whole(self, edit: Edit) -> tuple[Edit, int, int]:
        """Grown to whole words, with the places of the first of them and of the one behind."""
        touched = [
            place
            for place, token in enumerate(self._here)
            if token.start() < edit.end and edit.start < token.end()
        ]
        if not touched:
            place = sum(token.end() <= edit.start for token in self._here)
            return edit, place, place
        start = min(edit.start, self._here[touched[0]].start())
        end = max(edit.end, self._here[touched[-1]].end())
        new = self.old[start : edit.start] + edit.new + self.old[edit.end : end]
        return Edit(start, end, new), touched[0], touched[-1] + 1

    def _at(self, edit: Edit, place: int) -> Edit | None:
        """Between two words."""
        left, right = self._matched.get(place - 1), self._matched.get(place)
        if self.strict and not self._undisturbed(place, place):
            return None
        if left is not None:
            at = self._there[left].end()
        elif right is not None:
            at = self._there[right].start()
        else:
            return None
        return Edit(at, at, edit.new)

    def _over(self, edit: Edit, first: int, last: int) -> Edit | None:
        """In place of words."""
        found = [self._matched.get(place) for place in range(first, last)]
        places = [place for place in found if place is not None]
        if len(places) < len(found) or (self.strict and not self._undisturbed(first, last)):
            return None
        for begin, end in self._with_marks(places[0], places[-1] + 1):
            between = [place for place in range(begin, end) if place not in set(places)]
            if self._only_marks(between):
                return Edit(self._there[begin].start(), self._there[end - 1].end(), edit.new)
        return None

    def _with_marks(self, begin: int, end: int) -> list[tuple[int, int]]:
        """The words alone, then with the marks that stand right around them."""
        left, right, known = begin, end, set(self._matched.values())
        while left and left - 1 not in known and PAIRED.match(self._there[left - 1][0]):
            left -= 1
        more = range(end, len(self._there))
        while right in more and right not in known and PAIRED.match(self._there[right][0]):
            right += 1
        return [(begin, end), (left, end), (begin, right), (left, right)]

    def _only_marks(self, places: Sequence[int]) -> bool:
        """Whether nothing but marks of Markdown stands there, none without its partner."""
        text = ""
        for place in places:
            text += "" if place - 1 in places else " "
            text += self._there[place][0]
        told = Counter(PAIRED.findall(text))
        return bool(MARKUP.match(text)) and all(count % 2 == 0 for count in told.values())

    def _undisturbed(self, first: int, last: int) -> bool:
        """Whether the words, and the one on either side, stand together there as they do here."""
        low, high = first - 1, last
        while low >= 0 and _plain(self._here[low][0]) == " ":
            low -= 1
        while high < len(self._here) and _plain(self._here[high][0]) == " ":
            high += 1
        ends = {-1: -1, len(self._here): len(self._there)}
        found = [self._matched.get(each, ends.get(each)) for each in range(low, high + 1)]
        begin = found[0]
        return begin is not None and found == [*range(begin, begin + len(found))]


def as_markdown(new: str, text: str, at: int) -> str | None:
    """Plain words as Markdown at a place of a text; None where lines cannot be added."""
    said = AT_LINE_START.sub(r"\1\\\2", ESCAPED.sub(r"\\\1", new))
    if "\n" not in said:
        return said
    line = text[text.rfind("\n", 0, at) + 1 :].partition("\n")[0]
    if line.lstrip().startswith("|"):
        return None
    item = ITEM.match(line)
    return re.sub(r"\n+", f"\n{item[0]}" if item else "\n\n", said)


def _narrowed(edit: Edit, text: str) -> Edit:
    """Only the words that follow, or that go, after some that stay."""
    gone = text[edit.start : edit.end]
    shorter, longer = sorted((gone, edit.new), key=len)
    if not (shorter and longer.startswith(shorter) and longer[len(shorter) :][:1].isspace()):
        return edit
    stays = len(shorter)
    return Edit(edit.start + stays, edit.end, edit.new[stays:])


def _trimmed(edit: Edit, text: str) -> Edit:
    """Without the space that stays behind the words."""
    gone = text[edit.start : edit.end]
    spaces = gone[len(gone.rstrip()) :]
    if gone == spaces or not spaces or not edit.new.endswith(spaces):
        return edit
    return Edit(edit.start, edit.end - len(spaces), edit.new[: -len(spaces)])


def _plain(token: str) -> str:
    """Ends of lines are alike, and so are spaces."""
    if "\n" in token:
        return "\n"
    return " " if token.isspace() else token


def _matched(here: list[str], there: list[str]) -> dict[int, int]:
    """Places of words here with their places there; what both begin and end with is not searched."""
    shorter = min(len(here), len(there))
    head = next((i for i in range(shorter) if here[i] != there[i]), shorter)
    left = shorter - head
    tail = next((i for i in range(left) if here[-1 - i] != there[-1 - i]), left)
    found = {place: place for place in range(head)}
    found |= {len(here) - 1 - i: len(there) - 1 - i for i in range(tail)}
    middle = here[head : len(here) - tail], there[head : len(there) - tail]
    for block in SequenceMatcher(None, *middle, autojunk=False).get_matching_blocks():
        found |= {head + block.a + i: head + block.b + i for i in range(block.size)}
    return found

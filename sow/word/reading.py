"""What a Word file says clause by clause: words that stand, that were put in and taken out.

Tracked changes and comments carry the name and time Word noted. Only text is read; how it looks
is not, so that a program's own taste changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sow.carrying import Edit
from sow.word.opening import W

ADDS, TAKES = {f"{W}ins", f"{W}moveTo"}, {f"{W}del", f"{W}moveFrom"}
WITHIN = {
    *(f"{W}{name}" for name in ("hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple")),
    *(f"{W}{name}" for name in ("customXml", "dir", "bdo")),
}
BREAKS = {f"{W}br", f"{W}cr"}
SPACES = {f"{W}tab", f"{W}ptab"}
KEPT, NEW, GONE, NEVER = "kept", "new", "gone", "never"


@dataclass(frozen=True)
class Bit:
    """A run of text, and who put it in or took it out, and when."""

    text: str
    how: str = KEPT
    author: str = ""
    at: datetime | None = None


@dataclass
class Told:
    """A clause in the file: bits of its title and of its text."""

    title: list[Bit] = field(default_factory=list)
    text: list[Bit] = field(default_factory=list)


@dataclass(frozen=True)
class Note:
    """A comment beside a clause."""

    section: str
    author: str
    at: datetime | None
    body: str


@dataclass(frozen=True)
class Tracked:
    edit: Edit
    author: str
    at: datetime | None


@dataclass
class Reader:
    """Goes through the document once. ``marks`` are clauses by the name of their bookmark."""

    marks: Mapping[str, str]
    clauses: dict[str, Told] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)  # of comments, by their number
    here: str = ""
    _entitles: bool = False

    def read(self, document: Any) -> None:
        body = document.find(f"{W}body")
        for element in body if body is not None else []:
            self._block(element)

    def _block(self, element: Any) -> None:
        if element.tag == f"{W}p":
            self._paragraph(element)
        elif element.tag == f"{W}tbl":
            for row in element.iter(f"{W}tr"):
                self._row(row)
        elif element.tag == f"{W}bookmarkStart":
            self._enter(element)
        elif element.tag in WITHIN or element.tag in ADDS:
            for each in element:
                self._block(each)

    def _enter(self, mark: Any) -> None:
        key = self.marks.get(mark.get(f"{W}name", ""))
        if key and key not in self.clauses:
            self.here, self._entitles = key, True
            self.clauses[key] = Told()

    def _paragraph(self, element: Any) -> None:
        for mark in element.iter(f"{W}bookmarkStart"):
            self._enter(mark)
        bits = list(self._bits(element, Bit("")))
        if not any(bit.text for bit in bits) or not self.here:
            return
        told = self.clauses[self.here]
        if self._entitles:
            told.title, self._entitles = bits, False
            return
        told.text += [*bits, self._end(element)]

    def _row(self, row: Any) -> None:
        """A line with its cells parted by bars."""
        if not self.here:
            return
        like = _marked(row.find(f"{W}trPr"))
        bits: list[Bit] = []
        for cell in row.findall(f"{W}tc"):
            bits += [replace(like, text=" | ")] if bits else []
            for number, paragraph in enumerate(cell.iter(f"{W}p")):
                bits += [replace(like, text=" ")] if number else []
                bits += self._bits(paragraph, like)
        self.clauses[self.here].text += [*bits, replace(like, text="\n")]

    def _end(self, element: Any) -> Bit:
        """The end of a paragraph, which may be put in or taken out as words are."""
        properties = element.find(f"{W}pPr/{W}rPr")
        return replace(_marked(properties), text="\n")

    def _bits(self, element: Any, like: Bit) -> Iterator[Bit]:
        for each in element:
            if each.tag == f"{W}r":
                yield from self._run(each, like)
            elif each.tag in ADDS | TAKES:
                yield from self._bits(each, _changed(like, each))
            elif each.tag in WITHIN:
                yield from self._bits(each, like)
            elif each.tag == f"{W}commentRangeStart":
                self.places.setdefault(each.get(f"{W}id", ""), self.here)

    def _run(self, run: Any, like: Bit) -> Iterator[Bit]:
        for each in run:
            if each.tag in {f"{W}t", f"{W}delText"}:
                yield replace(like, text=each.text or "")
            elif each.tag in BREAKS:
                yield replace(like, text="\n")
            elif each.tag in SPACES:
                yield replace(like, text=" ")
            elif each.tag == f"{W}noBreakHyphen":
                yield replace(like, text="-")
            elif each.tag == f"{W}commentReference":
                self.places.setdefault(each.get(f"{W}id", ""), self.here)


def notes_in(comments: Any | None, places: Mapping[str, str]) -> list[Note]:
    """Comments, each beside the clause it hangs on."""
    found = []
    for each in comments if comments is not None else []:
        lines = ("".join(_texts(paragraph)) for paragraph in each.iter(f"{W}p"))
        body = "\n".join(line for line in lines if line.strip())
        section = places.get(each.get(f"{W}id", ""), "")
        if body and section:
            found.append(Note(section, each.get(f"{W}author", ""), _time(each), body))
    return found


def before(bits: list[Bit]) -> str:
    """The text without what was tracked."""
    return "".join(bit.text for bit in bits if bit.how in {KEPT, GONE}).rstrip("\n")


def after(bits: list[Bit]) -> str:
    """The text with all that was tracked."""
    return "".join(bit.text for bit in bits if bit.how in {KEPT, NEW}).rstrip("\n")


def tracked(bits: list[Bit]) -> list[Tracked]:
    """Changes of :func:`before`; what one person takes out and puts in there is one change."""
    found: list[Tracked] = []
    at, end, joins = 0, len(before(bits)), False
    for bit in bits:
        long = len(bit.text) if bit.how in {KEPT, GONE} else 0
        if bit.how in {NEW, GONE} and bit.text:
            start, stop = min(at, end), min(at + long, end)
            edit = Edit(start, stop, bit.text if bit.how == NEW else "")
            if joins and found[-1].author == bit.author:
                last = found.pop()
                edit = Edit(last.edit.start, stop, last.edit.new + edit.new)
                bit = replace(bit, at=last.at)
            found.append(Tracked(edit, bit.author, bit.at))
            joins = True
        elif bit.how == KEPT and bit.text:
            joins = False
        at += long
    return [each for each in found if each.edit.new or each.edit.end > each.edit.start]


def _changed(like: Bit, element: Any) -> Bit:
    """What was put in and taken out again was never there."""
    how = NEW if element.tag in ADDS else GONE
    if {how, like.how} == {NEW, GONE} or like.how == NEVER:
        how = NEVER
    return Bit("", how, element.get(f"{W}author", ""), _time(element))


def _marked(properties: Any | None) -> Bit:
    for each in properties if properties is not None else []:
        if each.tag in {f"{W}ins", f"{W}del"}:
            return _changed(Bit(""), each)
    return Bit("")


def _texts(paragraph: Any) -> Iterator[str]:
    for each in paragraph.iter(f"{W}t", f"{W}br", f"{W}tab"):
        yield (each.text or "") if each.tag == f"{W}t" else " "


def _time(element: Any) -> datetime | None:
    """Word writes local time and calls it Zulu; nothing better is in the file."""
    try:
        told = datetime.fromisoformat(element.get(f"{W}date", ""))
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)

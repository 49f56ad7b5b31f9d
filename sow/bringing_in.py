"""Clauses out of statements of work that were written elsewhere, as Markdown.

Each heading down to the third level begins a clause; deeper ones stay in its text. What it is about
is guessed from its title. They come in as drafts: Practice looks at each before it is in use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db.transaction import atomic
from django.utils.text import slugify
from markdown_it import MarkdownIt

from emdesk.people.models import User
from emdesk.workflow import Refused
from sow.content import free_key
from sow.kinds import Kind
from sow.library import keep_clause
from sow.models import Clause
from sow.models.clause import MOST_TEXT

DEEPEST, LONGEST_TITLE, LONGEST_KEY = 3, 120, 56
NUMBER = re.compile(r"^[\d.]+\s+(?=\S)")
MARKS = re.compile(r"[*_`]|\\(?=[^\w\s])")
WORDS: tuple[tuple[str, str], ...] = (
    (r"not required|out of scope|exclu", Kind.EXCLUSIONS),
    (r"background|objective|goal|introduction", Kind.BACKGROUND),
    (r"assumption|prerequisite|furnished", Kind.ASSUMPTIONS),
    (r"agency.s requirements|responsibilit|customer", Kind.RESPONSIBILITIES),
    (r"personnel|level of effort|team|skills", Kind.EFFORT),
    (r"timeline|schedule|period|place and hours|transition", Kind.SCHEDULE),
    (r"acceptance|inspection|quality|performance", Kind.ACCEPTANCE),
    (r"invoic|billing|payment", Kind.BILLING),
    (r"reimburse|fees|price|pricing|type of contract", Kind.FEES),
    (r"travel|expense", Kind.TRAVEL),
    (r"change", Kind.CHANGE),
    (r"security|risk|privacy|data|conflict", Kind.RISKS),
    (r"warrant|liabilit", Kind.LIABILITY),
    (r"signature", Kind.SIGNATURES),
    (r"scope|service|deliverable|requirement|task", Kind.SCOPE),
)


@dataclass(frozen=True)
class Part:
    title: str
    kind: str
    text: str


@dataclass
class Brought:
    made: int = 0
    renewed: int = 0
    same: int = 0


def parts_of(written: str) -> list[Part]:
    """The clauses of a document; a heading with nothing under it begins none."""
    lines = written.replace("\r\n", "\n").replace("\x00", "").split("\n")
    heads = [*_headings(written), (len(lines), len(lines), "")]
    texts = [
        (title, "\n".join(lines[end:begins]).strip())
        for (_, end, title), (begins, _, _) in pairwise(heads)
    ]
    return [Part(title, _kind(title), text) for title, text in texts if text]


def _headings(written: str) -> Iterator[tuple[int, int, str]]:
    """First line, the line behind it, and the title; a whole paragraph is no title."""
    tokens = MarkdownIt().parse(written.replace("\r\n", "\n").replace("\x00", ""))
    for head, inline in pairwise(tokens):
        if head.type != "heading_open" or head.level or int(head.tag[1:]) > DEEPEST or not head.map:
            continue
        title = _title(inline.content)
        if title and len(title) <= LONGEST_TITLE:
            yield head.map[0], head.map[1], title


def _title(heading: str) -> str:
    """Without its number and marks; what is shouted is said in sentence case."""
    said = NUMBER.sub("", " ".join(MARKS.sub("", heading).split())).rstrip(":")
    return said.capitalize() if said.isupper() else said


def _kind(title: str) -> str:
    said = title.lower()
    return next((kind for words, kind in WORDS if re.search(words, said)), Kind.OTHER)


def bring_in(name: str, parts: Sequence[Part], *, by: User, at: datetime) -> Brought:
    """Into the library, all or none; brought in again, only what changed is a new version.

    Raises :class:`Refused` for a part that is too long, and :class:`NotAllowed`.
    """
    found, taken = Brought(), list[str]()
    with atomic():
        for part in parts:
            key = free_key(slugify(f"{name} {part.title}")[:LONGEST_KEY].strip("-"), taken)
            taken.append(key)
            _keep(key, part, name, found, by=by, at=at)
    return found


def _keep(key: str, part: Part, name: str, found: Brought, *, by: User, at: datetime) -> None:
    if len(part.text) > MOST_TEXT:
        raise Refused(f"“{part.title}” is longer than {MOST_TEXT:,} characters. Part it.")
    clause = Clause.objects.with_text().filter(key=key).first()
    if clause and clause.text == part.text:
        found.same += 1
        return
    found.renewed += clause is not None
    found.made += clause is None
    kept = clause or Clause(key=key, kind=part.kind, title=part.title)
    seen = kept.latest
    keep_clause(kept, text=part.text, fallbacks=[], why=f"From {name}", seen=seen, by=by, at=at)

"""Taking a Word file back: recognised as a version of ours, and every change in it listed.

What is tracked has a name and a time. What differs from the file that went out without being
tracked is found by comparing, and flagged. A file that is refused leaves nothing behind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from itertools import pairwise
from typing import BinaryIO

from django.db.transaction import atomic

from emdesk.files.refusal import Refused as NotTaken
from emdesk.files.storing import store
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh
from scoping.rules import works_issue
from sow import rules
from sow.carrying import Edit, Way
from sow.models import OutsideComment, Redline, StatementOfWork, Version
from sow.models.comment import LONGEST_BODY
from sow.models.pen import PARTIES
from sow.models.redline import LONGEST_NAME, Part, Source
from sow.pen import hand_back, held
from sow.redlines import Wanted, keep_redline, wanted_in
from sow.word.opening import Opened, opened
from sow.word.reading import Bit, Note, Reader, Told, after, before, notes_in, tracked
from sow.word.writing import DIGEST, NUMBER, VERSION, docx_of, marks_of

UNTRACKED = "Not tracked"
MOST_CHANGES = 2_000


@dataclass(frozen=True)
class Returned:
    version: Version
    wanted: list[Wanted]
    texts: dict[str, dict[str, str]]
    notes: list[Note]

    @property
    def author(self) -> str:
        said = [each.author for each in self.wanted if each.tracked]
        said += [note.author for note in self.notes]
        names = list(dict.fromkeys(name for name in said if name))
        return (", ".join(names[:3]) or "a Word file")[:LONGEST_NAME]


def take_back(
    statement: StatementOfWork, file: BinaryIO, name: str, *, by: User, at: datetime
) -> Redline:
    """Raises :class:`Refused`, or that of files, with the reason; then nothing is kept."""
    if not rules.redlines(statement.issue, by):
        raise NotAllowed("Its EM, a lead, legal or its account team takes a Word file back.")
    found = read(statement, opened(file, name))
    with atomic():
        issue = fresh(statement.issue)
        if not issue.live:
            raise Refused(f"{issue.reference} is closed. Reopen it first.")
        stored = store(issue, file, name, by=by, at=at)
        kept = keep_redline(
            statement,
            found.wanted,
            version=found.version.number,
            source=Source.WORD,
            author=found.author,
            texts=found.texts,
            by=by,
            at=at,
            file=stored,
        )
        OutsideComment.objects.bulk_create(
            OutsideComment(
                statement=statement,
                redline=kept,
                section=note.section,
                version=found.version.number,
                author=(note.author or "Somebody")[:LONGEST_NAME],
                body=note.body[:LONGEST_BODY],
                at=note.at or at,
            )
            for note in found.notes
        )
        pen = held(statement, at)
        if pen and pen.side in PARTIES and works_issue(issue, by):
            hand_back(statement, by=by, at=at, note="Returned as a Word file.")
    return kept


def read(statement: StatementOfWork, file: Opened) -> Returned:
    """What the file wants changed. Raises what refuses it."""
    version = recognised(statement, file.properties)
    marks = {mark: key for key, mark in marks_of(version.said).items()}
    reader, sent = Reader(marks), Reader(marks)
    reader.read(file.document)
    sent.read(opened(BytesIO(docx_of(version)), "sent.docx").document)
    wanted: list[Wanted] = []
    texts = {}
    for key, was in sent.clauses.items():
        found = list(_changes(key, was, reader.clauses.get(key)))
        if found:
            wanted += found
            texts[key] = {"title": after(was.title), "text": after(was.text)}
    notes = notes_in(file.comments, reader.places)
    if not wanted and not notes:
        raise NotTaken(f"Nothing in this file differs from {version.name}. Nothing was added.")
    if len(wanted) > MOST_CHANGES:
        raise NotTaken(f"This file has {len(wanted):,} changes; {MOST_CHANGES:,} is the most.")
    return Returned(version, wanted, texts, notes)


def recognised(statement: StatementOfWork, told: dict[str, str]) -> Version:
    """The version a file was made from, by its number and digest."""
    number = told.get(VERSION, "")
    known = number.isascii() and number.isdigit() and len(number) < 9
    if told.get(NUMBER) != statement.number or not known:
        raise NotTaken(
            f"This is not a version of {statement.number}. Send the file back that was downloaded "
            "here, or write the changes in by hand."
        )
    version = statement.versions.filter(number=int(number)).first()
    if version is None or version.digest != told.get(DIGEST):
        raise NotTaken(f"{statement.number} has no such version. Was it made elsewhere?")
    return version


def _changes(key: str, was: Told, now: Told | None) -> list[Wanted]:
    if now is None or not (after(now.text).strip() or after(now.title).strip()):
        text = after(was.text)
        said = next(iter(tracked([*now.title, *now.text])), None) if now else None
        gone = Wanted(
            key, Edit(0, len(text), ""), text, UNTRACKED, None, Part.CLAUSE, tracked=False
        )
        if said and before(now.text if now else []) == text:
            gone = replace(gone, author=said.author, said_at=said.at, tracked=True)
        return [gone]
    title = _differences(key, after(was.title), now.title, Part.TITLE)
    return title + _differences(key, after(was.text), now.text, Part.TEXT)


def _differences(key: str, sent: str, bits: list[Bit], part: str) -> list[Wanted]:
    """Tracked changes at their places in what was sent, and what changed besides."""
    now = before(bits)
    way = Way(now, sent)
    found = []
    for each in tracked(bits):
        edit = way.carry(each.edit)
        if edit is None:
            return _untracked(key, sent, after(bits), part)
        old, author = sent[edit.start : edit.end], each.author or "Somebody"
        found.append(Wanted(key, edit, old, author[:LONGEST_NAME], each.at, part))
    found += _untracked(key, sent, now, part)
    found.sort(key=lambda each: (each.edit.start, each.edit.end))
    if any(one.edit.end > then.edit.start for one, then in pairwise(found)):
        return _untracked(key, sent, after(bits), part)
    return found


def _untracked(key: str, sent: str, now: str, part: str) -> list[Wanted]:
    """Where tracked and untracked changes cannot be told apart, all counts as untracked."""
    changes = wanted_in(key, sent, now, UNTRACKED, None, part)
    return [replace(each, tracked=False) for each in changes]

"""Bringing in what others want changed: every change by itself, with who wrote it and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from emdesk.files.models import StoredFile
from emdesk.ledger.models import Origin
from emdesk.ledger.recording import record
from emdesk.people.models import User
from sow.carrying import Edit, edits
from sow.content import Content
from sow.models import Proposal, Redline, RedlineChange, StatementOfWork
from sow.models.redline import Part, Source

REDLINED = "sow.redlined"


@dataclass(frozen=True)
class Wanted:
    """One change as somebody wants it."""

    section: str
    edit: Edit
    old: str
    author: str
    said_at: datetime | None
    part: str = Part.TEXT
    tracked: bool = True


def wanted_in(
    section: str, old: str, new: str, author: str, at: datetime | None, part: str = Part.TEXT
) -> list[Wanted]:
    """What makes the new text of the old one, as one person's changes."""
    return [
        Wanted(section, edit, old[edit.start : edit.end], author, at, part)
        for edit in edits(old, new)
    ]


def keep_redline(
    statement: StatementOfWork,
    wanted: Iterable[Wanted],
    *,
    version: int,
    source: str,
    author: str,
    texts: Mapping[str, Mapping[str, str]],
    by: User | None,
    at: datetime,
    note: str = "",
    file: StoredFile | None = None,
    proposal: Proposal | None = None,
    origin: str = Origin.PERSON,
) -> Redline:
    """All changes of one return, in their order."""
    kept = Redline.objects.create(
        statement=statement,
        version=version,
        source=source,
        author=author,
        texts=texts,
        by=by,
        at=at,
        note=note,
        file=file,
        proposal=proposal,
    )
    changes = [
        RedlineChange(
            redline=kept,
            section=each.section,
            part=each.part,
            start=each.edit.start,
            end=each.edit.end,
            old=each.old,
            new=each.edit.new,
            author=each.author,
            said_at=each.said_at,
            tracked=each.tracked,
        )
        for each in wanted
    ]
    RedlineChange.objects.bulk_create(changes)
    if not changes:
        Redline.objects.filter(pk=kept.pk).update(settled_at=at)
    if source != Source.PEN:
        said = {"sow": statement.number, "version": version, "author": author, "source": source}
        untracked = sum(not each.tracked for each in changes)
        counts = {"changes": len(changes), "untracked": untracked, "redline": kept.pk}
        record(statement.issue, REDLINED, by=by, at=at, origin=origin, **said, **counts)
    return kept


def keep_typed(proposal: Proposal, base: Content) -> Redline | None:
    """The words of who lost the pen as changes to decide; none when they wrote fields alone."""
    author, at = str(proposal.by), proposal.at
    wanted: list[Wanted] = []
    texts = {}
    for typed in proposal.typed:
        if not (section := base.section(typed["key"])):
            continue
        key, was = section.key, {"title": section.title, "text": section.text}
        found = wanted_in(key, was["title"], typed["title"], author, at, Part.TITLE)
        found += wanted_in(key, was["text"], typed["text"], author, at)
        if found:
            wanted += found
            texts[key] = was
    if not wanted:
        return None
    return keep_redline(
        proposal.statement,
        wanted,
        version=proposal.version,
        source=Source.PEN,
        author=author,
        texts=texts,
        by=proposal.by,
        at=at,
        proposal=proposal,
    )


def taken_in(statement: StatementOfWork, number: int) -> list[RedlineChange]:
    """The changes of others that a version accepted."""
    rows = RedlineChange.objects.filter(redline__statement=statement, taken_in=number)
    return list(rows.select_related("decided_by", "redline__statement"))


def open_redlines(statement: StatementOfWork) -> list[Redline]:
    """What came back from outside and is not decided yet."""
    rows = statement.redlines.filter(settled_at=None).exclude(source=Source.PEN)
    left = Count("changes", filter=Q(changes__verdict=""))
    return list(rows.select_related("by", "statement").annotate(left=left))

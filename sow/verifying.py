"""Is a file what it says it is? Its seal, the desk's own record of it, and the ledger, each alone.

A seal proves that nobody changed the file; the record that the desk made this very file, and what
became of it; the ledger that the record was not made up later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from emdesk.files.models import StoredFile
from emdesk.ledger.chain import faults
from emdesk.ledger.models import Event
from emdesk.sealing import verify
from sow.models import Document, Purpose, Stamp


@dataclass(frozen=True)
class Finding:
    """``good`` is False for what speaks against the file."""

    what: str
    good: bool
    said: str


def findings(pdf: bytes) -> list[Finding]:
    """What seal, record and ledger say of these bytes."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    document = _known(sha256)
    found = [_sealed(pdf, document)]
    if document is None:
        return [*found, _stranger(sha256)]
    return [*found, *_recorded(document), _told(document, sha256)]


def _known(sha256: str) -> Document | None:
    rows = Document.objects.select_related("statement__issue", "version", "stamp__version")
    return rows.filter(sha256=sha256).first()


def _sealed(pdf: bytes, document: Document | None) -> Finding:
    seal = verify(pdf)
    if seal is None and document and document.purpose == Purpose.DRAFT:
        return Finding("Seal", good=True, said="None: drafts have no seal.")
    if seal is None:
        return Finding("Seal", good=False, said="There is none, or this is no PDF any more.")
    if not seal.whole:
        said = "BROKEN: the file was changed after it was sealed."
    elif not seal.ours:
        said = f"Whole, but not of this desk: sealed by {seal.by}."
    else:
        when = f"{seal.at:%-d %B %Y, %H:%M:%S %Z}" if seal.at else "an unknown time"
        said = f"Whole and of this desk, {when}. {seal.reason}"
    return Finding("Seal", seal.good, said)


def _stranger(sha256: str) -> Finding:
    """Files that are not statements of work are known too, such as a frozen quarter's."""
    stored = StoredFile.objects.filter(sha256=sha256).first()
    if stored:
        said = f"Known as {stored.name}, kept since {stored.at:%-d %B %Y}; no statement of work."
        return Finding("File", good=True, said=said)
    return Finding("File", good=False, said=f"Not known here. Its SHA-256 is {sha256}.")


def _recorded(document: Document) -> Iterator[Finding]:
    version, kind = document.version, document.get_purpose_display().lower()
    made = f"{document.made_at:%-d %B %Y, %H:%M %Z}"
    said = f"{document.statement.number} {version.name}, {kind}, made {made}."
    yield Finding("File", good=True, said=said)
    stamp: Stamp | None = getattr(document, "stamp", None)
    if stamp is None:
        return
    if stamp.voided_at:
        why = f"VOID since {stamp.voided_at:%-d %B %Y, %H:%M %Z}: {stamp.why}"
        yield Finding("Stamp", good=False, said=f"{why} This file may not be signed.")
    else:
        yield Finding("Stamp", good=True, said=f"Stands. {stamp.text}")


def _told(document: Document, sha256: str) -> Finding:
    issue = document.statement.issue
    places = {f"{each._meta.label_lower} {each.pk}" for each in (issue, document)}
    broken = [str(fault) for fault in faults() if fault.subject in places]
    if broken:
        return Finding("Ledger", good=False, said=f"NOT as it was written: {'; '.join(broken)}.")
    about = (Event.objects.about(each).filter(data__sha256=sha256) for each in (issue, document))
    event = next((event for rows in about for event in rows), None)
    if event is None:
        return Finding("Ledger", good=False, said="It tells nothing of this file.")
    when = f"{event.at:%-d %B %Y, %H:%M %Z}"
    said = f"Whole; event {event.number} of {event.subject_type} {event.subject_id}, {when}."
    return Finding("Ledger", good=True, said=said)

"""A version of a statement of work on paper: its page, its PDF, and the file that keeps it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

from django.template.loader import render_to_string

from emdesk.files.storing import keep
from emdesk.ledger.models import Origin
from emdesk.paper import KEPT, READ, Heard, Press, Printed
from emdesk.sealing import seal
from emdesk.workflow import Refused
from sow.content import Section
from sow.kinds import Kind
from sow.models import Document

SECONDS = 40  # less than a task may take
PRESS = Press(SECONDS)


def stamped_on(document: Document) -> date:
    return document.asked_at.astimezone(UTC).date()


def stamp_text(document: Document) -> str:
    """What stands under the signatures of a stamped file."""
    version = document.version
    return (
        f"Approved for signature by {document.asked_by.name}, {stamped_on(document):%-d %B %Y}. "
        f"{document.statement.number} {version.name}, SHA-256 of its content {version.digest}."
    )


def page_of(document: Document) -> str:
    """The HTML its PDF is set from."""
    statement, version = document.statement, document.version
    sections = version.said.plain().sections
    context = {
        "issue": statement.issue,
        "statement": statement,
        "version": version,
        "fields": version.said.fields,
        "sections": sections,
        "draft": not document.stamped,
        "made": document.asked_at.astimezone(UTC).isoformat(timespec="seconds"),
        "prepared_by": statement.issue.engagement_manager,
        "stamp": stamp_text(document) if document.stamped else "",
        "stamp_after": _signatures(sections),
    }
    return render_to_string("sow/paper.html", context)


def _signatures(sections: tuple[Section, ...]) -> str:
    """The key of the section the stamp stands under: the signatures, else the last."""
    found = [each.key for each in sections if each.kind == Kind.SIGNATURES]
    return (found or [each.key for each in sections])[-1]


def printed(document: Document, heard: Heard = lambda page: None) -> Printed:
    """Its PDF; sealed when it is stamped. ``heard`` is told of each page."""
    html = page_of(document)
    if not document.stamped:
        return PRESS.print(html, READ, heard)
    found = PRESS.print(html, KEPT, heard)
    return Printed(seal(found.pdf, stamp_text(document)), found.pages)


def put_away(
    document: Document, paper: Printed, *, at: datetime, origin: str = Origin.PERSON
) -> None:
    """Keep the file and say that it is made; in the caller's transaction."""
    if not Document.objects.select_for_update().under_way().filter(pk=document.pk).exists():
        raise Refused("This document was made already.")
    kept = keep(
        document, BytesIO(paper.pdf), document.name, by=document.asked_by, at=at, origin=origin
    )
    document.file, document.sha256, document.size = kept, kept.sha256, kept.size
    document.pages, document.made_at = paper.pages, at
    document.save(update_fields=["file", "sha256", "size", "pages", "made_at"])

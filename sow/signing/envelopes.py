"""What DocuSign, Documenso and DocuSeal say of an envelope, in one form for all three.

One signed is not all signed; the same may come twice and late, so each says how far it is, never
what to do. Whose word it is is looked at by the view, over the very bytes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from emdesk.workflow import Refused
from scoping.imports.documents import Broken, number_at, object_at, objects_at, parse, text_at
from scoping.imports.report import Rejected
from sow.models import Place

Body = dict[str, Any]
COMPLETED, DECLINED, VOIDED, EXPIRED = "completed", "declined", "voided", "expired"
LONGEST = 100


@dataclass(frozen=True)
class Person:
    """``signed_at`` is None until they have; ``order`` is their place there."""

    name: str
    email: str
    signed_at: datetime | None = None
    declined: str = ""
    order: int = 1


@dataclass(frozen=True)
class Told:
    """How far an envelope is. ``ends`` says how it ended, ``at`` when that was."""

    envelope: str
    event: str
    people: tuple[Person, ...] = ()
    ends: str = ""
    at: datetime | None = None
    why: str = ""


def read(service: str, text: str) -> Told:
    """Raises :class:`Refused`, in a sentence for whoever set up the webhook."""
    try:
        body = parse(text)
    except Broken as wrong:
        raise Refused(f"This is not JSON: {wrong}.") from None
    if not isinstance(body, dict):
        raise Refused("This is not the body of a webhook: it is no object.")
    try:
        told = READERS[service](body)
    except Rejected as why:
        raise Refused(str(why)) from None
    if not told.envelope or len(told.envelope) > LONGEST:
        raise Refused("It does not say which envelope it is about.")
    return told


def _docusign(body: Body) -> Told:
    data = object_at(body, "data")
    summary, event = object_at(data, "envelopeSummary"), text_at(body, "event")
    ends = {
        "envelope-completed": COMPLETED,
        "envelope-declined": DECLINED,
        "envelope-voided": VOIDED,
    }
    people = tuple(
        Person(
            text_at(each, "name"),
            text_at(each, "email"),
            _moment(each, "signedDateTime") if text_at(each, "status") == "completed" else None,
            _declined(text_at(each, "status") == "declined", text_at(each, "declinedReason")),
            _place(text_at(each, "routingOrder")),
        )
        for each in objects_at(object_at(summary, "recipients"), "signers")
    )
    when = _moment(summary, "completedDateTime") or _moment(body, "generatedDateTime")
    why = text_at(summary, "voidedReason")
    return Told(text_at(data, "envelopeId"), event, people, ends.get(event, ""), when, why)


def _documenso(body: Body) -> Told:
    payload, event = object_at(body, "payload"), text_at(body, "event")
    ends = {
        "DOCUMENT_COMPLETED": COMPLETED,
        "DOCUMENT_REJECTED": DECLINED,
        "DOCUMENT_CANCELLED": VOIDED,
    }
    people = tuple(
        Person(
            text_at(each, "name"),
            text_at(each, "email"),
            _moment(each, "signedAt") if text_at(each, "signingStatus") == "SIGNED" else None,
            _declined(
                text_at(each, "signingStatus") == "REJECTED", text_at(each, "rejectionReason")
            ),
            number_at(each, "signingOrder") or 1,
        )
        for each in objects_at(payload, "recipients")
        if text_at(each, "role") in {"SIGNER", "APPROVER", ""}
    )
    when = _moment(payload, "completedAt") or _moment(body, "createdAt")
    return Told(_key(payload, "id"), event, people, ends.get(event, ""), when)


def _docuseal(body: Body) -> Told:
    data, event = object_at(body, "data"), text_at(body, "event_type")
    of_one = event.startswith("form.")
    submission = object_at(data, "submission") if of_one else data
    envelope = _key(submission, "id") or (_key(data, "submission_id") if of_one else "")
    rows = [data] if of_one else objects_at(data, "submitters")
    people = tuple(
        Person(
            text_at(each, "name"),
            text_at(each, "email"),
            _moment(each, "completed_at") if text_at(each, "status") == "completed" else None,
            _declined(text_at(each, "status") == "declined", text_at(each, "decline_reason")),
            place,
        )
        for place, each in enumerate(rows, start=1)
    )
    status = text_at(submission, "status")
    ends = status if status in {COMPLETED, DECLINED, EXPIRED} else ""
    if event == "submission.archived":
        ends = ends or VOIDED
    when = _moment(submission, "completed_at") or _moment(body, "timestamp")
    return Told(envelope, event, people, ends, when)


def _declined(truth: bool, reason: str) -> str:  # noqa: FBT001 (what the service says)
    return (reason[:500] or "No reason was given.") if truth else ""


def _place(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 1


def _key(body: Body, name: str) -> str:
    """A number or a text: services write either."""
    return (
        text_at(body, name) if isinstance(body.get(name), str) else str(number_at(body, name) or "")
    )


def _moment(body: Body, name: str) -> datetime | None:
    """DocuSign writes seven digits of a second, one more than there are."""
    text = text_at(body, name)
    whole, dot, rest = text.partition(".")
    if dot:
        digits = rest.rstrip("Z")[:6]
        text = f"{whole}.{digits}Z"
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is None:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


READERS: Mapping[str, Callable[[Body], Told]] = {
    Place.DOCUSIGN: _docusign,
    Place.DOCUMENSO: _documenso,
    Place.DOCUSEAL: _docuseal,
}


def signed_by_docusign(body: bytes, given: list[str], key: str) -> bool:
    """Any one of the signatures may match, as keys are renewed."""
    right = base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest())
    matches = [hmac.compare_digest(right, each.strip().encode()) for each in given]
    return any(matches)

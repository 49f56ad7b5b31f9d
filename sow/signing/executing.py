"""The executed file: the statement of work as stamped, who signed it, and how that is known.

One sealed PDF. Its text is set anew from the stamped version, which nobody can change; the stamped
file itself, with its own seal, travels in it, and the evidence names its hash. Made by a worker:
until it is put away in one transaction there is nothing, so one that is killed is begun again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.transaction import atomic
from django.template.loader import render_to_string

from emdesk.enclosing import enclose
from emdesk.ledger.models import Event, Origin
from emdesk.paper import KEPT, Printed
from emdesk.sealing import seal
from sow import booking
from sow.models import (
    Document,
    Done,
    Place,
    Progress,
    Purpose,
    Signer,
    SignerTurn,
    Signing,
    SigningSide,
)
from sow.paper import PRESS, page_of, put_away
from sow.signing.holding import (
    ALL_SIGNED,
    ASKED,
    CODE_SENT,
    CODE_WRONG,
    EXECUTED,
    IDENTIFIED,
    REMINDED,
    REPLACED,
    ROUTED,
    SENT,
    SIGNED,
    VERBS,
    in_hand,
    read,
    tell,
)
from sow.signing.links import COPY_DAYS, make_link, write

TOLD = {
    SENT: "{by} sent it for signature",
    ROUTED: "{by} named who signs for the customer",
    ASKED: "{name} was asked to sign",
    REPLACED: "{name} was named in place of {was}",
    REMINDED: "{name} was reminded",
    CODE_SENT: "{name} asked for a code{address}, which was sent by e-mail",
    CODE_WRONG: "A wrong code was typed for {name}{address}",
    IDENTIFIED: "{name} typed the right code{address}",
    SIGNED: "{name} signed{address}",
    ALL_SIGNED: "Everybody had signed",
}
SIGNED_BY = {Done.SIGNED_US: SigningSide.OURS, Done.SIGNED_THEM: SigningSide.CUSTOMER}
PATIENCE = timedelta(minutes=2)
STYLE = '<link rel="stylesheet" href="paper:css/sow-evidence.css">'


@dataclass(frozen=True)
class Entry:
    """A line of the chain: an event of the ledger in words for both sides, and its hash there."""

    event: Event
    said: str


def waiting(at: datetime) -> list[int]:
    """Signed by all, and nobody has made the file although there was time."""
    rows = Signing.objects.filter(
        standing=Progress.SIGNED, where=Place.HERE, ended_at__lte=at - PATIENCE
    )
    return list(rows.order_by("ended_at").values_list("pk", flat=True))


def execute(pk: int, *, at: datetime, origin: str = Origin.PERSON) -> Document | None:
    """Make and file it; None when that is done already. Raises what printing and sealing do."""
    signing = read(pk)
    if signing.standing != Progress.SIGNED or signing.where != Place.HERE:
        return None
    paper = made(signing)
    with atomic():
        signing = in_hand(signing)
        if signing.standing != Progress.SIGNED:
            return None
        document = Document.objects.create(
            statement=signing.statement,
            version=signing.stamp.version,
            purpose=Purpose.EXECUTED,
            asked_by=signing.sent_by,
            asked_at=at,
        )
        put_away(document, paper, at=at, origin=origin)
        file_away(signing, document, at=at, origin=origin)
        _send_copies(signing, at=at, origin=origin)
    return document


def file_away(signing: Signing, document: Document, *, at: datetime, origin: str) -> Event:
    """It is executed: the end of every signing, wherever it was signed. The issue is locked."""
    signing.standing, signing.executed = Progress.EXECUTED, document
    signing.save(update_fields=["standing", "executed", "ended_at"])
    for key, side in SIGNED_BY.items():
        signers = signing.signers.filter(side=side, turn=SignerTurn.SIGNED)
        booking.signed(key, document, signers, by=signing.sent_by, at=at)
    said: dict[str, Any] = {"executed": document.sha256, "document": document.pk}
    return tell(signing, EXECUTED, by=None, at=at, origin=origin, **said)


def made(signing: Signing) -> Printed:
    stamped = signing.stamp.document
    page = page_of(stamped)
    evidence = render_to_string("sow/_evidence.html", evidence_of(signing))
    page = page.replace("</head>", f"{STYLE}</head>", 1)
    head, _, tail = page.rpartition("</body>")
    found = PRESS.print(f"{head}{evidence}</body>{tail}", KEPT, lambda page: None)
    content = stamped.file.path.read_bytes() if stamped.file else b""
    about = f"The stamped file that was signed, SHA-256 {stamped.sha256}"
    moment = signing.ended_at or signing.sent_at
    pdf = enclose(found.pdf, stamped.name, content, about=about, at=moment)
    reason = f"{signing.statement.number} {signing.stamp.version.name}, executed"
    return Printed(seal(pdf, reason), found.pages)


def evidence_of(signing: Signing) -> dict[str, object]:
    signers = signing.signers.filter(turn=SignerTurn.SIGNED).select_related("signed_by")
    return {
        "signing": signing,
        "statement": signing.statement,
        "stamp": signing.stamp,
        "signers": _in_order(list(signers)),
        "entries": [
            Entry(event, TOLD[event.verb].format(**_known(event)))
            for event in chain_of(signing)
            if event.verb in TOLD
        ],
    }


def _known(event: Event) -> dict[str, str]:
    """What both sides may read of an event; reasons are our own."""
    data = event.data
    address = f" from {data['address']}" if data.get("address") else ""
    return {
        "by": str(event.actor or "The desk"),
        "name": str(data.get("name", "")),
        "was": str(data.get("was", "")),
        "address": address,
    }


def _in_order(signers: Sequence[Signer]) -> list[Signer]:
    return sorted(signers, key=lambda each: (each.side != SigningSide.OURS, each.done_at))


def chain_of(signing: Signing) -> list[Event]:
    """What the ledger holds of this signing, oldest first."""
    events = Event.objects.about(signing.statement.issue).filter(
        verb__in=VERBS, data__signing=signing.pk
    )
    return list(events.select_related("actor").order_by("number"))


def _send_copies(signing: Signing, *, at: datetime, origin: str) -> None:
    """Each customer gets a link to their copy; the desk has its own."""
    signing = read(signing.pk)
    event = chain_of(signing)[-1]
    event.origin = origin if origin != Origin.PERSON else event.origin
    for signer in signing.signers.filter(side=SigningSide.CUSTOMER, turn=SignerTurn.SIGNED):
        signer.signing = signing
        link = make_link(signer, at=at, until=at + COPY_DAYS)
        write(signer, event, "done", at=at, link=link)

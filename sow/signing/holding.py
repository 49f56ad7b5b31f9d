"""A signing in hand: its issue locked, everything read anew, and what is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import append, event_of
from emdesk.people.models import User
from emdesk.workflow import Refused, fresh
from sow.models import Signer, Signing, StatementOfWork

SENT, ROUTED, ASKED = "sow.signing_sent", "sow.signing_routed", "sow.signature_asked"
REPLACED, REMINDED = "sow.signer_replaced", "sow.signature_reminded"
CODE_WRONG = "sow.signing_code_wrong"
CODE_SENT, IDENTIFIED = "sow.signing_code_sent", "sow.signer_identified"
SIGNED, DECLINED = "sow.signed", "sow.signature_declined"
RECALLED, VOIDED, EXPIRED = "sow.signing_recalled", "sow.signing_voided", "sow.signing_expired"
EXPIRING, ALL_SIGNED = "sow.signing_expiring", "sow.signed_by_all"
EXECUTED, ELSEWHERE = "sow.executed", "sow.signed_elsewhere"
VERBS = (
    *(SENT, ROUTED, ASKED, REPLACED, REMINDED, CODE_SENT, CODE_WRONG, IDENTIFIED),
    *(SIGNED, DECLINED, RECALLED, VOIDED, EXPIRED, EXPIRING, ALL_SIGNED, EXECUTED, ELSEWHERE),
)


class Over(Refused):
    """Nothing can be signed here any more; says what happened."""


def in_hand(signing: Signing) -> Signing:
    """As it is now. Everybody who writes about it waits meanwhile."""
    fresh(signing.statement.issue)
    return read(signing.pk)


def read(pk: int) -> Signing:
    rows = Signing.objects.select_related(
        "statement__issue__account", "stamp__version__estimate_version", "sent_by", "routed_by"
    )
    return rows.get(pk=pk)


def open_one(statement: StatementOfWork) -> Signing | None:
    """What is out for signature."""
    return Signing.objects.out().filter(statement=statement).first()


def insist_on_out(signing: Signing) -> None:
    if not signing.out:
        ended = signing.get_standing_display().lower()
        raise Over(f"The signing of {signing.statement.number} is {ended} by now.")


def tell(
    signing: Signing,
    verb: str,
    *,
    by: User | None,
    at: datetime,
    signer: Signer | None = None,
    origin: str = Origin.PERSON,
    **said: Any,
) -> Event:
    """One event about a signing whose issue is locked."""
    about: dict[str, Any] = {
        "sow": signing.statement.number,
        "version": signing.stamp.version.number,
        "signing": signing.pk,
        "sha256": signing.sha256,
    }
    if signer:
        about |= {"signer": signer.pk, "name": signer.name, "side": signer.side}
    event = event_of(signing.statement.issue, verb, by=by, at=at, origin=origin, **about, **said)
    append([event])
    return event


def where_from(address: str | None, agent: str) -> Mapping[str, Any]:
    """For an event: from where somebody acted."""
    return {"address": address or "", "agent": agent[:200]}


def by_emdesk(origin: str) -> str:
    return Origin.SYSTEM if origin == Origin.PERSON else origin

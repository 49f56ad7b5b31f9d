"""Signing and declining: what a signer gives, and what comes of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.transaction import atomic
from django.utils.timezone import localdate, localtime

from emdesk.configuration.values import value_of
from emdesk.ledger.models import Origin
from emdesk.people.models import User
from emdesk.workflow import Refused
from sow.models import Progress, Signer, SignerLink, SignerTurn, Signing
from sow.settings import OUR_SIDE
from sow.signing.holding import DECLINED, SIGNED, Over, in_hand, tell
from sow.signing.turning import advance, end

CONSENT = (
    "I have read this document. I agree to sign it electronically, and my signature here binds "
    "{whom} as it would on paper."
)
MOST_POINTS, MOST_STROKES, EDGE = 3_000, 60, 1_000
POINT = r"\d{1,4},\d{1,4}"
STROKE = rf"{POINT}(?: {POINT})*"  # one way to read it, or a crafted one takes for ever
STROKES = re.compile(rf"{STROKE}(?:;{STROKE})*", re.ASCII)
Strokes = Sequence[Sequence[Sequence[int]]]


@dataclass(frozen=True)
class Signature:
    """What somebody gave: the name they typed, perhaps a drawing, from where."""

    typed: str
    strokes: Strokes = field(default_factory=list)
    address: str | None = None
    agent: str = ""


def strokes_in(text: str) -> Strokes:
    """``x,y x,y;x,y …`` on a field of 1000 by 1000. Raises :class:`Refused` for anything else."""
    if not text.strip():
        return []
    if not STROKES.fullmatch(text.strip()):
        raise Refused("The drawing cannot be read. Draw it again, or type your name alone.")
    found = [
        [[min(int(part), EDGE) for part in point.split(",")] for point in stroke.split()]
        for stroke in text.strip().split(";")
    ]
    if len(found) > MOST_STROKES or sum(map(len, found)) > MOST_POINTS:
        raise Refused("The drawing has too many lines. Draw it again, or type your name alone.")
    return found


def consent_of(signer: Signer, at: datetime) -> str:
    """What they agree to, in so many words."""
    customer = signer.signing.statement.issue.account.name
    whom = value_of(OUR_SIDE, localdate(at)) if signer.ours else customer
    return CONSENT.format(whom=whom)


def reachable(signer: Signer, link: SignerLink, at: datetime) -> None:
    """Raises :class:`Over`, in words for the signer, when their page has nothing to do or read."""
    signing = signer.signing
    if link.until <= at:
        raise Over("This link is too old. Ask whoever sent it for a new one.")
    if signing.standing == Progress.EXECUTED and signer.signed and link.made_at >= _ended(signing):
        return  # the link to their copy
    if signer.asked and signing.out and signing.expires_at > at:
        return
    raise Over(why_over(signer))


def _ended(signing: Signing) -> datetime:
    assert signing.ended_at is not None  # the database holds it  # noqa: S101
    return signing.ended_at


def why_over(signer: Signer) -> str:
    """What happened, to somebody outside."""
    signing = signer.signing
    if signer.done_at:
        did = "signed" if signer.signed else "declined"
        return f"You {did} this on {localtime(signer.done_at):%-d %B %Y, %H:%M %Z}."
    return {
        Progress.RECALLED: "It was taken back by whoever sent it.",
        Progress.VOIDED: "The document was replaced by a new version, which comes with a new link.",
        Progress.DECLINED: "Another signer declined it.",
        Progress.EXPIRED: "It was not signed in time.",
    }.get(
        Progress(signing.standing),
        "Somebody else was asked in your place."
        if signer.turn == SignerTurn.DROPPED
        else "It was not signed in time.",
    )


def sign(link: SignerLink, given: Signature, *, seen: str, at: datetime) -> Signing:
    """A customer signs the file whose hash they ``seen``. Raises :class:`Over`."""
    with atomic():
        signer = _asked(link, at)
        if seen != signer.signing.sha256:
            raise Over("The page showed another file. Open your link again.")
        put_down(signer, given, by=None, at=at)
        advance(signer.signing, at=at)
    return signer.signing


def put_down(
    signer: Signer,
    given: Signature,
    *,
    by: User | None,
    at: datetime,
    origin: str = Origin.PERSON,
    on_behalf_of: str = "",
) -> None:
    """Write a signature down; the issue is locked."""
    typed = " ".join(given.typed.split())
    if not typed:
        raise Refused("Type your name. It is your signature.")
    signer.turn, signer.done_at, signer.remind_at = SignerTurn.SIGNED, at, None
    signer.signed_by, signer.typed, signer.strokes = by, typed, list(given.strokes)
    signer.address, signer.agent = given.address, given.agent[:200]
    signer.consent = consent_of(signer, at)
    signer.save()
    said: dict[str, Any] = {"typed": typed, "drawn": bool(given.strokes)}
    said |= {"address": given.address or "", "agent": signer.agent}
    if on_behalf_of:
        said["on_behalf_of"] = on_behalf_of
    tell(signer.signing, SIGNED, by=by, at=at, signer=signer, origin=origin, **said)


def decline(
    link: SignerLink, reason: str, *, at: datetime, address: str | None, agent: str
) -> None:
    """A customer will not sign: it ends for everybody. Raises :class:`Over`, :class:`Refused`."""
    with atomic():
        signer = _asked(link, at)
        turn_down(signer, reason, by=None, at=at, address=address, agent=agent)


def turn_down(
    signer: Signer,
    reason: str,
    *,
    by: User | None,
    at: datetime,
    address: str | None = None,
    agent: str = "",
    origin: str = Origin.PERSON,
) -> None:
    reason = " ".join(reason.split())[:500]
    if not reason:
        raise Refused("Say why you do not sign, so that it can be put right.")
    signer.turn, signer.done_at, signer.reason = SignerTurn.DECLINED, at, reason
    signer.signed_by, signer.address, signer.agent = by, address, agent[:200]
    signer.remind_at = None
    signer.save()
    said = {"reason": reason, "address": address or "", "agent": agent[:200]}
    end(
        signer.signing,
        Progress.DECLINED,
        DECLINED,
        by=by,
        at=at,
        signer=signer,
        why=reason,
        origin=origin,
        **said,
    )


def _asked(link: SignerLink, at: datetime) -> Signer:
    """Whoever holds the link, asked still, with the issue locked. A link is used up by signing."""
    signing = in_hand(link.signer.signing)
    signer = signing.signers.get(pk=link.signer_id)
    signer.signing = signing
    reachable(signer, link, at)
    if not signer.asked:
        raise Over(why_over(signer))
    return signer

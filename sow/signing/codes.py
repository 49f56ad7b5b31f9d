"""The code by mail that shows who opened a signer's link: six digits, for a while, few tries."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.core import signing as stamps
from django.db.transaction import atomic
from django.utils.crypto import constant_time_compare, salted_hmac

from emdesk.workflow import Refused
from sow.models import Signer, SignerLink
from sow.signing.ceremony import reachable
from sow.signing.holding import CODE_SENT, CODE_WRONG, IDENTIFIED, in_hand, tell, where_from
from sow.signing.links import write

DIGITS, TRIES = 6, 5
HOLDS = timedelta(minutes=10)
PAUSE = timedelta(seconds=30)
PROOF_HOLDS = timedelta(hours=1)
SALT = "sow.signing.code"


class WrongCode(Refused):
    """Says how many tries are left."""


def send_code(link: SignerLink, *, at: datetime, address: str | None, agent: str) -> None:
    """A new code by mail; the one before holds no more. Raises :class:`Refused`."""
    with atomic():
        link, signer = _held(link, at)
        if waits(link, at) and link.code_until and link.code_until - HOLDS > at - PAUSE:
            raise Refused("A code was sent a moment ago. Look in your mail, also in the junk.")
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        link.code, link.tries, link.code_until = _hash(link, code), 0, at + HOLDS
        link.save(update_fields=["code", "tries", "code_until"])
        if signer.asked and signer.opened_at is None:
            signer.opened_at = at
            signer.save(update_fields=["opened_at"])
        said = where_from(address, agent)
        event = tell(signer.signing, CODE_SENT, by=None, at=at, signer=signer, **said)
        minutes = int(HOLDS.total_seconds() // 60)
        write(signer, event, "code", at=at, code=code, minutes=minutes)


def waits(link: SignerLink, at: datetime) -> bool:
    """Whether a code was sent that can still be typed."""
    return bool(link.code and link.code_until and link.code_until > at)


def identify(link: SignerLink, code: str, *, at: datetime, address: str | None, agent: str) -> str:
    """What shows for an hour that the code was right. Raises :class:`WrongCode`, also for the
    right one once it was tried too often or is too old."""
    with atomic():
        link, signer = _held(link, at)
        said = where_from(address, agent)
        problem = _amiss(link, code, at)
        if not problem:
            link.code = ""
            link.save(update_fields=["code"])
            tell(signer.signing, IDENTIFIED, by=None, at=at, signer=signer, **said)
        elif link.code:
            link.tries += 1
            link.save(update_fields=["tries"])
            tell(signer.signing, CODE_WRONG, by=None, at=at, signer=signer, **said)
    if problem:
        raise WrongCode(problem)
    return stamps.dumps([signer.pk, link.token_hash], salt=SALT)


def proven(link: SignerLink, proof: str) -> bool:
    """Whether whoever holds this link showed the code lately."""
    try:
        said: Any = stamps.loads(proof, salt=SALT, max_age=PROOF_HOLDS)
    except stamps.BadSignature:
        return False
    return bool(said == [link.signer_id, link.token_hash])


def _amiss(link: SignerLink, code: str, at: datetime) -> str:
    if not waits(link, at):
        return "This code is too old, or was used. Ask for a new one."
    if link.tries >= TRIES:
        return "Too many wrong codes. Ask for a new one."
    if constant_time_compare(_hash(link, code), link.code):
        return ""
    left = TRIES - link.tries - 1
    return f"This is not the code. {left} {'try' if left == 1 else 'tries'} left."


def _hash(link: SignerLink, code: str) -> str:
    return salted_hmac(SALT, f"{link.pk}:{code}", algorithm="sha256").hexdigest()


def _held(link: SignerLink, at: datetime) -> tuple[SignerLink, Signer]:
    """Both as they are now, with the issue locked, while there is something for them to do."""
    signing = in_hand(link.signer.signing)
    link = SignerLink.objects.get(pk=link.pk)
    signer = signing.signers.get(pk=link.signer_id)
    signer.signing = signing
    reachable(signer, link, at)
    return link, signer

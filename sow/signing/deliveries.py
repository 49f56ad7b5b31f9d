"""Applying what signature services told: once, in any order, and never against what ended."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.transaction import atomic

from emdesk.people.models import User
from emdesk.workflow import Refused
from sow.models import (
    EnvelopeDelivery,
    Outcome,
    Place,
    Progress,
    Signer,
    SignerTurn,
    Signing,
    SigningSide,
)
from sow.signing.envelopes import COMPLETED, DECLINED, EXPIRED, VOIDED, Person, Told, read
from sow.signing.holding import ALL_SIGNED, RECALLED, SIGNED, in_hand, tell
from sow.signing.holding import DECLINED as SAID_NO
from sow.signing.holding import EXPIRED as RAN_OUT
from sow.signing.turning import PENDING, end

log = logging.getLogger(__name__)
ENDS: dict[str, tuple[Progress, str]] = {
    COMPLETED: (Progress.SIGNED, ALL_SIGNED),
    DECLINED: (Progress.DECLINED, SAID_NO),
    VOIDED: (Progress.RECALLED, RECALLED),
    EXPIRED: (Progress.EXPIRED, RAN_OUT),
}


def apply_next(at: datetime) -> bool:
    """Apply the oldest delivery nobody else is at; False when none is due."""
    with atomic():
        waiting = EnvelopeDelivery.objects.due(at).select_for_update(skip_locked=True)
        delivery = waiting.first()
        if delivery is None:
            return False
        _try(delivery, at)
    return True


def look_again(service: str, envelope: str, at: datetime) -> None:
    """What came before anybody noted the envelope is applied after all."""
    kept = EnvelopeDelivery.objects.filter(service=service, envelope=envelope)
    for each in kept.filter(state=Outcome.UNKNOWN):
        each.state, each.due_at = Outcome.WAITING, at
        each.save(update_fields=["state", "due_at"])


def _try(delivery: EnvelopeDelivery, at: datetime) -> None:
    """What goes wrong with one delivery does not hold up the others."""
    try:
        with atomic():
            delivery.settle(*_applied(delivery, at))
    except (InterfaceError, OperationalError):
        raise
    except Refused as why:
        delivery.settle(Outcome.IGNORED, why.reason)
    except Exception as wrong:
        log.exception("The delivery %s could not be applied.", delivery.key)
        delivery.fail(str(wrong), at)


def _applied(delivery: EnvelopeDelivery, at: datetime) -> tuple[Outcome, str]:
    told = read(delivery.service, delivery.body)
    found = Signing.objects.filter(where=delivery.service, envelope=told.envelope)
    known = found.select_related("statement__issue").first()
    if known is None:
        return Outcome.UNKNOWN, "Nobody noted an envelope of this number."
    signing = in_hand(known)
    if not signing.out:
        stands = signing.get_standing_display().lower()
        return Outcome.IGNORED, f"It is {stands} already."
    news = [_person(signing, each, at) for each in told.people if each.email]
    ended = _ended(signing, told, at)
    if ended or any(news):
        return Outcome.APPLIED, ""
    return Outcome.IGNORED, "It says nothing new."


def _person(signing: Signing, person: Person, at: datetime) -> bool:
    """Whether this said something new of a signer."""
    signer = signing.signers.filter(email__iexact=person.email).first()
    new = signer is None
    if signer is None:
        colleague = User.objects.filter(email__iexact=person.email).first()
        signer = Signer.objects.create(
            signing=signing,
            place=min(max(person.order, 1), 99),
            side=SigningSide.OURS if colleague else SigningSide.CUSTOMER,
            user=colleague,
            name=person.name[:120] or person.email[:120],
            email=person.email,
            turn=SignerTurn.ASKED,
            asked_at=at,
        )
    if person.signed_at is None or signer.turn not in PENDING:
        return new
    signer.turn, signer.done_at, signer.typed = SignerTurn.SIGNED, person.signed_at, signer.name
    signer.save(update_fields=["turn", "done_at", "typed"])
    said: dict[str, Any] = {"where": signing.where, "signed_at": person.signed_at.isoformat()}
    tell(signing, SIGNED, by=None, at=at, signer=signer, **said)
    return True


def _ended(signing: Signing, told: Told, at: datetime) -> bool:
    no = next((each for each in told.people if each.declined), None)
    ends = DECLINED if no else told.ends
    if not ends:
        return False
    standing, verb = ENDS[ends]
    where = Place(signing.where).label
    why = no.declined if no else told.why
    if ends != COMPLETED:
        why = why or f"{where} says so."
    signer = signing.signers.filter(email__iexact=no.email).first() if no else None
    end(signing, standing, verb, by=None, at=at, why=why[:500], signer=signer, reason=why[:500])
    return True

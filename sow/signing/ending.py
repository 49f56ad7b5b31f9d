"""Recalling what is out for signature, and what a voided stamp and time do to it."""

from __future__ import annotations

from datetime import datetime

from django.db.transaction import atomic

from emdesk.ledger.models import Origin
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused
from sow import rules
from sow.models import Progress, Signing, Stamp
from sow.signing.holding import EXPIRED, RECALLED, VOIDED, in_hand, insist_on_out, open_one
from sow.signing.turning import end


def recall(
    signing: Signing, why: str, *, by: User, at: datetime, origin: str = Origin.PERSON
) -> None:
    """Take it back: whoever sent it, whoever routed it, or a lead, with a reason."""
    with atomic():
        signing = in_hand(signing)
        if not may_recall(signing, by):
            raise NotAllowed(f"{signing.sent_by.name} sent it and may recall it.")
        insist_on_out(signing)
        why = " ".join(why.split())[:500]
        if not why:
            raise Refused("Say why you recall it.")
        end(signing, Progress.RECALLED, RECALLED, by=by, at=at, why=why, origin=origin, reason=why)


def may_recall(signing: Signing, user: User) -> bool:
    mine = user.pk in {signing.sent_by_id, signing.routed_by_id}
    return mine or rules.routes_ours(signing.statement.issue, user)


def hear(stamp: Stamp, by: User | None, at: datetime) -> None:
    """A stamp is void: what is out is over; what everybody has signed stays signed."""
    found = open_one(stamp.statement)
    if found is None:
        return
    with atomic():
        signing = in_hand(found)
        if signing.out:
            why = "Its legal stamp was taken away."
            end(signing, Progress.VOIDED, VOIDED, by=by, at=at, why=why, reason=stamp.why)


def expire(signing: Signing, at: datetime) -> bool:
    """Whether it was over by now and nobody had said so."""
    with atomic():
        signing = in_hand(signing)
        if not signing.out or signing.expires_at > at:
            return False
        end(signing, Progress.EXPIRED, EXPIRED, by=None, at=at, why="Not signed in time.")
    return True

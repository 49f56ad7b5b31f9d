"""What happens to open signings by itself: reminders, expiry, a signatory who can be asked again.

What is due is looked at again with the issue locked, so running it twice changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.transaction import atomic

from emdesk.approvals.models import Request
from emdesk.ledger.models import Origin
from sow.models import Place, Progress, Signer, SignerTurn, Signing, SigningSide
from sow.outside_mail import forget
from sow.signing.ending import expire
from sow.signing.holding import EXPIRING, REMINDED, in_hand, tell
from sow.signing.ours import KEY
from sow.signing.turning import mail_link, put_to_ours, reminder_after

WARNING = timedelta(days=3)
log = logging.getLogger(__name__)


def mind(at: datetime) -> int:
    """How many were told of, ended or asked again."""
    out = Signing.objects.out().select_related("statement__issue")
    due = Signer.objects.filter(turn=SignerTurn.ASKED, remind_at__lte=at)
    work: list[tuple[Callable[[Any, datetime], bool], Iterable[Any]]] = [
        (expire, list(out.filter(expires_at__lte=at))),
        (warn, list(out.filter(expires_at__lte=at + WARNING, warned_at=None))),
        (remind, list(due.select_related("signing__statement__issue"))),
        (ask_again, _unasked()),
    ]
    done = sum(_tried(act, row, at) for act, rows in work for row in rows)
    if settings.EMAIL_HOST:  # else /mailbox/ is the only place to read it
        forget()
    return done


def _tried(act: Callable[[Any, datetime], bool], row: Any, at: datetime) -> bool:
    """What goes wrong with one does not hold up the others."""
    try:
        return act(row, at)
    except Exception:
        log.exception("%s %s could not be minded; it is tried again.", type(row).__name__, row.pk)
        return False


def warn(signing: Signing, at: datetime) -> bool:
    """Tell who sent it that it runs out soon, once."""
    with atomic():
        signing = in_hand(signing)
        if not signing.out or signing.warned_at or signing.expires_at <= at:
            return False
        signing.warned_at = at
        signing.save(update_fields=["warned_at"])
        until = signing.expires_at.isoformat()
        tell(signing, EXPIRING, by=None, at=at, origin=Origin.SYSTEM, until=until)
    return True


def remind(signer: Signer, at: datetime) -> bool:
    """Once more by mail, with a link of its own; after the last one no more."""
    with atomic():
        signing = in_hand(signer.signing)
        signer = signing.signers.get(pk=signer.pk)
        due = signer.asked and signer.remind_at is not None and signer.remind_at <= at
        if not (due and signing.out and signing.expires_at > at):
            return False
        signer.signing = signing
        signer.reminded += 1
        signer.remind_at = reminder_after(signer, signer.reminded, at)
        signer.save(update_fields=["reminded", "remind_at"])
        times: dict[str, Any] = {"reminder": signer.reminded}
        event = tell(signing, REMINDED, by=None, at=at, signer=signer, **times)
        mail_link(signer, event, "remind", at=at)
    return True


def _unasked() -> list[Signing]:
    """Where our side's turn came and nobody could be asked then."""
    turn = Signer.objects.filter(
        side=SigningSide.OURS,
        turn=SignerTurn.ASKED,
        signing__standing=Progress.OUT,
        signing__where=Place.HERE,
    )
    found = [row.signing for row in turn.select_related("signing__statement__issue")]
    issues = [signing.statement.issue_id for signing in found]
    open_ones = Request.objects.waiting().filter(chain=KEY, subject_id__in=issues)
    asked = set(open_ones.values_list("subject_id", flat=True))
    return [signing for signing in found if signing.statement.issue_id not in asked]


def ask_again(signing: Signing, at: datetime) -> bool:
    with atomic():
        signing = in_hand(signing)
        ours = signing.signers.filter(side=SigningSide.OURS, turn=SignerTurn.ASKED)
        waits = Request.objects.about(signing.statement.issue).filter(chain=KEY).waiting()
        if not signing.out or waits.exists():
            return False
        for each in (signers := list(ours.select_related("user"))):
            each.signing = signing
        return bool(signers) and put_to_ours(signing, signers, at=at, origin=Origin.SYSTEM)

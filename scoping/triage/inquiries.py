"""Sending the mails that ask: none lost, none doubled but where a sender died while sending.

A row is claimed for a minute, sent outside any transaction, then marked. What fails is tried
again, later each time; after eight tries, or when the address is refused, it is parked and the
issue says so. A second copy carries the same Message-ID and the number of the attempt.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from uuid import uuid4

from django.core.mail import EmailMessage
from django.db.transaction import atomic

from emdesk.ledger.recording import record
from scoping.models import Inquiry

LEASE = timedelta(seconds=60)
TRIES = 8
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
log = logging.getLogger(__name__)


def deliver(at: datetime) -> bool:
    """Send the mail that is due longest; whether there was one."""
    inquiry = claim(at)
    if inquiry is None:
        return False
    if inquiry.attempts > TRIES:
        _park(inquiry, "Its senders ended without an answer", at)
        return True
    try:
        mail_of(inquiry).send()
    except (SMTPException, OSError, ValueError) as error:
        _failed(inquiry, error, at)
    else:
        _settle(inquiry, sent_at=at)
    return True


def claim(at: datetime) -> Inquiry | None:
    """One row that nobody else takes for the next minute. ``attempts`` counts this one."""
    with atomic():
        inquiry = Inquiry.objects.due(at).select_for_update(skip_locked=True).first()
        if inquiry is None:
            return None
        inquiry.attempts += 1
        inquiry.token, inquiry.next_at = uuid4(), at + LEASE
        inquiry.save(update_fields=["attempts", "token", "next_at"])
    return inquiry


def mail_of(inquiry: Inquiry) -> EmailMessage:
    headers = {"Message-ID": inquiry.message_id, "X-Emdesk-Attempt": str(inquiry.attempts)}
    return EmailMessage(
        inquiry.subject,
        inquiry.body,
        to=[inquiry.address],
        reply_to=[inquiry.asker.email],
        headers=headers,
    )


def _failed(inquiry: Inquiry, error: Exception, at: datetime) -> None:
    log.warning("mail %s, attempt %s: %s", inquiry.message_id, inquiry.attempts, error)
    if inquiry.attempts >= TRIES or for_good(error):
        _park(inquiry, str(error), at)
    else:
        pause = min(FIRST_PAUSE * 2 ** (inquiry.attempts - 1), LONGEST_PAUSE)
        _settle(inquiry, next_at=at + pause, last_error=str(error)[:300])


def for_good(error: Exception) -> bool:
    """Whether the server will never take this mail."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code >= 500


def _park(inquiry: Inquiry, error: str, at: datetime) -> None:
    with atomic():
        if _settle(inquiry, parked_at=at, last_error=error[:300]):
            told = {"to": inquiry.address, "error": error[:300]}
            record(inquiry.issue, "scoping.ask_failed", by=None, at=at, **told)


def _settle(inquiry: Inquiry, **found: object) -> bool:
    """Note how it went, unless somebody else holds the row by now."""
    mine = Inquiry.objects.unsettled().filter(pk=inquiry.pk, token=inquiry.token)
    return bool(mine.update(**found))

"""Mails, handed to the mail server some at a time over one connection."""

from __future__ import annotations

from datetime import datetime
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from typing import Any

from django.core.mail import get_connection

from emdesk.notifications.digests import KIND, put_back
from emdesk.notifications.handing_over import Round, claim
from emdesk.notifications.models import Mail
from emdesk.notifications.returned import tell_of_return
from emdesk.notifications.still import not_for_them
from emdesk.notifications.writing import letter

BATCH = 25
SERVICE_CLOSING = 421


def deliver(at: datetime) -> int:
    """Send some of the mails that are due; how many were taken up, less those given back."""
    batch = claim(Mail.objects.select_related("recipient"), at, BATCH)
    if vain := not_for_them(batch, at):
        held = Mail.objects.unsettled().filter(pk__in=vain, token=batch[0].token)
        held.update(withdrawn_at=at)
        for mail in batch:
            if mail.pk in vain and mail.kind == KIND:
                put_back(mail)
    rest = [mail for mail in batch if mail.pk not in vain]
    return len(vain) + (Round(at, rest, MailServer()).run() if rest else 0)


class MailServer:
    """One connection to it, kept for a batch and made anew when it breaks."""

    def __init__(self) -> None:
        self._backend: Any = get_connection()
        self.is_open = False

    def reach(self) -> str:
        try:
            self._backend.open()
        except (SMTPException, OSError) as error:
            self.close()
            return f"{type(error).__name__}: {error}"
        self.is_open = True
        return ""

    def send(self, mail: Mail) -> None:
        try:
            self._backend.send_messages([letter(mail)])
        except Exception as error:
            if not _answered(error) or SERVICE_CLOSING in _codes(error):
                self.close()
            raise

    def refused_for_good(self, error: Exception) -> bool:
        refused = isinstance(error, SMTPRecipientsRefused | SMTPDataError)
        return refused and all(code >= 500 for code in _codes(error))

    def may_have_arrived(self, error: Exception) -> bool:
        return isinstance(error, OSError) and not _answered(error)

    def came_back(self, mail: Mail, error: str, at: datetime) -> None:
        tell_of_return(mail, error, at)

    def close(self) -> None:
        self.is_open = False
        try:
            self._backend.close()
        except (SMTPException, OSError):
            self._backend = get_connection()


def _answered(error: Exception) -> bool:
    """Whether the server said no, so that the mail certainly did not arrive."""
    return isinstance(error, SMTPRecipientsRefused | SMTPResponseException)


def _codes(error: Exception) -> list[int]:
    if isinstance(error, SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, SMTPResponseException) else []

"""Handing mails to the mail server: none lost, none doubled but where a sender died on the way.

Some rows are claimed at once and sent over one connection, outside any transaction. Before a mail
is handed over its row says so, afterwards how it went, in the same commit that says so of the
next one. What fails is tried again, later each time; what the server refuses for good ends at
once. A server that cannot be reached counts against no mail.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from typing import Any
from uuid import UUID, uuid4

from django.core.mail import get_connection
from django.db.models import F
from django.db.transaction import atomic

from emdesk.ledger.models import Heartbeat
from emdesk.notifications.models import Mail
from emdesk.notifications.returned import tell_of_return
from emdesk.notifications.still import still_for
from emdesk.notifications.waits import TRIES, outage_pause, pause
from emdesk.notifications.writing import letter

BATCH = 25
LEASE = timedelta(seconds=60)
ENOUGH = timedelta(seconds=20)  # a batch that takes longer is given back
ROLE = "mail"
SERVICE_CLOSING = 421
log = logging.getLogger(__name__)
Found = dict[str, Any]


def deliver(at: datetime) -> int:
    """Send some of the mails that are due; how many were taken up, less those given back."""
    Heartbeat.objects.beat(ROLE, at)
    batch = claim(at)
    return _Round(at, batch).run() if batch else 0


def claim(at: datetime) -> list[Mail]:
    """Rows that nobody else takes for the next minute, those due longest first."""
    token = uuid4()
    with atomic():
        rows = Mail.objects.due(at).select_for_update(skip_locked=True)
        pks = list(rows.values_list("pk", flat=True)[:BATCH])
        if not pks:
            return []
        claimed = Mail.objects.filter(pk__in=pks)
        died = claimed.filter(sending_since__isnull=False)
        died.update(unknown_outcomes=F("unknown_outcomes") + 1, sending_since=None)
        claimed.update(token=token, next_at=at + LEASE)
    return list(Mail.objects.filter(token=token, pk__in=pks).select_related("recipient"))


class Line:
    """One connection to the mail server, kept for a batch and made anew when it breaks."""

    def __init__(self) -> None:
        self._backend: Any = get_connection()
        self.is_open = False

    def reach(self) -> str:
        """Nothing when the server is there, else what was wrong."""
        if not self.is_open:
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

    def close(self) -> None:
        self.is_open = False
        try:
            self._backend.close()
        except (SMTPException, OSError):
            self._backend = get_connection()


class _Round:
    """One batch on its way."""

    def __init__(self, at: datetime, batch: Sequence[Mail]) -> None:
        self._at, self._batch, self._line = at, batch, Line()
        self._began = time.monotonic()

    def run(self) -> int:
        try:
            return self._run()
        finally:
            self._line.close()

    def _run(self) -> int:
        """Each mail in turn; ``done`` is the one before, with how it went."""
        done: tuple[Mail, Found] | None = None
        taken = 0
        for mail in self._batch:
            if not self._line.is_open:
                self._turn(done, None)
                done = None
                if wrong := self._line.reach():
                    log.warning("the mail server cannot be reached: %s", wrong)
                    break
            if self._spent() > ENOUGH:
                break
            taken += 1
            done = (mail, self._attempt(mail)) if self._turn(done, mail) else None
        self._turn(done, None)
        self._give_back(self._batch[taken:])
        return taken

    def _spent(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self._began)

    def _now(self) -> datetime:
        return self._at + self._spent()

    def _turn(self, done: tuple[Mail, Found] | None, following: Mail | None) -> bool:
        """Note how it went with one mail and that the next is on its way, if it still is ours."""
        if not (done or following):
            return False
        with atomic():
            if done:
                mail, found = done
                settle(mail, mail.token, self._now(), **found)
            return following is not None and self._begin(following)

    def _begin(self, mail: Mail) -> bool:
        now = self._now()
        if mail.attempts >= TRIES:
            ended = {"dead_at": now, "last_error": "Its senders ended without an answer"}
            settle(mail, mail.token, now, **ended)
            return False
        if not still_for(mail):
            settle(mail, mail.token, now, withdrawn_at=now)
            return False
        mail.attempts += 1
        mine = Mail.objects.unsettled().filter(pk=mail.pk, token=mail.token)
        following = {"attempts": mail.attempts, "sending_since": now, "next_at": now + LEASE}
        return bool(mine.update(**following))

    def _attempt(self, mail: Mail) -> Found:
        try:
            self._line.send(mail)
        except Exception as error:  # noqa: BLE001 (a mail nobody can build must not stop the others)
            return self._failed(mail, error)
        return {"sent_at": self._now()}

    def _failed(self, mail: Mail, error: Exception) -> Found:
        log.warning("mail %s, attempt %s: %s", mail.message_id, mail.attempts, error)
        found: Found = {"last_error": f"{type(error).__name__}: {error}"[:300]}
        if isinstance(error, OSError) and not _answered(error):
            found["unknown_outcomes"] = F("unknown_outcomes") + 1
        if mail.attempts >= TRIES or for_good(error):
            return found | {"dead_at": self._now()}
        return found | {"next_at": self._now() + pause(mail.attempts)}

    def _give_back(self, rest: Sequence[Mail]) -> None:
        """For anybody to take up a little later; longer when they have waited longer."""
        if rest and rest[0].token:
            mine = Mail.objects.unsettled().filter(
                pk__in=[mail.pk for mail in rest], token=rest[0].token, sending_since=None
            )
            waited = self._at - min(mail.leaves_at for mail in rest)
            mine.update(token=None, next_at=self._now() + outage_pause(waited))


def settle(mail: Mail, token: UUID | None, at: datetime, **found: Any) -> bool:
    """Note how it went, unless somebody else holds the row by now."""
    mine = Mail.objects.unsettled().filter(pk=mail.pk, token=token)
    noted = bool(mine.update(sending_since=None, **found))
    if noted and "dead_at" in found:
        tell_of_return(mail, str(found["last_error"]), at)
    return noted


def for_good(error: Exception) -> bool:
    """Whether the server will never take this mail."""
    refused = isinstance(error, SMTPRecipientsRefused | SMTPDataError)
    return refused and all(code >= 500 for code in _codes(error))


def _answered(error: Exception) -> bool:
    """Whether the server said no, so that the mail certainly did not arrive."""
    return isinstance(error, SMTPRecipientsRefused | SMTPResponseException)


def _codes(error: Exception) -> list[int]:
    if isinstance(error, SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, SMTPResponseException) else []

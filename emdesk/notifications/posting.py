"""Mails that are not notices of an event: a test, one more copy, whatever upper packages write."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db.transaction import atomic

from emdesk.ledger.models import Event
from emdesk.ledger.recording import record
from emdesk.notifications.models import Mail
from emdesk.notifications.writing import one_line
from emdesk.people.models import User

TEST = "test"
NOTHING = timedelta(0)


def compose(
    key: str,
    kind: str,
    to: User,
    subject: str,
    text: str,
    *,
    at: datetime,
    after: timedelta = NOTHING,
    headers: dict[str, str] | None = None,
    event: Event | None = None,
) -> Mail:
    """A mail that is sent as soon as it may leave, once it is saved. A key is good for one mail."""
    return Mail(
        key=key,
        event=event,
        kind=kind,
        recipient=to,
        address=to.email,
        subject=one_line(subject),
        text=text,
        headers=headers or {},
        written_at=at,
        leaves_at=at + after,
        next_at=at + after,
    )


def post(*args: Any, **more: Any) -> Mail:
    """Write a mail, as :func:`compose` makes it."""
    mail = compose(*args, **more)
    mail.save(force_insert=True)
    return mail


def send_test(user: User, at: datetime) -> Mail:
    text = f"Hello {one_line(user.name)},\n\nmail from emdesk reaches you.\n"
    return post(f"test:{uuid4()}", TEST, user, "A test mail from emdesk", text, at=at)


@atomic
def send_again(mail: Mail, *, by: User, at: datetime) -> Mail:
    """Another copy of a mail. It is a mail of its own, so mailboxes do not fold it into the first.

    It was written when the first was, so whoever may not see what it is about gets none.
    """
    copy = Mail.objects.create(
        key=f"again:{uuid4()}",
        event=mail.event,
        kind=mail.kind,
        recipient=mail.recipient,
        address=mail.recipient.email if mail.recipient else mail.address,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        headers=mail.headers,
        written_at=mail.written_at,
        leaves_at=at,
        next_at=at,
    )
    record(mail.recipient or by, "notifications.resent", by=by, at=at, mail=mail.pk)
    return copy

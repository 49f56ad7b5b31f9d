"""Notices as mails: what each says, and the message that goes out.

The message is made from the row alone, so what a page shows is what was sent, byte for byte.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import get_template
from django.urls import reverse

from emdesk.ledger.models import Event
from emdesk.notifications.audiences import abouts, headline
from emdesk.notifications.models import Mail, mail_domain, new_message_id
from emdesk.people.models import User

SALT = "emdesk.notifications.unsubscribe"
LONGEST_SUBJECT = 250


class Letter(EmailMultiAlternatives):
    """A message whose parts are divided by a line that stays the same."""

    def message(self, *args: Any, **options: Any) -> Any:
        found: Any = super().message(*args, **options)
        if found.is_multipart():
            found.set_boundary(f"part-{self.extra_headers['Message-ID'].strip('<>').split('@')[0]}")
        return found


def letter(mail: Mail) -> Letter:
    headers = {
        "Message-ID": mail.message_id,
        "X-Emdesk-Attempt": str(mail.attempts),
        "Date": format_datetime(mail.leaves_at),
        **mail.headers,
    }
    found = Letter(mail.subject, mail.text, to=[mail.address], headers=headers)
    if mail.html:
        found.attach_alternative(mail.html, "text/html")
    return found


def notice(
    event: Event,
    subject: Any,
    to: User,
    *,
    kind: str,
    because: str,
    sentence: str,
    quote: str,
    written_at: datetime,
    leaves_at: datetime,
) -> Mail:
    """The mail that tells a person of one event."""
    sort = abouts[event.subject_type]
    unsubscribe = absolute(reverse("notifications:unsubscribe", args=[unsubscribe_token(to, kind)]))
    said = {
        "name": one_line(to.name),
        "title": one_line(sort.title(subject)),
        "sentence": sentence,
        "quote": quote,
        "link": absolute(sort.link(event, subject)),
        "because": because,
        "unsubscribe": unsubscribe,
        "choose": absolute(reverse("notifications:settings")),
    }
    thread = thread_of(event)
    return Mail(
        key=f"{event.pk}:{to.pk}",
        event=event,
        recipient=to,
        kind=kind,
        address=to.email,
        subject=one_line(f"{subject}: {headline(event)}")[:LONGEST_SUBJECT],
        text=rendered("mail.txt", said),
        html=rendered("mail.html", said),
        headers={
            "In-Reply-To": thread,
            "References": thread,
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
        message_id=new_message_id(),
        written_at=written_at,
        leaves_at=leaves_at,
        next_at=leaves_at,
    )


def rendered(name: str, said: dict[str, Any]) -> str:
    return get_template(f"notifications/{name}").render(said)


def thread_of(event: Event) -> str:
    """What holds all mails about one record together in a mailbox."""
    return f"<{event.subject_type}.{event.subject_id}@{mail_domain()}>"


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def unsubscribe_token(user: User, kind: str) -> str:
    return signing.dumps([user.pk, kind], salt=SALT)


def unsubscriber(token: str) -> tuple[int, str] | None:
    """Whose token this is and of which kind of notices; None for a forged one."""
    try:
        pk, kind = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    return int(pk), str(kind)


def one_line(text: str) -> str:
    """Without line ends of any kind and other signs that steer: a header has one line."""
    seen = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    return " ".join(seen.split())

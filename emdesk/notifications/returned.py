"""What is done about a mail that could not be delivered. Upper packages add their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from emdesk.notifications.kinds import RETURNED
from emdesk.notifications.models import Mail, Notification
from emdesk.people.models import User

Responsible = Callable[[Mail], Iterable[User]]
Deed = Callable[[Mail, str, datetime], None]
_responsible: dict[str, Responsible] = {}
_deeds: dict[str, Deed] = {}


def answers_for(label: str, responsible: Responsible) -> None:
    """Whom to tell in their inbox when a mail about a record of this label comes back."""
    _responsible[label] = responsible


def comes_back(kind: str) -> Callable[[Deed], Deed]:
    """What is done when a mail of this kind comes back, instead of telling who answers for it."""

    def register(deed: Deed) -> Deed:
        _deeds[kind] = deed
        return deed

    return register


def tell_of_return(mail: Mail, error: str, at: datetime) -> None:
    if deed := _deeds.get(mail.kind):
        deed(mail, error, at)
    else:
        _tell_who_answers(mail, error, at)


def _tell_who_answers(mail: Mail, error: str, at: datetime) -> None:
    event = mail.event
    if event is None or event.subject_type not in _responsible:
        return
    because = f"the mail about it to {mail.address} came back: {error}"[:200]
    Notification.objects.bulk_create(
        [
            Notification(
                key=f"returned:{mail.pk}:{user.pk}",
                event=event,
                recipient=user,
                kind=RETURNED,
                because=because,
                subject_type=event.subject_type,
                subject_id=event.subject_id,
                at=at,
                inbox=True,
                digest=False,
            )
            for user in _responsible[event.subject_type](mail)
            if user.pk != mail.recipient_id
        ],
        ignore_conflicts=True,
    )

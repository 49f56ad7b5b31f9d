"""Whether mails that had to wait are still for the people they were written for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from emdesk.ledger.models import Event
from emdesk.notifications.audiences import Record, Sight
from emdesk.notifications.digests import KIND, listed_in
from emdesk.notifications.models import Mail
from emdesk.people.models import User

AT_ONCE = timedelta(minutes=1)


def not_for_them(batch: Sequence[Mail], at: datetime) -> set[int]:
    """Those whose people left, or may not see any more all that a mail that waited is about."""
    waited = [mail for mail in batch if mail.recipient and at - mail.written_at > AT_ONCE]
    gone = {mail.pk for mail in batch if mail.recipient and not mail.recipient.is_active}
    return gone | _with_something_unseen(waited)


def _with_something_unseen(mails: Sequence[Mail]) -> set[int]:
    told = list(_told_by(mails))
    sight = Sight()
    for _, person, (label, pk) in told:
        sight.want(label, person, pk)
    seen = sight.found()
    return {mail for mail, person, (label, pk) in told if (label, person.pk, pk) not in seen}


def _told_by(mails: Sequence[Mail]) -> Iterator[tuple[int, User, Record]]:
    """Mail, its reader and a record it tells of: its event's, or each that a digest lists."""
    events = Event.objects.filter(pk__in={mail.event_id for mail in mails if mail.event_id})
    about: dict[int | None, Record] = {
        pk: (label, key)
        for pk, label, key in events.values_list("pk", "subject_type", "subject_id")
    }
    for mail in mails:
        if mail.recipient and mail.event_id:
            yield mail.pk, mail.recipient, about[mail.event_id]
        elif mail.recipient and mail.kind == KIND:
            for label, pk in listed_in(mail).values_list("subject_type", "subject_id").distinct():
                yield mail.pk, mail.recipient, (label, pk)

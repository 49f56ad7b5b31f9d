"""Whether mails that had to wait are still for the people they were written for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from emdesk.ledger.models import Event
from emdesk.notifications.audiences import Record, Sight
from emdesk.notifications.models import Mail

AT_ONCE = timedelta(minutes=1)


def not_for_them(batch: Sequence[Mail], at: datetime) -> set[int]:
    """Those whose people left, or may not see any more what a mail that waited is about."""
    waited = [mail for mail in batch if mail.event_id and at - mail.written_at > AT_ONCE]
    vain = {mail.pk for mail in waited if mail.recipient} - _still_seen(waited)
    return vain | {mail.pk for mail in batch if mail.recipient and not mail.recipient.is_active}


def _still_seen(mails: Sequence[Mail]) -> set[int]:
    if not mails:
        return set()
    events = Event.objects.filter(pk__in={mail.event_id for mail in mails})
    about: dict[int | None, Record] = {
        pk: (label, key)
        for pk, label, key in events.values_list("pk", "subject_type", "subject_id")
    }
    sight = Sight()
    for mail in mails:
        if mail.recipient:
            label, pk = about[mail.event_id]
            sight.want(label, mail.recipient, pk)
    seen = {(label, pk, person) for label, person, pk in sight.found()}
    return {mail.pk for mail in mails if (*about[mail.event_id], mail.recipient_id) in seen}

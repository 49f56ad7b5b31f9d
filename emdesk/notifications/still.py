"""Whether a mail that was held back is still for the person it was written for."""

from __future__ import annotations

from datetime import timedelta

from emdesk.notifications.audiences import Sight, abouts
from emdesk.notifications.models import Mail

AT_ONCE = timedelta(minutes=1)


def still_for(mail: Mail) -> bool:
    """They are here and, if it had to wait for the morning, may still see what it is about."""
    user, event = mail.recipient, mail.event
    if user is None:
        return True
    held = mail.leaves_at - mail.written_at > AT_ONCE
    if not (user.is_active and held and event and event.subject_type in abouts):
        return user.is_active
    sight = Sight()
    sight.want(event.subject_type, user, event.subject_id)
    return bool(sight.found())

"""Everything that is due: events to announce, digests to write, mails to send."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError

from emdesk.notifications.delivery import deliver
from emdesk.notifications.digests import make_digests
from emdesk.notifications.fanning import fan_out

Step = Callable[[datetime], int]
log = logging.getLogger(__name__)
STEPS: tuple[Step, ...] = (fan_out, make_digests, deliver)


def work_off(steps: tuple[Step, ...], clock: Callable[[], datetime], within: timedelta) -> int:
    """Do these steps in turn until nothing is left or the time is over; how much was done."""
    began, done = time.monotonic(), 0
    while found := sum(_done(step, clock()) for step in steps):
        done += found
        if time.monotonic() - began > within.total_seconds():
            break
    return done


def _done(step: Step, at: datetime) -> int:
    """A step that fails holds up no other; without the database none can be done."""
    try:
        return step(at)
    except (DatabaseError, InterfaceError):
        raise
    except Exception:
        log.exception("%s failed", step.__name__)
        return 0

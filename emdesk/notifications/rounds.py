"""Everything that is due: events to announce, digests to write, mails and posts to send."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError

from emdesk.ledger.models import Heartbeat
from emdesk.notifications.delivery import deliver
from emdesk.notifications.digests import make_digests
from emdesk.notifications.fanning import fan_out
from emdesk.notifications.slack import post_what_is_due

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Step:
    """One sort of work. ``deed`` does some of it and says how much that was."""

    role: str
    deed: Callable[[datetime], int]

    def take(self, at: datetime) -> int:
        """With a sign of life. A step that fails holds up no other, except without a database."""
        Heartbeat.objects.beat(self.role, at)
        try:
            return self.deed(at)
        except (DatabaseError, InterfaceError):
            raise
        except Exception:
            log.exception("%s failed", self.role)
            return 0


ANNOUNCE, SEND = Step("notices", fan_out), Step("mail", deliver)
DIGEST, POST = Step("digests", make_digests), Step("slack", post_what_is_due)
STEPS = (ANNOUNCE, DIGEST, SEND, POST)


def work_off(steps: Iterable[Step], clock: Callable[[], datetime], within: timedelta) -> int:
    """Do these steps in turn until nothing is left or the time is over; how much was done."""
    steps = tuple(steps)
    began, done = time.monotonic(), 0
    while found := sum(step.take(clock()) for step in steps):
        done += found
        if time.monotonic() - began > within.total_seconds():
            break
    return done

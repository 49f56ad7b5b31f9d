"""What architects said to the estimates over the threshold: yes, changes, or nothing yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from emdesk.approvals.deciding import decide
from emdesk.approvals.eligible import deciders
from emdesk.approvals.models import Request, Verdict
from emdesk.ledger.models import Origin

AFTER = timedelta(hours=3)
WORDS = (
    (Verdict.APPROVED, "Waves and runners are sized as I would."),
    (Verdict.SENT_BACK, "Two waves are too few for so many projects. Plan four, and a rehearsal."),
    (None, ""),
)


def decide_some(now: datetime) -> None:
    """In turn, the oldest first."""
    for place, found in enumerate(Request.objects.waiting().order_by("asked_at", "pk")):
        verdict, reason = WORDS[place % len(WORDS)]
        step = found.steps.get()
        at = min(found.asked_at + AFTER, now)
        people = deciders(step, at)
        if verdict and people:
            said = {"digest": found.digest, "reason": reason, "origin": Origin.DEMO}
            decide(step, verdict, by=people[0], at=at, **said)

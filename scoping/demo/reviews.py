"""What architects said to the estimates over the threshold: yes, changes, or nothing yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from emdesk.approvals.deciding import decide
from emdesk.approvals.eligible import deciders
from emdesk.approvals.models import Request, Verdict
from emdesk.ledger.models import Origin
from scoping.models import ScopingIssue

AFTER = timedelta(hours=3)
SIZED = "Waves and runners are sized as I would."
WORDS: tuple[tuple[str, str], ...] = (
    (Verdict.APPROVED, SIZED),
    (Verdict.SENT_BACK, "Two waves are too few for so many projects. Plan four, and a rehearsal."),
    ("", ""),
)


def decide_some(now: datetime) -> None:
    """In turn, the oldest first."""
    for place, found in enumerate(Request.objects.waiting().order_by("asked_at", "pk")):
        verdict, reason = WORDS[place % len(WORDS)]
        if verdict:
            _say(found, verdict, reason, min(found.asked_at + AFTER, now))


def approve(issue: ScopingIssue, at: datetime) -> None:
    """Whatever is open about an issue gets a yes."""
    for found in Request.objects.about(issue).waiting():
        _say(found, Verdict.APPROVED, SIZED, at)


def _say(found: Request, verdict: str, reason: str, at: datetime) -> None:
    step = found.steps.get()
    said = {"digest": found.digest, "reason": reason, "origin": Origin.DEMO}
    decide(step, verdict, by=deciders(step, at)[0], at=at, **said)

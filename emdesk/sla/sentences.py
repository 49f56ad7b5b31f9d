"""What events about clocks say, after the name of who did it."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime

from emdesk.activity.sentences import sentence
from emdesk.ledger.models import Event


@sentence("sla.warned")
def warned(event: Event) -> str:
    data = event.data
    return f"saw {data['mark']} % of the time for “{data['name']}” used{_late(event)}"


@sentence("sla.breached", "sla.escalated")
def breached(event: Event) -> str:
    data = event.data
    due = datetime.fromisoformat(data["due"]) if data.get("due") else None
    when = f", which was due {_moment(due)}" if due else ""
    broken = "overdue" if event.verb == "sla.breached" else f"at {data['mark']} % of its time"
    return f"saw “{data['name']}” {broken}{when}{_late(event)}"


@sentence("sla.migrated")
def migrated(event: Event) -> str:
    data = event.data
    return f"moved the clock “{data['name']}” from version {data['version']} to {data['to']}"


@sentence("sla.policy_published")
def published(event: Event) -> str:
    data = event.data
    begins = datetime.fromisoformat(data["effective_from"])
    return (
        f"published version {data['version']} of this promise,"
        f" from {_moment(begins)}: “{data['reason']}”"
    )


def _moment(at: datetime) -> str:
    """On the reader's clock, which is named."""
    return f"{localtime(at):%-d %b %Y %H:%M %Z}"


def _late(event: Event) -> str:
    """What was overtaken is named, and that it is told late."""
    folded = event.data.get("folded") or []
    marks = f", past {', '.join(f'{each} %' for each in folded)}" if folded else ""
    return f"{marks} (told late)" if event.data.get("late") else marks

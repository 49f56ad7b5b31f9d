"""Which versions left the house: when, to whom and by whom, as the ledger tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from emdesk.activity.sentences import who
from emdesk.ledger.models import Event
from sow.models import Side, StatementOfWork
from sow.pen import GIVEN
from sow.reviewing import REVIEW_SENT


@dataclass(frozen=True)
class Sent:
    """“sent to customer on 3 Mar by Amara Osei”."""

    whom: str
    at: datetime
    by: str


def sendings(statement: StatementOfWork) -> dict[int, list[Sent]]:
    """By the number of the version, oldest first, in one query."""
    found: dict[int, list[Sent]] = {}
    events = Event.objects.about(statement.issue).filter(verb__in=[GIVEN, REVIEW_SENT])
    for event in events.select_related("actor").order_by("number"):
        of_this = found.setdefault(event.data["version"], [])
        if event.verb == GIVEN:
            of_this.append(Sent(Side(event.data["side"]).label.lower(), event.at, who(event)))
            continue
        if of_this and of_this[-1].at == event.at:
            of_this.pop()  # the pen went along with the link
        of_this.append(Sent(f"customer, {event.data['to']}", event.at, who(event)))
    return found

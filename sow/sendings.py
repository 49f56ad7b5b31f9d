"""Which versions left the house: when, to whom and by whom, as the ledger tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from emdesk.activity.sentences import who
from emdesk.ledger.models import Event
from sow.models import Side, StatementOfWork
from sow.pen import GIVEN


@dataclass(frozen=True)
class Sent:
    """“sent to customer on 3 Mar by Amara Osei”."""

    whom: str
    at: datetime
    by: str


def sendings(statement: StatementOfWork) -> dict[int, list[Sent]]:
    """By the number of the version, oldest first, in one query."""
    found: dict[int, list[Sent]] = {}
    events = Event.objects.about(statement.issue).filter(verb=GIVEN)
    for event in events.select_related("actor").order_by("number"):
        whom = Side(event.data["side"]).label.lower()
        found.setdefault(event.data["version"], []).append(Sent(whom, event.at, who(event)))
    return found

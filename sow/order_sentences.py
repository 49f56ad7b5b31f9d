"""What the events of change orders say, who hears of them, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse

from emdesk.activity.sentences import sentence
from emdesk.ledger.models import Event
from emdesk.notifications.audiences import Heard, headlines, hears
from scoping.notices import ASKED, MOVED, READY, account_team, links, manager
from scoping.quiet.activity import counts
from sow.models import Case
from sow.ordering import CONFIRMED, ORDERED, REBASED

counts(ORDERED, CONFIRMED, REBASED, called="work on a change order")


@sentence(ORDERED)
def begun(event: Event) -> str:
    data = event.data
    others = f", while {' and '.join(data['others'])} is open too" if data["others"] else ""
    what = f"{data['order']} to {data['sow']}, PS-{data['issue']}"
    return f"began {what}{others}: “{data['reason']}”"


@sentence(CONFIRMED)
def confirmed(event: Event) -> str:
    data = event.data
    on = f"{date.fromisoformat(data['on']):%-d %b %Y}"
    case = Case(data["case"]).label.lower()
    return f"noted that {data['who']} confirmed on {on} ({case}): “{data['what']}”"


@sentence(REBASED)
def rebased(event: Event) -> str:
    return f"let {event.data['order']} go on from {event.data['on']}, which both have signed"


@hears(ORDERED)
def heard(event: Event, issue: Any) -> Iterator[Heard]:
    """The EM prices it; account team and project manager are told (domain.md §11.4)."""
    yield manager(issue, ASKED)
    yield from account_team(issue, MOVED)
    yield Heard("you deliver it", MOVED, [issue.project_manager_id])


@hears(CONFIRMED)
def heard_of_confirmation(event: Event, issue: Any) -> Iterator[Heard]:
    yield manager(issue, READY)
    yield from account_team(issue, MOVED)
    yield Heard("you deliver it", MOVED, [issue.project_manager_id])


headlines(
    {
        ORDERED: lambda event: f"{event.data['order']} to {event.data['sow']} is begun",
        CONFIRMED: lambda event: f"a change of {event.data['sow']} is confirmed in writing",
    }
)


def _at_the_orders(event: Event) -> str:
    return reverse("sow:orders", args=[event.subject_id])


links.update(dict.fromkeys((ORDERED, CONFIRMED), _at_the_orders))

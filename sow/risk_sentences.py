"""What the events of work at risk say, who hears of them, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse

from emdesk.activity.sentences import sentence
from emdesk.ledger.models import Event
from emdesk.notifications.audiences import Heard, headlines, hears
from emdesk.people.models import Role
from scoping.notices import BREACHED, MOVED, READY, account_team, links, manager
from scoping.notices import WARNED as RUNS_OUT
from scoping.quiet.activity import counts
from sow.exposure import BROKEN, SAYS, Flag
from sow.risking import ASKED, ENDED, EXTENDED, NOTED, WARNED

counts(ASKED, EXTENDED, NOTED, called="work at risk")
LEADS = [Role.EM_LEAD, Role.DIRECTOR]


@sentence(ASKED)
def asked(event: Event) -> str:
    return f"asked for work at risk{_bounds(event)}: “{event.data['reason']}”"


@sentence(EXTENDED)
def extended(event: Event) -> str:
    return f"asked for more work at risk{_bounds(event)}: “{event.data['reason']}”"


@sentence(NOTED)
def noted(event: Event) -> str:
    data = event.data
    beyond = ", beyond what was approved" if data["beyond"] else ""
    note = f": “{data['note']}”" if data["note"] else ""
    worth = f"{data['currency']} {float(data['amount']):,.2f}"
    return f"noted {float(data['hours']):g} hours at risk, {worth}{beyond}{note}"


@sentence(WARNED)
def warned(event: Event) -> str:
    data = event.data
    worth = f"{data['currency']} {float(data['amount']):,.2f}"
    return f"told that work at risk is {SAYS[Flag(data['flag'])]}: {worth}{_bounds(event)}"


@sentence(ENDED)
def ended(event: Event) -> str:
    data = event.data
    worth = f"{data['currency']} {float(data['amount']):,.2f}"
    return f"ended the work at risk with {worth}: {data['why']}"


def _bounds(event: Event) -> str:
    data = event.data
    until = f"{date.fromisoformat(data['until']):%-d %b %Y}"
    return f", up to {data['currency']} {float(data['cap']):,.2f} until {until}"


@hears(ASKED, EXTENDED)
def heard(event: Event, issue: Any) -> Iterator[Heard]:
    """EM, delivery and account team are told; PS leadership hears as of every decision."""
    yield manager(issue, MOVED)
    yield Heard("you deliver it", MOVED, [issue.project_manager_id])
    yield from account_team(issue, MOVED)


@hears(WARNED)
def heard_of_warning(event: Event, issue: Any) -> Iterator[Heard]:
    """Those who can do something about it, and the leads."""
    level = BREACHED if event.data["flag"] in BROKEN else RUNS_OUT
    yield manager(issue, level)
    yield Heard("you deliver it", level, [issue.project_manager_id, issue.delivery_manager_id])
    yield Heard("you lead the desk", level, roles=LEADS)


@hears(ENDED)
def heard_of_end(event: Event, issue: Any) -> Iterator[Heard]:
    yield manager(issue, READY)
    yield Heard("you deliver it", READY, [issue.project_manager_id])


headlines(
    {
        ASKED: "work at risk is asked for",
        EXTENDED: "more work at risk is asked for",
        WARNED: lambda event: f"work at risk is {SAYS[Flag(event.data['flag'])]}",
        ENDED: "work at risk ended",
    }
)


def _at_the_risk(event: Event) -> str:
    return reverse("sow:risk", args=[event.subject_id])


links.update(dict.fromkeys((ASKED, EXTENDED, NOTED, WARNED, ENDED), _at_the_risk))

"""What the events of estimates say, without a word of cost, and that they count as activity."""

from __future__ import annotations

from emdesk.activity.sentences import sentence
from emdesk.approvals.holding import VERBS
from emdesk.ledger.models import Event
from scoping.estimating.beginning import BEGUN, PRIMARY_SET
from scoping.estimating.delivered import HOURS_NOTED
from scoping.estimating.excusing import EXCUSED
from scoping.estimating.sending import ACCEPTED, LINKED, REWORK, SENT
from scoping.estimating.sheets import CHANGED
from scoping.models.estimate import Addressee
from scoping.quiet.activity import counts

counts(*VERBS, called="a word on a decision")
counts(
    BEGUN,
    CHANGED,
    PRIMARY_SET,
    SENT,
    ACCEPTED,
    REWORK,
    LINKED,
    EXCUSED,
    called="work on the estimate",
)


@sentence(BEGUN)
def begun(event: Event) -> str:
    return f"began the estimate “{event.data['name']}”"


@sentence(CHANGED)
def changed(event: Event) -> str:
    return f"worked on the estimate “{event.data['name']}”"


@sentence(PRIMARY_SET)
def primary_set(event: Event) -> str:
    return f"made “{event.data['name']}” the primary scenario"


@sentence(SENT)
def sent(event: Event) -> str:
    data = event.data
    whom = "the customer" if data["to"] == Addressee.CUSTOMER else "the account team for review"
    text = f"sent v{data['version']} of the estimate to {whom}: {data['currency']} {data['total']}"
    return f"{text} ({', '.join(data['difference'])})" if data["difference"] else text


@sentence(ACCEPTED, REWORK)
def answered(event: Event) -> str:
    data = event.data
    what = "was accepted" if event.verb == ACCEPTED else "needs rework"
    said = f": “{data['answer']}”" if data["answer"] else ""
    return f"noted that v{data['version']} of the estimate {what}{said}"


@sentence(EXCUSED)
def excused(event: Event) -> str:
    return f"agreed to the terms of the estimate “{event.data['name']}”"


@sentence(HOURS_NOTED)
def hours_noted(event: Event) -> str:
    said = f": “{event.data['lessons']}”" if event.data["lessons"] else ""
    return f"noted that it took {event.data['hours']} hours{said}"


@sentence(LINKED)
def linked(event: Event) -> str:
    return f"made a link to v{event.data['version']} of the estimate for the customer"

"""What the events of signatures say, after the name of who did it."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime

from emdesk.activity.sentences import sentence
from emdesk.ledger.models import Event
from scoping.quiet.activity import counts
from sow.models import Place
from sow.signing import holding

counts(
    *(holding.SENT, holding.ROUTED, holding.SIGNED, holding.DECLINED, holding.EXECUTED),
    called="signatures",
)


def _what(event: Event) -> str:
    return f"{event.data['sow']} v{event.data['version']}"


def _why(event: Event) -> str:
    said = event.data.get("why") or event.data.get("reason")
    return f": “{said}”" if said else ""


@sentence(holding.SENT)
def sent(event: Event) -> str:
    whom = " and ".join(event.data["ours"]) or "those who sign"
    return f"sent {_what(event)} to {whom} for signature{_why(event)}"


@sentence(holding.ROUTED)
def routed(event: Event) -> str:
    return f"named who signs {_what(event)} for the customer: {', '.join(event.data['customers'])}"


@sentence(holding.ASKED)
def asked(event: Event) -> str:
    return f"asked {event.data['name']} to sign {_what(event)}"


@sentence(holding.REPLACED)
def replaced(event: Event) -> str:
    data = event.data
    return f"asks {data['name']} to sign {_what(event)} in place of {data['was']}{_why(event)}"


@sentence(holding.REMINDED)
def reminded(event: Event) -> str:
    return f"reminded {event.data['name']} to sign {_what(event)}"


@sentence(holding.CODE_SENT)
def code_sent(event: Event) -> str:
    return f"sent {event.data['name']} a code for {_what(event)}, asked for{_from(event)}"


@sentence(holding.CODE_WRONG)
def code_wrong(event: Event) -> str:
    return f"refused a wrong code of {event.data['name']} for {_what(event)}{_from(event)}"


@sentence(holding.IDENTIFIED)
def identified(event: Event) -> str:
    return f"let {event.data['name']} read {_what(event)} with their code{_from(event)}"


@sentence(holding.SIGNED)
def signed(event: Event) -> str:
    data = event.data
    instead = f" for {data['on_behalf_of']}" if data.get("on_behalf_of") else ""
    where = f" with {Place(data['where']).label}" if data.get("where") else ""
    if event.actor_id and not data.get("noted"):
        return f"signed {_what(event)}{instead}{_from(event)}"
    return f"noted that {data['name']} signed {_what(event)}{where}{_from(event)}"


@sentence(holding.DECLINED)
def declined(event: Event) -> str:
    if event.actor_id:
        return f"declined to sign {_what(event)}{_why(event)}"
    who = event.data.get("name") or "a signer"
    return f"noted that {who} declined to sign {_what(event)}{_why(event)}{_from(event)}"


@sentence(holding.RECALLED)
def recalled(event: Event) -> str:
    return f"recalled {_what(event)} from signature{_why(event)}"


@sentence(holding.VOIDED)
def voided(event: Event) -> str:
    return f"took {_what(event)} out of signature by a new version"


@sentence(holding.EXPIRED)
def expired(event: Event) -> str:
    return f"ended the signing of {_what(event)}: it was not signed in time"


@sentence(holding.EXPIRING)
def expiring(event: Event) -> str:
    until = localtime(datetime.fromisoformat(event.data["until"]))
    return f"noted that {_what(event)} is to be signed by {until:%-d %b %Y, %H:%M}"


@sentence(holding.ALL_SIGNED)
def all_signed(event: Event) -> str:
    return f"noted that everybody has signed {_what(event)}"


@sentence(holding.EXECUTED)
def executed(event: Event) -> str:
    return f"filed {_what(event)} as executed, SHA-256 {event.data['executed'][:12]}…"


@sentence(holding.ELSEWHERE)
def elsewhere(event: Event) -> str:
    where = Place(event.data["where"]).label
    return f"noted that {_what(event)} is signed elsewhere: {where}"


def _from(event: Event) -> str:
    address = event.data.get("address")
    return f" (from {address})" if address else ""

"""Sentences for what happens in this package and in those that cannot register here."""

from __future__ import annotations

from emdesk.activity.models import Audience
from emdesk.activity.sentences import sentence
from emdesk.calendars.sentences import DEEDS
from emdesk.configuration.definitions import spelled
from emdesk.ledger.models import Event
from emdesk.people.models import Role

NOTES = {
    Audience.INTERNAL.value: "an internal note",
    Audience.CUSTOMER.value: "a customer-visible note",
}
PLAIN = {
    "activity.comment_edited": "reworded a note",
    "activity.comment_withdrawn": "withdrew a note",
    "activity.watched": "started watching",
    "activity.unwatched": "stopped watching",
    "people.deactivated": "closed the account",
    "people.reactivated": "opened the account again",
    "people.second_factor_forgotten": "removed the second factor",
    "people.calendar_chosen": "chose another working calendar",
    "people.segment_added": "added the segment",
    "people.segment_changed": "changed the segment",
    "people.segment_removed": "removed the segment",
    "people.territory_added": "added the territory",
    "people.territory_changed": "changed the territory",
    "people.territory_removed": "removed the territory",
    "people.covered": "noted who covers what",
    "people.coverage_changed": "changed who covers what",
    "people.coverage_removed": "removed a coverage",
    "people.absent": "noted an absence",
    "people.absence_changed": "changed an absence",
    "people.absence_cancelled": "cancelled an absence",
}


for verb, deed in DEEDS.items():
    sentence(verb)(deed)


@sentence(*PLAIN)
def plainly(event: Event) -> str:
    return PLAIN[event.verb]


@sentence("activity.commented")
def commented(event: Event) -> str:
    return f"wrote {NOTES[event.data['audience']]}"


@sentence("files.stored")
def stored(event: Event) -> str:
    name, version = event.data["name"], event.data["version"]
    return f"added {name}" if version == 1 else f"added version {version} of {name}"


@sentence("configuration.set")
def configured(event: Event) -> str:
    name, value = spelled(event.data["key"], event.data["value"])
    return f"set “{name}” to {value} from {event.data['effective_from']}: {event.data['reason']}"


@sentence("people.joined")
def joined(event: Event) -> str:
    return f"gave a newcomer an account as {_roles(event.data['roles'])}"


@sentence("people.roles_changed")
def roles_changed(event: Event) -> str:
    return f"changed roles from {_roles(event.data['was'])} to {_roles(event.data['now'])}"


@sentence("people.amended")
def amended(event: Event) -> str:
    return f"changed {', '.join(event.data['fields'])}".replace("_", " ")


def _roles(roles: list[str]) -> str:
    names = dict(Role.choices)
    return ", ".join(str(names.get(role, role)).lower() for role in roles) or "no role"

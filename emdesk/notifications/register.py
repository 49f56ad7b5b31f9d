"""What this package hears of by itself. Imported once, when the apps are ready."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.urls import reverse

from emdesk.activity.sentences import sentence
from emdesk.configuration.definitions import Definition, register
from emdesk.ledger.models import Event
from emdesk.notifications.audiences import About, Heard, about, headlines, hears
from emdesk.notifications.kinds import MENTION, STANDING_IN
from emdesk.notifications.purging import PURGE_AFTER
from emdesk.notifications.views.bar import unread
from emdesk.people.models import User
from emdesk.web import count_waiting

count_waiting(unread)

about(
    User._meta.label_lower,
    About(
        load=lambda pks: User.objects.filter(pk__in=pks),
        seen=lambda user: User.objects.active(),
        link=lambda event, subject: reverse("people:profile"),
    ),
)


@hears("activity.commented")
def called(event: Event, subject: Any) -> Iterator[Heard]:
    yield Heard("you are mentioned", MENTION, event.data["mentions"])


@hears("people.absent", "people.absence_changed")
def standing_in(event: Event, user: User) -> Iterator[Heard]:
    found = event.data.get("delegate")
    delegate = found[1] if isinstance(found, list) else found
    if delegate:
        yield Heard(f"you stand in for {user.name}", STANDING_IN, [delegate])


headlines(
    {
        "activity.commented": "a comment",
        "people.absent": "away, and you stand in",
        "people.absence_changed": "away, and you stand in",
    }
)


@sentence("notifications.chosen")
def chosen(event: Event) -> str:
    return "changed what to be told of"


@sentence("notifications.resent")
def resent(event: Event) -> str:
    return "sent a mail once more"


@sentence("notifications.channel_added")
def channel_added(event: Event) -> str:
    return f"added the Slack channel {event.data['name']}"


@sentence("notifications.channel_changed")
def channel_changed(event: Event) -> str:
    return f"changed the Slack channel {event.data['name']}: {', '.join(event.data['fields'])}"


@sentence("notifications.channel_tested")
def channel_tested(event: Event) -> str:
    return "sent a test post"


@sentence("notifications.feed_made")
def feed_made(event: Event) -> str:
    return "made an address for their calendar"


@sentence("notifications.feed_removed")
def feed_removed(event: Event) -> str:
    return "switched their calendar off"


register(
    Definition(
        key=PURGE_AFTER,
        name="Days to keep the text of mails",
        help="After so many days what a mail or a post said is removed; that it was sent stays.",
        default=180,
        field=lambda: forms.IntegerField(min_value=7, max_value=3_650),
    )
)

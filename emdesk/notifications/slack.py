"""Posting events to channels of Slack by their incoming webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db.transaction import atomic

from emdesk.activity.sentences import describe, who
from emdesk.ledger.models import Event
from emdesk.ledger.recording import record
from emdesk.notifications.audiences import abouts, headline
from emdesk.notifications.handing_over import Round, claim
from emdesk.notifications.kinds import By, Kind, kinds
from emdesk.notifications.models import SlackChannel, SlackPost
from emdesk.notifications.recipients import Reach, Told, wishes_of
from emdesk.notifications.waits import leaves_soonest
from emdesk.notifications.writing import absolute, one_line
from emdesk.outbound import Answered, Inside, Unreached, post_json
from emdesk.people.models import User

BATCH = 10
TOO_MANY, TOO_SLOW = 429, 408
ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def postable() -> list[Kind]:
    """What a channel may be told of."""
    return [each for each in kinds.values() if not each.personal]


def posted_to(kind: str) -> list[str]:
    """The channels that are told of this kind."""
    found = SlackChannel.objects.filter(is_on=True, kinds__contains=[kind])
    return list(found.values_list("name", flat=True))


# Writing.


def write_posts(reached: Reach, spared: set[tuple[int, int]], at: datetime) -> None:
    """One post for each event and channel that chose one of its kinds; a second time none."""
    posts = [
        _post(event, channel, reached, at)
        for channel in SlackChannel.objects.filter(is_on=True)
        for event in reached.events
        if reached.kinds_of(event) & set(channel.kinds) and (event.pk, channel.pk) not in spared
    ]
    SlackPost.objects.bulk_create(posts, ignore_conflicts=True)


def _post(event: Event, channel: SlackChannel, reached: Reach, at: datetime) -> SlackPost:
    subject = reached.subjects[event.subject_type, event.subject_id]
    link = absolute(abouts[event.subject_type].link(event, subject))
    what = describe(event) if channel.tells_details else f"{headline(event)} ({who(event)})"
    calls = [_call(each) for each in reached.told if each.event == event and _is_called(each)]
    leaves = leaves_soonest(event, at)
    return SlackPost(
        key=f"{event.pk}:{channel.pk}",
        event=event,
        channel=channel,
        text=" ".join([f"<{link}|{plain(str(subject))}>:", plain(what), *calls]),
        written_at=at,
        leaves_at=leaves,
        next_at=leaves,
    )


def _is_called(each: Told) -> bool:
    """Who wants to hear of it at once, and whose name in Slack is known."""
    return each.mail == By.NOW and bool(wishes_of(each.to).slack_member)


def _call(each: Told) -> str:
    return f"<@{wishes_of(each.to).slack_member}>"


def plain(text: str) -> str:
    """Words that steer nothing: no link, no call of a person or of everybody."""
    return one_line(text).translate(ESCAPED)


@atomic
def send_test(channel: SlackChannel, *, by: User, at: datetime) -> SlackPost:
    record(channel, "notifications.channel_tested", by=by, at=at)
    text = plain(f"{by.name} tries whether posts of emdesk reach this channel.")
    moments = {"written_at": at, "leaves_at": at, "next_at": at}
    return SlackPost.objects.create(key=f"test:{uuid4()}", channel=channel, text=text, **moments)


# Sending.


def post_what_is_due(at: datetime) -> int:
    """Post some of what is due; how much was taken up, less what was given back."""
    off = SlackPost.objects.unsettled().filter(channel__is_on=False, sending_since=None)
    off.update(withdrawn_at=at)
    batch = claim(SlackPost.objects.select_related("channel"), at, BATCH)
    return Round(at, batch, Slack()).run() if batch else 0


class Slack:
    """Each post goes its own way: a webhook takes no second one over the same line."""

    is_open = True

    def reach(self) -> str:
        return ""

    def send(self, post: SlackPost) -> None:
        post_json(post.channel.webhook, {"text": post.text, "unfurl_links": False})

    def refused_for_good(self, error: Exception) -> bool:
        if isinstance(error, Answered):
            return error.status < 500 and error.status not in {TOO_MANY, TOO_SLOW}
        return isinstance(error, Inside | ValueError)

    def may_have_arrived(self, error: Exception) -> bool:
        return isinstance(error, OSError) and not isinstance(error, Unreached)

    def came_back(self, row: Any, error: str, at: datetime) -> None:
        """The page of the channel shows it."""

    def close(self) -> None:
        pass

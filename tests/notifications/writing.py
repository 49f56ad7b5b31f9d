"""Mails to be sent, for tests of what becomes of them."""

from __future__ import annotations

from typing import Any

from emdesk.ledger.models import Dispatch
from emdesk.ledger.recording import record
from emdesk.notifications.fanning import announce
from emdesk.notifications.models import Mail
from emdesk.notifications.posting import post
from emdesk.people.models import User
from scoping.states import State
from tests.factories import NOON, make_ready_issue


def write(to: User, count: int = 1, **more: Any) -> list[Mail]:
    mails = [
        post(
            f"{to.pk}:{number}:{more.get('at', NOON)}",
            "test",
            to,
            f"Mail {number}",
            "Hello.",
            at=NOON,
        )
        for number in range(count)
    ]
    if more:
        Mail.objects.filter(pk__in=[mail.pk for mail in mails]).update(**more)
    return mails


def the_mail() -> Mail:
    return Mail.objects.get()


def notice_of_an_estimate(ana: User, **fields: Any) -> tuple[Any, Any]:
    issue = make_ready_issue(State.STRAWMAN_WIP, requester=ana, **fields)
    Dispatch.objects.all().delete()
    states = {"before": "strawman_wip", "after": "estimate_feedback"}
    event = record(issue, "scoping.send_estimate", by=issue.engagement_manager, at=NOON, **states)
    announce([event], NOON)
    return issue, event

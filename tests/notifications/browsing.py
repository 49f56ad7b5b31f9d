"""Asking for pages as one person."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.utils.timezone import now

from emdesk.ledger.recording import record
from emdesk.notifications.fanning import announce
from emdesk.people.models import User
from tests.factories import make_ready_issue, make_user

INBOX = "/inbox/"


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(client: Client, address: str = INBOX) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def tell(em: User, issue: Any = None, verb: str = "scoping.answered", **said: Any) -> Any:
    issue = issue or make_ready_issue(engagement_manager=em)
    said = said or {"question": "How many?", "text": "Four hundred"}
    event = record(issue, verb, by=make_user(name="Ana Reyes"), at=now(), **said)
    announce([event], now())
    return issue

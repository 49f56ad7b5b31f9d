"""Asking for pages of scoping, and reading what they answer."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoping.models import ScopingIssue
from tests.scoping.markup import Element, filled, parsed

Answer = HttpResponse
BOARD, BY_EM = "/board/", "/board/by-em/"


def at(name: str, issue: ScopingIssue, *more: Any) -> str:
    """The address of something about an issue."""
    return reverse(f"scoping:{name}", args=[issue.pk, *more])


def move(client: Client, issue: ScopingIssue, to: str, headers: Any = None, **said: Any) -> Answer:
    return client.post(at("move", issue), {"to": to, **said}, headers=headers)


def undo(client: Client, issue: ScopingIssue, headers: Any = None) -> Answer:
    return client.post(at("undo", issue), headers=headers)


def page_of(client: Client, address: str = BOARD, **filters: Any) -> Element:
    response = client.get(address, filters)
    assert response.status_code == 200
    return parsed(response.content.decode())


def toast(response: Answer) -> str:
    """What the answer tells the person."""
    (found,) = parsed(response.content.decode()).having("toast")
    (text,) = (each for each in found.all() if each.name == "p")
    return text.text


def form_on(response: Answer) -> dict[str, list[str]]:
    """The page's one form about the issue, as the browser would send it."""
    page = parsed(response.content.decode())
    return filled(page.having("form")[0])


def queries_of(client: Client, address: str, said: Any = None) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address, said).status_code == 200
    return len(queries)

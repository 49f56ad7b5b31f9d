"""S4: what changes something asks for the page's own token, htmx or not."""

from __future__ import annotations

from typing import Any

import pytest
from django.middleware.csrf import _get_new_csrf_string

from tests.reports import report
from tests.security.catalogue import EVERYTHING
from tests.security.doors import HOOKS
from tests.security.drawing import undrawn
from tests.security.matrix import MATRIX
from tests.security.shares import shares
from tests.security.visitor import HTMX, Visitor
from tests.security.world import World

UNSAFE = [each for each in EVERYTHING if each.method == "POST" and each not in HOOKS]
OTHER_UNSAFE = ["PUT", "PATCH", "DELETE"]


INSISTING = Visitor(enforce_csrf_checks=True)


def careful(world: World, role: str) -> Visitor:
    """The same person with the same session, by a client that insists on the token."""
    INSISTING.kept = world[role].kept
    return INSISTING


def token_of(world: World, role: str) -> str:
    cookies = dict(
        pair.strip().split("=", 1) for pair in world[role].kept.split(";") if "=" in pair
    )
    return cookies.get("csrf", "")


@pytest.fixture
def forgeries(world: World) -> list[tuple[str, dict[str, Any], dict[str, str]]]:
    """Ways to post without the page's token: what is sent, and with which headers."""
    wrong = _get_new_csrf_string()
    theirs = token_of(world, "viewer")
    elsewhere = {"HTTP_ORIGIN": "https://evil.example"}
    return [
        ("no token", {}, {}),
        ("no token, by htmx", {}, HTMX),
        ("an empty token", {"csrfmiddlewaretoken": ""}, {"HTTP_X_CSRFTOKEN": ""}),
        ("a made-up token", {"csrfmiddlewaretoken": wrong}, {}),
        ("a made-up token, by htmx", {}, {**HTMX, "HTTP_X_CSRFTOKEN": wrong}),
        ("somebody else's token", {"csrfmiddlewaretoken": theirs}, {}),
        ("from elsewhere", {}, elsewhere),
        ("as JSON", {}, {"CONTENT_TYPE": "application/json"}),
    ]


@shares(4)
def test_nothing_is_changed_without_the_pages_token(
    world: World, forgeries: Any, share: int
) -> None:
    accepted, tried = [], 0
    for number, question in enumerate(UNSAFE, share):
        visitor = careful(world, question.who_may())
        for name, data, headers in forgeries[number % 4 :: 4]:
            tried += 1
            sent = question.sent(world) | data
            with undrawn():
                answer = visitor.ask(question.address(world), "POST", sent, **headers)
            if answer.status_code != 403 or visitor.written:
                accepted.append(f"{question} with {name}: {answer.status_code} {visitor.written}")

    report(
        "security",
        f"S4 without the token, share {share + 1} of 4",
        requests=tried,
        accepted=len(accepted),
    )
    assert not accepted, "\n" + "\n".join(accepted)


@shares(3)
def test_no_other_method_gets_past_the_token(world: World, share: int) -> None:
    accepted = []
    for number, question in enumerate(UNSAFE, share):
        visitor, method = careful(world, question.who_may()), OTHER_UNSAFE[number % 3]
        with undrawn():
            answer = visitor.ask(question.address(world), method)
        if answer.status_code not in (403, 405):
            accepted.append(f"{method} {question.path}: {answer.status_code}")

    figures = {"requests": len(UNSAFE), "accepted": len(accepted)}
    report("security", f"S4 other methods without the token, share {share + 1} of 3", **figures)
    assert not accepted, "\n" + "\n".join(accepted)


@shares(2)
def test_with_the_pages_token_everything_works(world: World, share: int) -> None:
    """Else a refusal of everything would look like safety. In turns by field and by header."""
    refused = []
    asked = [each for each in UNSAFE if not each.public and each.ok != (403,)]
    for number, question in enumerate(asked, share):
        by_header = number % 2
        role = question.who_may()
        if MATRIX[question.act][role] != "yes":
            continue
        visitor, token = careful(world, role), token_of(world, role)
        body = {} if by_header else {"csrfmiddlewaretoken": token}
        headers = {"HTTP_X_CSRFTOKEN": token} if by_header else {}
        sent = question.sent(world) | body
        with undrawn():
            answer = visitor.ask(question.address(world), "POST", sent, **headers)
        if answer.status_code == 403:
            refused.append(str(question))

    assert not refused


def test_a_token_sent_from_another_site_is_refused(world: World) -> None:
    token = token_of(world, "EM own")
    visitor = careful(world, "EM own")
    headers = {"HTTP_X_CSRFTOKEN": token, "HTTP_ORIGIN": "https://evil.example"}

    assert visitor.ask("/theme/", "POST", {"theme": "dark"}, **headers).status_code == 403


def test_the_sign_in_page_has_a_token_of_its_own() -> None:
    stranger = Visitor(enforce_csrf_checks=True)

    assert (
        stranger.ask("/account/login/", "POST", {"login": "a", "password": "b"}).status_code == 403
    )

"""S1: who is not signed in, or no longer who they were, gets nothing but the sign-in page."""

from __future__ import annotations

from typing import Any

import pytest

from emdesk.people.models import Role
from emdesk.settings import SESSION_ENGINE
from tests.reports import report
from tests.security.asking import Question
from tests.security.catalogue import DESK, EVERYTHING
from tests.security.matrix import ANONYMOUS
from tests.security.shares import shares
from tests.security.visitor import HTMX, Visitor
from tests.security.world import World

PRIVATE = [question for question in EVERYTHING if not question.public]


def test_a_part_of_a_page_asked_by_a_stranger_leads_to_the_sign_in_page(world: World) -> None:
    for question in DESK:
        answer = question.put_to(world, ANONYMOUS, **HTMX)

        assert answer.status_code == 401, question
        assert answer.headers["HX-Redirect"].startswith("/account/login/"), question


def outside(world: World, visitor: Visitor, asked: list[Question]) -> list[str]:
    """Which of these private addresses do not send this visitor to sign in."""
    found = []
    for question in asked:
        answer = visitor.ask(question.address(world), question.method, question.sent(world))
        there = answer.headers.get("Location", "")
        if answer.status_code != 302 or not there.startswith("/account/login/?next="):
            found.append(f"{question}: {answer.status_code} {there}")
    return found


def test_a_stranger_is_sent_to_sign_in_everywhere(world: World) -> None:
    assert not outside(world, world[ANONYMOUS], PRIVATE)


@pytest.fixture
def lead(world: World, settings: Any) -> Visitor:
    """Somebody whose session is where sessions are in service: in the database."""
    settings.SESSION_ENGINE = SESSION_ENGINE
    return Visitor().sign_in(world.people["EM lead"].email)


@shares(4)
def test_a_session_that_ended_opens_nothing(
    world: World, lead: Visitor, settings: Any, share: int
) -> None:
    settings.SESSION_COOKIE_AGE = -1
    asked = PRIVATE[share::4]

    wrong = outside(world, lead, asked)

    report("security", "S1 expired session", requests=len(asked), unexpected=len(wrong))
    assert not wrong, "\n" + "\n".join(wrong)


@shares(4)
def test_somebody_switched_off_is_a_stranger_at_once(
    world: World, lead: Visitor, share: int
) -> None:
    world.person("EM lead").deactivate(by=world.person("admin"), at=world.at)
    asked = PRIVATE[share::4]

    wrong = outside(world, lead, asked)

    report("security", "S1 deactivated", requests=len(asked), unexpected=len(wrong))
    assert not wrong, "\n" + "\n".join(wrong)


@shares(4)
def test_a_cookie_somebody_made_up_opens_nothing(
    world: World, lead: Visitor, settings: Any, share: int
) -> None:
    lead.kept = f"{settings.SESSION_COOKIE_NAME}=abcdefghijklmnopqrstuvwxyz012345"

    assert not outside(world, lead, PRIVATE[share::4])


def test_a_role_is_asked_for_when_it_is_used(world: World) -> None:
    """Whoever lost a role does nothing more with it, in the same session or the next."""
    question = next(q for q in DESK if q.act == "set a setting" and q.method == "POST")
    visitor, lead = world["EM lead"], world.person("EM lead")
    lead.change_roles([Role.VIEWER], by=world.person("admin"), at=world.at)

    there = visitor.ask(question.path, "POST", question.sent(world)).headers["Location"]
    assert there.startswith("/account/login/")
    again = Visitor().sign_in(lead.email)
    assert again.ask(question.path, "POST", question.sent(world)).status_code == 403

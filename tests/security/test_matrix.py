"""S1: every address, method, role and ownership answers exactly as tests/permissions.csv says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import get_resolver, resolve

from emdesk.people.models import Role
from emdesk.workflow import perform
from scoping.facts import amend
from scoping.states import State
from tests.factories import make_issue, make_user
from tests.reports import report
from tests.security.asking import Question
from tests.security.catalogue import EVERYTHING, KEEPS_A_NOTE
from tests.security.cost import WITHOUT, figures_in
from tests.security.dom import dropped_days
from tests.security.headers import missing
from tests.security.matrix import MATRIX, ROLES, WORDS, rows
from tests.security.visitor import PASSWORD, Visitor
from tests.security.world import COLUMNS, World

TURNS = 6
PRIVATE = [question for question in EVERYTHING if not question.public]


def routes(patterns: Any, prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern).removeprefix("^")
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def test_every_address_is_in_the_catalogue(world: World) -> None:
    known = {resolve(question.address(world).partition("?")[0]).route for question in EVERYTHING}

    assert set(routes(get_resolver().url_patterns)) - known == set()


def test_the_matrix_is_whole() -> None:
    acts = {question.act for question in PRIVATE}
    roles = {role for role in COLUMNS.values() if role}

    assert acts == set(MATRIX)
    assert roles == set(Role)
    assert {word for row in MATRIX.values() for word in row.values()} == WORDS
    assert all(row["row of the matrix"] and None not in row for row in rows())


def repeats() -> set[int]:
    """The places of questions that ask for what an earlier one did, only with another query or body."""
    asked = [(each.method, each.path.partition("?")[0], each.act) for each in EVERYTHING]
    return {number for number, each in enumerate(asked) if each in asked[:number]}


def is_ones_turn(question: Question, number: int, role: str) -> bool:
    """One role in six of those who are answered alike; one at least, another with each question."""
    alike = [each for each in ROLES if question.expected(each) == question.expected(role)]
    return (alike.index(role) + number) % min(TURNS, len(alike)) == 0


@pytest.mark.parametrize("role", ROLES)
def test_everything_answers_as_the_matrix_says(world: World, role: str, full: bool) -> None:
    """Every method of every address is asked by everybody.

    Who may is decided before a page is drawn, so pages are drawn for one role in six of those
    answered alike; and what repeats a question with another query or body is asked by the same.
    ``--full`` asks everything of everybody and draws it all.
    """
    wrong, asked, repeated = [], 0, repeats()
    for number, question in enumerate(EVERYTHING):
        turn = full or is_ones_turn(question, number, role)
        if turn or number not in repeated:
            asked += 1
            wrong.append(surprise(world, role, question, drawn=turn))

    wrong = [said for said in wrong if said]
    report("security", f"S1, S4, S12 as {role}", requests=asked, unexpected=len(wrong))
    assert not wrong, "\n" + "\n".join(wrong)


def surprise(world: World, role: str, question: Question, *, drawn: bool) -> str:
    """What is wrong with an answer and its headers, or with what it wrote; or nothing."""
    answer = question.put_to(world, role, drawn=drawn)
    expected = question.expected(role)
    written = world[role].written
    if found := missing(answer):
        return f"{question}: {answer.status_code} without {found}"
    if role in WITHOUT and (figures := figures_in(answer.page)):
        return f"{question}: shows {figures} of cost"
    if days := dropped_days(answer.page):
        return f"{question}: a browser shows an empty field for {days}"
    if question.method == "GET" and (told := written - KEEPS_A_NOTE.get(question.path, set())):
        return f"{question}: looking wrote to {told}"
    if answer.status_code not in expected:
        word = "public" if question.public else MATRIX[question.act][role]
        got = f"{answer.status_code} {world[role].fault}".strip()
        return f"{question}: {got}, not {expected} ({question.act}: {word})"
    if answer.status_code in (403, 404, 405, 422) and written:
        return f"{question}: refused with {answer.status_code}, but wrote to {written}"
    return ""


@pytest.mark.parametrize("role", [Role.EM, Role.EM_LEAD, Role.DIRECTOR])
def test_who_submitted_a_sow_does_not_approve_it(world: World, role: Role) -> None:
    both = make_user(role, Role.PS_LEADERSHIP, password=PASSWORD)
    deal = make_issue(State.SOW_WIP, at=world.at, engagement_manager=both)
    perform(deal.request_approval, by=both, at=world.at)
    amend(deal, by=None, at=world.at, engagement_manager=world.person("EM other"))

    asked = {"to": "approved"}
    answer = Visitor().sign_in(both.email).ask(f"/issues/{deal.pk}/move/", "POST", asked)

    assert answer.status_code == 422


def test_nobody_approves_an_issue_of_their_own(world: World) -> None:
    both = make_user(Role.EM, Role.PS_LEADERSHIP, password=PASSWORD)
    deal = make_issue(State.READY_FOR_APPROVAL, at=world.at, engagement_manager=both)

    asked = {"to": "approved"}
    answer = Visitor().sign_in(both.email).ask(f"/issues/{deal.pk}/move/", "POST", asked)

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("role", "status"),
    [("EM own", 302), ("EM lead", 302), ("PS leadership", 422), ("viewer", 422), ("admin", 404)],
)
def test_an_issue_nobody_has_is_moved_by_any_em(world: World, role: str, status: int) -> None:
    path = f"/issues/{world.pks['nobodys']}/move/"
    asked = {"to": "strawman_wip", "engagement_manager": world.pks["em"]}

    assert world[role].ask(path, "POST", asked).status_code == status


def test_an_issue_nobody_has_is_closed_with_an_outcome_by_a_lead_only(world: World) -> None:
    path = f"/issues/{world.pks['nobodys']}/move/"
    asked = {"to": "closed", "outcome": "lose", "reason": "price", "override": "Never ours"}
    asked["quarter"] = world.pks["quarter"]

    assert world["EM own"].ask(path, "POST", asked).status_code == 422
    assert world["EM lead"].ask(path, "POST", asked).status_code == 302

"""Cost is one right: whoever lacks it finds no figure of it in any page, file or history."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.reports import report
from tests.security.asking import Question
from tests.security.catalogue import DESK
from tests.security.cost import WITHOUT, figures_in
from tests.security.matrix import MATRIX
from tests.security.visitor import HTMX
from tests.security.world import YEARLY, World

LOOKS = [question for question in DESK if question.method == "GET"]
CLOSEST = ("practice manager", "viewer", "architect own", "project manager own")


def test_those_with_the_right_find_the_figures(world: World) -> None:
    for role in ("EM own", "EM other", "EM lead", "director", "PS leadership", "revenue"):
        page = world[role].ask(f"/catalogue/cost/{world.pks['sheet']}/").page
        assert figures_in(page) == [YEARLY, "92.26"]


def looking(full: bool) -> Iterator[tuple[Question, str, dict[str, str]]]:
    """Each page is opened by two of the closest who may, once whole and once by htmx.

    With ``--full`` by each of them in both ways, and also by those it says no to.
    """
    for number, question in enumerate(LOOKS):
        if full:
            yield from product([question], CLOSEST, ({}, HTMX))
            continue
        may = [role for role in CLOSEST if MATRIX[question.act][role] == "yes"]
        turned = [*may[number % 4 :], *may[: number % 4]]
        yield from ((question, *look) for look in zip(turned, ({}, HTMX), strict=False))


def test_nobody_else_finds_a_figure_of_cost_anywhere(world: World, full: bool) -> None:
    assert set(CLOSEST) <= set(WITHOUT)
    wrong, looks = [], list(looking(full))
    for question, role, headers in looks:
        answer = world[role].ask(question.address(world), **headers)
        if found := figures_in(answer.page):
            wrong.append(f"{question} as {role}: {found}")

    report("security", "cost", requests=len(looks), leaks=len(wrong))
    assert {question.path for question, *_ in looks} >= {"/board/", "/issues/{deal}/"}
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_pages_of_cost_are_no_pages_to_those_without(world: World) -> None:
    for role in WITHOUT:
        for path in ("/catalogue/cost/", f"/catalogue/cost/{world.pks['sheet']}/"):
            assert world[role].ask(path).status_code in (404, 302)
        assert "Standard cost" not in world[role].ask("/catalogue/").page

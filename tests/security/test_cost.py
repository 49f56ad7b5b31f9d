"""Cost is one right: whoever lacks it finds no figure of it in any page, file or history."""

from __future__ import annotations

import pytest

from tests.reports import report
from tests.security.catalogue import DESK
from tests.security.matrix import MATRIX, those
from tests.security.visitor import HTMX
from tests.security.world import YEARLY, World

FIGURES = (YEARLY, "173,457.88", "173457,88", "92.26", "92,26")
WITHOUT = those("read standard cost", "hidden")
LOOKS = [question for question in DESK if question.method == "GET"]
CLOSEST = ("practice manager", "viewer", "architect own", "project manager own")


def figures_in(page: str) -> list[str]:
    return [figure for figure in FIGURES if figure in page]


def test_those_with_the_right_find_the_figures(world: World) -> None:
    for role in ("EM own", "EM other", "EM lead", "director", "PS leadership", "revenue"):
        page = world[role].ask(f"/catalogue/cost/{world.pks['sheet']}/").page
        assert figures_in(page) == [YEARLY, "92.26"]


@pytest.mark.parametrize("role", CLOSEST)
def test_nobody_else_finds_a_figure_of_cost_anywhere(world: World, role: str, full: bool) -> None:  # noqa: FBT001
    """Every page they may open, asked in turns whole and by htmx; with ``--full`` in both ways.

    A page that says no is the same whatever it refuses, and is looked at in a campaign only.
    """
    assert role in WITHOUT
    wrong, asked = [], 0
    for number, question in enumerate(LOOKS):
        if not full and MATRIX[question.act][role] != "yes":
            continue
        for headers in ({}, HTMX) if full else [({}, HTMX)[number % 2]]:
            asked += 1
            answer = world[role].ask(question.address(world), **headers)
            if found := figures_in(answer.page):
                wrong.append(f"{question}: {found}")

    report("security", f"cost as {role}", requests=asked, leaks=len(wrong))
    assert asked
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_pages_of_cost_are_no_pages_to_those_without(world: World) -> None:
    for role in WITHOUT:
        for path in ("/catalogue/cost/", f"/catalogue/cost/{world.pks['sheet']}/"):
            assert world[role].ask(path).status_code in (404, 302)
        assert "Standard cost" not in world[role].ask("/catalogue/").page

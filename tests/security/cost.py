"""The figures of cost in the world of the matrix, and who must find none of them."""

from __future__ import annotations

from tests.security.matrix import those
from tests.security.world import YEARLY

FIGURES = (YEARLY, "173,457.88", "173457,88", "92.26", "92,26")
WITHOUT = those("read standard cost", "hidden")


def figures_in(page: str) -> list[str]:
    return [figure for figure in FIGURES if figure in page]

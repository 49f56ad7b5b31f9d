"""Walks beside the matrix are shared out: one part of each every time, all of it with ``--full``."""

from __future__ import annotations

import pytest


def shares(number: int) -> pytest.MarkDecorator:
    """A test that takes ``share`` runs once for its first part, and for each other in the campaign."""
    others = [pytest.param(share, marks=pytest.mark.full) for share in range(1, number)]
    return pytest.mark.parametrize("share", [0, *others])

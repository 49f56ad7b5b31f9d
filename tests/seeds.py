"""Worlds made up by chance: a few in every run, many in a full one."""

from __future__ import annotations

from typing import Any

import pytest


def seeds(usual: int, full: int) -> list[Any]:
    """The first ``usual`` of ``full`` seeds, and the others marked for a full run."""
    late = (pytest.param(seed, marks=pytest.mark.full) for seed in range(usual, full))
    return [*range(usual), *late]

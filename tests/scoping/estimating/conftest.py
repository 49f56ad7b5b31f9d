from __future__ import annotations

import pytest

from scoping.estimating.beginning import begin
from scoping.models import Estimate, ScopingIssue
from scoping.states import State
from tests.factories import NOON, make_ready_issue


@pytest.fixture
def issue(em) -> ScopingIssue:
    return make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)


@pytest.fixture
def estimate(issue, em) -> Estimate:
    return begin(issue, by=em, at=NOON)

from __future__ import annotations

import pytest

from emdesk.people.models import Role, User
from scoping.estimating.beginning import begin
from scoping.models import Estimate, ScopingIssue
from scoping.states import State
from tests.factories import NOON, make_ready_issue, make_user


@pytest.fixture
def architect(db) -> User:
    """Who is asked about estimates over the threshold."""
    return make_user(Role.TECHNICAL_ARCHITECT, name="Yusuf Demir")


@pytest.fixture
def issue(em, architect) -> ScopingIssue:
    return make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)


@pytest.fixture
def estimate(issue, em) -> Estimate:
    return begin(issue, by=em, at=NOON)

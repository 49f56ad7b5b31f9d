from __future__ import annotations

import pytest

from emdesk.ledger.models import Dispatch
from emdesk.people.models import Role, User
from scoping.models import ScopingIssue
from scoping.states import State
from tests.factories import make_ready_issue, make_user


@pytest.fixture
def told_of_all(db: None) -> None:
    """Nothing that happened before is left to be announced."""
    Dispatch.objects.all().delete()


@pytest.fixture
def ana(db: None) -> User:
    return make_user(Role.ACCOUNT_TEAM, name="Ana Reyes", email="ana@example.com")


@pytest.fixture
def em(db: None) -> User:
    return make_user(name="Maya Okafor")


@pytest.fixture
def issue(em: User, ana: User, told_of_all: None) -> ScopingIssue:
    """An estimate in the making, asked for by Ana; nothing of it is left to be announced."""
    found = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em, requester=ana)
    Dispatch.objects.all().delete()
    return found

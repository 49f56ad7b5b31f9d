from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from emdesk.people.models import Role, User
from scoping.models import ScopingIssue
from scoping.states import State
from tests.approvals.papers import PAPERS
from tests.factories import make_ready_issue, make_user


@pytest.fixture(autouse=True)
def blank() -> Iterator[None]:
    yield
    PAPERS.clear()


@pytest.fixture
def em(db) -> User:
    return make_user(name="Amara Osei")


@pytest.fixture
def people(db) -> dict[str, User]:
    """Somebody for each gate of a paper."""
    return {
        "architect": make_user(Role.TECHNICAL_ARCHITECT, name="Yusuf Demir"),
        "revenue": make_user(Role.REVENUE, name="Linnea Åström"),
        "leadership": make_user(Role.PS_LEADERSHIP, name="Rafael Quintero"),
        "legal": make_user(Role.LEGAL, name="Beatrix Oduya"),
    }


@pytest.fixture
def issue(em, people) -> ScopingIssue:
    return make_ready_issue(State.ESTIMATE_FEEDBACK, engagement_manager=em)


@pytest.fixture
def signed_in(db: None) -> Callable[[User], Client]:
    def open_browser(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return open_browser

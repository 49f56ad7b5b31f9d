from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from emdesk.people.models import User
from scoping.models import ScopingIssue
from scoping.states import State
from tests.factories import TODAY, make_ready_issue, make_user


@pytest.fixture
def signed_in(db: None) -> Callable[[User], Client]:
    """Clients of people who are in; each call is a browser of its own."""

    def open_browser(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return open_browser


@pytest.fixture
def htmx() -> dict[str, str]:
    """What the board's page says when it asks for a part of itself."""
    return {"HX-Request": "true", "HX-Current-URL": "http://testserver/board/?view=team"}


@pytest.fixture
def em(db: None) -> User:
    return make_user(name="Amara Osei")


@pytest.fixture
def client(em: User, signed_in: Callable[[User], Client]) -> Client:
    """The browser of the engagement manager the tests are about."""
    return signed_in(em)


@pytest.fixture
def issue(em: User) -> ScopingIssue:
    """Their issue in SOW_WIP, with a value and a next step that is due."""
    return make_ready_issue(
        State.SOW_WIP,
        engagement_manager=em,
        next_step="Call",
        next_step_date=TODAY,
        expected_value=Decimal(100),
    )

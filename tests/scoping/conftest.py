from collections.abc import Callable

import pytest
from django.test import Client

from emdesk.people.models import User
from tests.factories import make_user


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

from __future__ import annotations

import pytest

from emdesk.people.models import Role, User
from scoping.models import ScopingIssue
from sow.models import StatementOfWork
from tests.factories import make_user
from tests.sow.making import agreed, drafted


@pytest.fixture
def em(db: None) -> User:
    return make_user(name="Amara Osei")


@pytest.fixture
def lead(db: None) -> User:
    return make_user(Role.EM_LEAD, name="Lena Vogel")


@pytest.fixture
def legal(db: None) -> User:
    return make_user(Role.LEGAL, name="Lea Gall")


@pytest.fixture
def practice(db: None) -> User:
    return make_user(Role.PRACTICE_MANAGER, name="Piet Prak")


@pytest.fixture
def issue(em: User) -> ScopingIssue:
    return agreed(em)


@pytest.fixture
def statement(em: User) -> StatementOfWork:
    return drafted(em)

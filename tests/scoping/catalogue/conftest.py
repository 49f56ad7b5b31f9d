import pytest

from emdesk.people.models import Role, User
from tests.factories import make_user


@pytest.fixture
def noor(db: None) -> User:
    """The practice manager, who owns the catalogue."""
    return make_user(Role.PRACTICE_MANAGER, name="Noor Haddad")

import pytest

from emdesk.people.models import Role, Segment, User
from tests import subject


@pytest.fixture(autouse=True)
def segments_are_subjects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Segment, "get_absolute_url", subject.address, raising=False)
    subject.register()


@pytest.fixture
def segment(db: None) -> Segment:
    return subject.make_segment()


@pytest.fixture
def amara(db: None) -> User:
    return subject.make_user(Role.EM, name="Amara Osei", email="amara.osei@example.com")


@pytest.fixture
def jonas(db: None) -> User:
    return subject.make_user(Role.EM, name="Jonas Müller", email="jw@example.com")


@pytest.fixture
def lead(db: None) -> User:
    return subject.make_user(Role.EM_LEAD, Role.EM, name="Lena Lead")


@pytest.fixture
def viewer(db: None) -> User:
    return subject.make_user(Role.VIEWER)


@pytest.fixture
def reader(db: None) -> User:
    """Sees the subject, but has no say in it."""
    return subject.make_user(Role.LEGAL)

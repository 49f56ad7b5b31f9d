"""Work that lived elsewhere comes in by the same door: the same event, no guard, nothing announced."""

from datetime import timedelta

import pytest

from emdesk.ledger.models import Origin
from emdesk.workflow import (
    Guard,
    adopt,
)
from scoping.models import ScopingIssue
from scoping.states import State
from tests.factories import (
    NOON,
    again,
    make_issue,
    make_user,
)

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def em(db):
    return make_user(name="Amara Osei")


@pytest.fixture
def guard(monkeypatch):
    """Guards for one test, beside the real ones: guard("name", "move", "reason")."""
    monkeypatch.setattr(ScopingIssue, "guards", [*ScopingIssue.guards])

    def stand(name, move, reason, **more):
        ScopingIssue.guards.append(
            Guard(name, lambda asked: asked == move, lambda issue, by, at: reason, **more)
        )

    return stand


def test_what_lived_elsewhere_comes_in_where_it_stood_since_when_it_stood_there(em):
    issue = make_issue()
    since = NOON - timedelta(days=30)

    event = adopt(issue, State.APPROVED, at=since, origin=Origin.IMPORT, source="export.csv")

    found = again(issue)
    assert (found.state, found.entered_state_at, found.moves) == ("approved", since, 1)
    assert (event.verb, event.actor, event.origin) == ("scoping.adopted", None, Origin.IMPORT)
    assert event.data["source"] == "export.csv"


def test_adopting_asks_no_guard(guard):
    guard("never", "adopted", "Never.")

    assert adopt(make_issue(), State.SOW_WIP, at=NOON, origin=Origin.IMPORT).after == "sow_wip"

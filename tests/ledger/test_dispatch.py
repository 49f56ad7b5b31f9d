"""What may be announced leaves a row to claim, and nothing else does."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.transaction import atomic, set_rollback
from django.test.utils import CaptureQueriesContext

from emdesk.ledger.models import Dispatch, Event, Heartbeat, Origin
from emdesk.ledger.recording import append, event_of, record
from tests.factories import NOON, make_user

pytestmark = pytest.mark.django_db
VERB = "people.amended"


@pytest.fixture
def user():
    return make_user()


@pytest.fixture(autouse=True)
def _from_nothing(user):
    Dispatch.objects.all().delete()


def dispatched():
    return list(Dispatch.objects.order_by("pk").values_list("event_id", flat=True))


def test_an_event_of_a_person_and_one_of_emdesk_leave_a_row_each(user):
    events = [record(user, VERB, by=by, at=NOON, fields=["name"]) for by in (user, None)]

    assert dispatched() == [event.pk for event in events]
    assert [event.origin for event in events] == [Origin.PERSON, Origin.SYSTEM]


def test_what_was_imported_or_made_for_the_demo_announces_nothing(user):
    for origin in (Origin.IMPORT, Origin.DEMO):
        record(user, VERB, by=user, at=NOON, origin=origin, fields=["name"])
        append([event_of(user, VERB, by=user, at=NOON, origin=origin) for _ in range(3)])

    assert Event.objects.count() == 8
    assert dispatched() == []


def test_many_events_in_one_stream_leave_a_row_each(user):
    append([event_of(user, VERB, by=None, at=NOON) for _ in range(40)])

    assert len(dispatched()) == 40
    assert dispatched() == list(Event.objects.order_by("pk").values_list("pk", flat=True))


def test_a_row_exists_only_if_the_transaction_committed(user):
    with atomic():
        record(user, VERB, by=user, at=NOON)
        assert len(dispatched()) == 1
        set_rollback(True)

    assert dispatched() == []


def test_the_row_costs_no_statement(user):
    with CaptureQueriesContext(connection) as statements:
        append([event_of(user, VERB, by=user, at=NOON)])

    assert len(statements) == 1


def test_a_row_is_due_until_it_is_dead_and_not_before_its_time(user):
    record(user, VERB, by=user, at=NOON)
    row = Dispatch.objects.get()

    assert Dispatch.objects.due(row.next_at).exists()
    assert not Dispatch.objects.due(NOON).exists()
    Dispatch.objects.update(dead_at=NOON)
    assert not Dispatch.objects.due(row.next_at).exists()


def test_a_loop_has_one_heartbeat_the_latest():
    Heartbeat.objects.beat("mail", NOON)
    Heartbeat.objects.beat("mail", NOON.replace(hour=13))
    Heartbeat.objects.beat("sweep", NOON)

    assert Heartbeat.objects.count() == 2
    assert Heartbeat.objects.get(role="mail").at.hour == 13

"""The database itself keeps the ledger: nothing in it is changed or removed, by whichever way."""

import pytest
from django.db import DatabaseError, connection, transaction

from emdesk.ledger.models import Event
from emdesk.ledger.recording import record
from tests.factories import NOON, make_segment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    segment = make_segment()
    record(segment, "people.segment_added", by=make_user(), at=NOON, name="one")
    return record(segment, "people.segment_changed", by=None, at=NOON, name="two")


def execute(statement, *values):
    """In a transaction of its own, whose constraints are all asked."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement, values)


def rows():
    return list(Event.objects.order_by("pk").values_list())


def by_save(event):
    event.verb = "people.segment_removed"
    event.save()


def by_bulk_update(event):
    event.verb = "people.segment_removed"
    Event.objects.bulk_update([event], ["verb"])


def by_upsert(event):
    event.verb = "people.segment_removed"
    Event.objects.bulk_create(
        [event], update_conflicts=True, update_fields=["verb"], unique_fields=["id"]
    )


def by_sql(statement):
    def act(event):
        with connection.cursor() as cursor:
            cursor.execute(statement, {"pk": event.pk})

    act.__name__ = statement.split()[0].lower()
    return act


HANDS = [
    by_save,
    by_bulk_update,
    by_upsert,
    lambda event: event.delete(),
    lambda event: Event.objects.filter(pk=event.pk).update(data={}),
    lambda event: Event.objects.all().delete(),
    lambda event: Event.objects.filter(pk=event.pk)._raw_delete("default"),  # noqa: SLF001
    by_sql("UPDATE ledger_event SET actor_id = NULL WHERE id = %(pk)s"),
    by_sql("UPDATE ledger_event SET verb = verb"),
    by_sql("DELETE FROM ledger_event WHERE id = %(pk)s"),
    by_sql("WITH gone AS (DELETE FROM ledger_event RETURNING *) SELECT count(*) FROM gone"),
    by_sql(
        "INSERT INTO ledger_event SELECT * FROM ledger_event WHERE id = %(pk)s"
        " ON CONFLICT (id) DO UPDATE SET verb = 'other'"
    ),
]


@pytest.mark.parametrize("act", HANDS)
def test_no_hand_changes_or_removes_an_event(act, event):
    before = rows()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        act(event)

    assert rows() == before


def test_the_ledger_cannot_be_emptied():
    record(make_segment(), "people.segment_added", by=None, at=NOON)
    before = rows()

    for statement in ("TRUNCATE ledger_event", "TRUNCATE people_user CASCADE"):
        with pytest.raises(DatabaseError, match="append-only: TRUNCATE refused"):
            execute(statement)

    assert rows() == before


def test_the_database_has_every_guard_of_the_ledger():

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgtype FROM pg_trigger"
            " WHERE tgrelid = 'ledger_event'::regclass AND NOT tgisinternal"
        )
        triggers = {name for name, _ in cursor.fetchall()}

    assert triggers == {
        "ledger_event_chain",
        "ledger_event_append_only",
        "ledger_event_no_truncate",
        "ledger_event_dispatch",
    }


def test_who_writes_past_the_application_is_numbered_and_chained_all_the_same(event):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_event (subject_type, subject_id, number, verb, origin, at, before,"
            " after, data, previous, hash, transaction)"
            " VALUES ('people.segment', %s, 77, 'forged', 'person', now(), '', '', '{}', 'x', 'y', 1)"
            " RETURNING number, previous, hash, transaction, recorded_at",
            [event.subject_id],
        )
        number, previous, stored, written_in, recorded_at = cursor.fetchone()
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        this = cursor.fetchone()[0]

    assert (number, previous, written_in) == (3, event.hash, this)
    assert stored not in {"", "y"}
    assert recorded_at is not None


def test_nobody_who_acted_can_be_deleted(event):
    actor = Event.objects.exclude(actor=None).get().actor

    with pytest.raises(DatabaseError, match="foreign key"):
        execute("DELETE FROM people_user WHERE id = %s", actor.pk)


def test_an_unknown_origin_is_refused():
    with pytest.raises(DatabaseError, match="known_origin"), transaction.atomic():
        record(make_segment(), "a", by=make_user(), at=NOON, origin="somewhere")

"""What is recorded stands in the ledger in order, and every projection hears it."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from emdesk.ledger.chain import faults
from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import Projection, append, event_of, projections, record
from tests.factories import NOON, make_segment, make_user
from tests.together import together


@pytest.mark.django_db
def test_events_of_a_subject_are_numbered_from_one_each_after_the_other():
    one, other = make_segment("Ent_EMEA"), make_segment("MM_East")

    for subject in (one, other, one, one):
        record(subject, "people.segment_changed", by=None, at=NOON)

    assert [event.number for event in Event.objects.about(one)] == [1, 2, 3]
    assert [event.number for event in Event.objects.about(other)] == [1]


@pytest.mark.django_db
def test_an_event_says_who_did_what_when_and_to_what():
    segment, person = make_segment(), make_user()

    record(segment, "people.segment_changed", by=person, at=NOON, before="a", after="b", why="so")

    event = Event.objects.about(segment).get()
    assert (event.verb, event.actor, event.at) == ("people.segment_changed", person, NOON)
    assert (event.subject_type, event.subject_id) == ("people.segment", segment.pk)
    assert (event.before, event.after, event.data) == ("a", "b", {"why": "so"})


@pytest.mark.django_db
def test_what_an_event_tells_of_may_be_a_place():
    segment = make_segment()

    record(segment, "people.segment_changed", by=None, at=NOON, place="Berlin")

    assert Event.objects.about(segment).get().data == {"place": "Berlin"}


@pytest.mark.django_db
def test_the_database_says_when_an_event_was_written_whatever_the_event_says():
    segment = make_segment()

    record(segment, "people.segment_changed", by=None, at=NOON - timedelta(days=900))

    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now = cursor.fetchone()[0]
    written = Event.objects.about(segment).get().recorded_at
    assert now - timedelta(minutes=1) < written <= now


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("person", "given", "kept"),
    [
        (True, Origin.PERSON, Origin.PERSON),
        (True, Origin.IMPORT, Origin.IMPORT),
        (False, Origin.PERSON, Origin.SYSTEM),
        (False, Origin.DEMO, Origin.DEMO),
    ],
)
def test_what_nobody_did_emdesk_did(person, given, kept):
    by = make_user() if person else None

    event = record(make_segment(), "people.segment_changed", by=by, at=NOON, origin=given)

    assert event.origin == kept


@pytest.mark.django_db
def test_moves_are_the_events_that_change_the_state():
    segment = make_segment()
    record(segment, "a", by=None, at=NOON)
    record(segment, "b", by=None, at=NOON, before="x", after="y")
    record(segment, "c", by=None, at=NOON, before="x", after="x")

    assert [event.verb for event in Event.objects.about(segment).moves()] == ["b"]


@pytest.mark.django_db
def test_every_projection_hears_each_event_in_the_transaction_that_writes_it(monkeypatch):
    heard = []
    projection = Projection("ears", heard.extend, lambda: None, lambda: 0)
    monkeypatch.setattr("emdesk.ledger.recording.projections", [*projections, projection])
    segment = make_segment()

    record(segment, "a", by=None, at=NOON)
    append([event_of(segment, verb, by=None, at=NOON) for verb in "bc"])

    assert [event.verb for event in heard] == ["a", "b", "c"]


@pytest.mark.django_db
def test_what_a_projection_refuses_is_not_recorded(monkeypatch):
    def refuse(events):
        raise ValueError("no")

    projection = Projection("refuses", refuse, lambda: None, lambda: 0)
    monkeypatch.setattr("emdesk.ledger.recording.projections", [projection])
    segment = make_segment()

    with pytest.raises(ValueError, match="no"):
        record(segment, "a", by=None, at=NOON)

    assert not Event.objects.about(segment).exists()


@pytest.mark.django_db
def test_nothing_is_recorded_about_what_is_not_there():
    segment = make_segment("gone")
    pk = segment.pk
    segment.delete()
    segment.pk = pk

    with pytest.raises(type(segment).DoesNotExist):
        record(segment, "a", by=None, at=NOON)


@pytest.mark.django_db
def test_a_batch_of_events_is_chained_like_single_ones():
    segment = make_segment()

    append([event_of(segment, "a", by=None, at=NOON) for _ in range(50)])
    record(segment, "b", by=None, at=NOON)

    assert [event.number for event in Event.objects.about(segment)] == list(range(1, 52))
    assert list(faults()) == []


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_make_one_line_about_each_subject():
    subjects = [make_segment("Ent_EMEA"), make_segment("MM_East")]

    def write():
        for turn in range(20):
            record(subjects[turn % 2], "a", by=None, at=NOON)

    assert together([write] * 6) == [None] * 6

    for subject in subjects:
        assert [event.number for event in Event.objects.about(subject)] == list(range(1, 61))
    assert list(faults()) == []


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_gap():
    segment = make_segment()
    record(segment, "a", by=None, at=NOON)

    with transaction.atomic():
        record(segment, "b", by=None, at=NOON)
        transaction.set_rollback(True)
    record(segment, "c", by=None, at=NOON)

    assert [(e.number, e.verb) for e in Event.objects.about(segment)] == [(1, "a"), (2, "c")]
    assert list(faults()) == []


@pytest.mark.django_db
def test_events_name_their_subject_without_holding_on_to_it():
    segment = make_segment("closing down")
    record(segment, "people.segment_removed", by=None, at=NOON)
    pk = segment.pk

    segment.delete()

    assert Event.objects.filter(subject_id=pk, subject_type="people.segment").exists()

"""The daily head: written once a day, outside the database, and held against it."""

import json
from datetime import timedelta
from threading import Event as Signal
from threading import Timer

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from emdesk.ledger import heads
from emdesk.ledger.models import Event
from emdesk.ledger.recording import record
from tests.factories import NOON, make_segment
from tests.together import together

DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "elsewhere" / "heads.jsonl"


def write(times):
    segment = make_segment()
    for _ in range(times):
        record(segment, "people.segment_changed", by=None, at=NOON)


@pytest.mark.django_db
def test_a_head_says_on_which_day_the_ledger_reached_which_event(path):
    write(3)

    head = heads.anchor(path, NOON)

    assert (head.day, head.events) == ("2026-03-02", 3)
    assert head.last_event == Event.objects.latest("pk").pk
    assert json.loads(path.read_text()) == {
        "day": "2026-03-02",
        "last_event": head.last_event,
        "events": 3,
        "digest": head.digest,
    }


@pytest.mark.django_db
def test_a_day_has_one_head_however_often_it_is_asked_for(path):
    write(1)
    heads.anchor(path, NOON)
    write(1)

    assert heads.anchor(path, NOON + timedelta(hours=11)) is None
    assert heads.anchor(path, NOON - DAY) is None

    assert len(path.read_text().splitlines()) == 1


@pytest.mark.django_db
def test_each_day_adds_a_line_and_changes_none(path):
    write(2)
    first = heads.anchor(path, NOON)
    before = path.read_text()
    write(3)

    second = heads.anchor(path, NOON + DAY)

    assert path.read_text().startswith(before)
    assert (second.events, second.digest != first.digest) == (3, True)
    assert heads.read(path) == [first, second]
    assert list(heads.broken(path)) == []


@pytest.mark.django_db
def test_half_a_line_is_told_of_and_stops_no_later_head(path):
    write(2)
    first = heads.anchor(path, NOON)
    with path.open("a") as file:
        file.write(path.read_text()[:40])
    write(1)

    second = heads.anchor(path, NOON + DAY)

    assert heads.read(path) == [first, second]
    assert list(heads.broken(path)) == [
        "line 2 of heads.jsonl cannot be read: it was cut off or changed"
    ]


@pytest.mark.django_db
def test_a_day_on_which_nothing_happened_has_a_head_too(path):
    write(1)
    heads.anchor(path, NOON)

    quiet = heads.anchor(path, NOON + DAY)

    assert quiet.events == 0
    assert list(heads.broken(path)) == []


@pytest.mark.django_db
def test_an_empty_ledger_has_a_head(path):
    assert heads.anchor(path, NOON).events == 0
    assert list(heads.broken(path)) == []


@pytest.mark.django_db
def test_only_the_head_over_a_lost_event_breaks(path):
    write(2)
    heads.anchor(path, NOON)
    write(2)
    heads.anchor(path, NOON + DAY)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM ledger_event WHERE id = (SELECT max(id) FROM ledger_event)")

    assert list(heads.broken(path)) == ["head of 2026-03-03: 2 events then, 1 now"]


@pytest.mark.django_db
def test_a_head_of_another_ledger_does_not_fit(path):
    write(2)
    heads.anchor(path, NOON)
    line = json.loads(path.read_text())
    path.write_text(json.dumps(line | {"digest": "0" * 64}))

    assert [line.split(":")[0] for line in heads.broken(path)] == ["head of 2026-03-02"]


@pytest.mark.django_db
def test_without_a_file_there_is_nothing_to_hold_against_the_ledger(path):
    write(1)

    assert list(heads.broken(path)) == []


@pytest.mark.django_db(transaction=True)
def test_two_who_write_the_head_at_once_write_one(path):
    write(5)

    came_to = together([lambda: heads.anchor(path, NOON)] * 4)

    assert sum(head is not None for head in came_to) == 1, came_to
    assert len(heads.read(path)) == 1
    assert list(heads.broken(path)) == []


@pytest.mark.django_db(transaction=True)
def test_a_head_waits_for_who_is_writing_so_that_no_event_slips_in_below_it(path):
    """The first took its number before the second and is still writing when the head is asked."""
    slow, quick = make_segment("MM_East"), make_segment("SMB")
    begun, done, told = Signal(), Signal(), []

    def write_slowly():
        with transaction.atomic():
            record(slow, "people.segment_changed", by=None, at=NOON)
            begun.set()
            assert done.wait(20)
            told.append("written")

    def write_quickly():
        assert begun.wait(20)
        record(quick, "people.segment_changed", by=None, at=NOON)
        Timer(0.5, done.set).start()
        heads.anchor(path, NOON)
        told.append("anchored")

    assert together([write_slowly, write_quickly]) == [None, None]
    assert told == ["written", "anchored"]
    assert [head.events for head in heads.read(path)] == [2]
    assert list(heads.broken(path)) == []


@pytest.mark.django_db
def test_the_command_reads_the_heads_where_the_setting_says(path, settings):
    settings.LEDGER_HEADS = path
    write(1)
    heads.anchor(path, NOON)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM ledger_event")

    with pytest.raises(CommandError, match="1 faults"):
        call_command("verify_ledger")


@pytest.mark.django_db
def test_a_head_written_anew_breaks_the_one_after_it_too(path):
    write(1)
    first = heads.anchor(path, NOON)
    write(1)
    heads.anchor(path, NOON + DAY)

    path.write_text(path.read_text().replace(first.digest, "0" * 64))

    broken = list(heads.broken(path))
    assert [each.split(":")[0] for each in broken] == [
        "head of 2026-03-02",
        "head of 2026-03-03",
    ]

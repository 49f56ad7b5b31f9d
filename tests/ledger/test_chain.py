"""Whoever lays a hand on the rows, with the database's own guards switched off, is found out."""

import hashlib
import json
from datetime import UTC, timedelta
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from emdesk.ledger import heads
from emdesk.ledger.chain import faults
from emdesk.ledger.models import Event
from emdesk.ledger.recording import record
from tests.factories import NOON, make_segment, make_user
from tests.reports import report

REHASH = """
UPDATE ledger_event e SET previous = %s,
  hash = encode(sha256(convert_to(ledger_text(ROW(e.id, e.subject_type, e.subject_id, e.number,
    e.verb, e.origin, e.at, e.recorded_at, e.transaction, e.before, e.after, e.data, %s, e.hash,
    e.actor_id)::ledger_event), 'UTF8')), 'hex')
 WHERE id = %s RETURNING hash
"""
WRITTEN = {
    "subject_type": "'people.user'",
    "subject_id": "subject_id + 1000",
    "number": "number + 1000",
    "verb": "verb || 'x'",
    "actor_id": "CASE WHEN actor_id IS NULL THEN (SELECT min(id) FROM people_user) END",
    "origin": "CASE origin WHEN 'import' THEN 'demo' ELSE 'import' END",
    "at": "at + interval '1 microsecond'",
    "recorded_at": "recorded_at - interval '1 microsecond'",
    "before": "before || 'x'",
    "after": "after || 'x'",
    "data": """data || '{"amount": 1}'""",
    "previous": "repeat('0', 64)",
    "hash": "repeat('0', 64)",
}


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def ledger(db):
    """Three chains of six events, written in turn."""
    subjects = [make_segment(name) for name in ("Ent_EMEA", "MM_East", "SMB")]
    actors = [make_user(), None]
    for turn in range(18):
        at = NOON + timedelta(minutes=turn)
        record(subjects[turn % 3], f"verb{turn}", by=actors[turn % 2], at=at, turn=turn)
    return subjects


@pytest.fixture
def unguarded(ledger):
    """The superuser's hand: no trigger and no constraint by trigger speaks."""
    sql("SET LOCAL session_replication_role = replica")
    yield
    sql("SET LOCAL session_replication_role = origin")


def rehash(events, previous=""):
    """Hash a chain anew so that it is perfect in itself, as somebody with all the code could."""
    for event in events:
        ((previous,),) = sql(REHASH, previous, previous, event.pk)


def chain_of(rng, ledger):
    return list(Event.objects.about(rng.choice(ledger)))


def edit(rng, ledger):
    event = rng.choice(chain_of(rng, ledger))
    column = rng.choice(sorted(WRITTEN))
    sql(f"UPDATE ledger_event SET {column} = {WRITTEN[column]} WHERE id = %s", event.pk)


def deletion(rng, ledger):
    event = rng.choice(chain_of(rng, ledger)[:-1])
    sql("DELETE FROM ledger_event WHERE id = %s", event.pk)


def swap(rng, ledger):
    """Two events of one chain change places."""
    one, other = rng.sample(chain_of(rng, ledger), 2)
    for event, number in ((one, 999), (other, one.number), (one, other.number)):
        sql("UPDATE ledger_event SET number = %s WHERE id = %s", number, event.pk)


def insertion(rng, ledger):
    """An event that never happened, hashed right, with all later ones pushed on."""
    chain = chain_of(rng, ledger)
    place = rng.randrange(len(chain) - 1)
    for event in reversed(chain[place:]):
        sql("UPDATE ledger_event SET number = number + 1 WHERE id = %s", event.pk)
    ((pk,),) = sql(
        "INSERT INTO ledger_event (subject_type, subject_id, number, verb, origin, at, recorded_at,"
        " transaction, before, after, data, previous, hash)"
        " SELECT subject_type, subject_id, %s, 'forged', origin, at, recorded_at, transaction,"
        " before, after, data, previous, '' FROM ledger_event WHERE id = %s RETURNING id",
        place + 1,
        chain[place].pk,
    )
    rehash([Event.objects.get(pk=pk)], chain[place - 1].hash if place else "")


def forged_hash(rng, ledger):
    """An edit whose own hash is made to fit."""
    chain = chain_of(rng, ledger)
    place = rng.randrange(len(chain) - 1)
    sql("UPDATE ledger_event SET verb = 'forged' WHERE id = %s", chain[place].pk)
    rehash([chain[place]], chain[place].previous)


def truncation(rng, ledger):
    """The newest events of a chain are cut off; what is left is whole in itself."""
    chain = chain_of(rng, ledger)
    for event in chain[rng.randrange(1, len(chain)) :]:
        sql("DELETE FROM ledger_event WHERE id = %s", event.pk)


def rewrite(rng, ledger):
    """One event is edited and the whole chain hashed anew."""
    chain = chain_of(rng, ledger)
    sql("UPDATE ledger_event SET verb = 'forged' WHERE id = %s", rng.choice(chain).pk)
    rehash(chain)


def whole_chain(rng, ledger):
    """All that was ever known of a subject is gone."""
    for event in chain_of(rng, ledger):
        sql("DELETE FROM ledger_event WHERE id = %s", event.pk)


INSIDE = [edit, deletion, swap, insertion, forged_hash]
AGAINST_HEADS = [truncation, rewrite, whole_chain]


def found_by(check, tamper, ledger, seeds):
    """How many of these tamperings a check finds; each is undone before the next."""
    found = 0
    for seed in range(seeds):
        with transaction.atomic():
            tamper(Random(seed), ledger)  # noqa: S311
            found += bool(list(check()))
            transaction.set_rollback(True)
    return found


@pytest.fixture
def seeds(request):
    return 50 if request.config.getoption("--full") else 8


@pytest.mark.parametrize("tamper", INSIDE)
def test_a_hand_inside_a_chain_is_found(tamper, ledger, unguarded, seeds):
    found = found_by(faults, tamper, ledger, seeds)

    report("ledger", f"tampering: {tamper.__name__}", tried=seeds, found=found)
    assert found == seeds
    assert list(faults()) == []


@pytest.mark.parametrize("tamper", AGAINST_HEADS)
def test_what_no_chain_shows_the_daily_head_does(tamper, ledger, unguarded, seeds, tmp_path):
    path = tmp_path / "heads.jsonl"
    heads.anchor(path, NOON)

    assert found_by(faults, tamper, ledger, 3) == 0, "a chain alone cannot know"
    found = found_by(lambda: heads.broken(path), tamper, ledger, seeds)

    report("ledger", f"tampering: {tamper.__name__}", tried=seeds, found=found)
    assert found == seeds
    assert list(heads.broken(path)) == []


@pytest.mark.parametrize("column", sorted(WRITTEN))
@pytest.mark.parametrize("number", [1, 3, 6])
def test_an_edit_of_any_written_column_is_found_at_its_event(column, number, ledger, unguarded):
    event = Event.objects.about(ledger[1]).get(number=number)

    sql(f"UPDATE ledger_event SET {column} = {WRITTEN[column]} WHERE id = %s", event.pk)

    moved = column in {"subject_type", "subject_id", "number"}
    assert any(moved or fault.number == number for fault in faults())


def test_every_column_that_says_something_is_written_into_the_hash():
    columns = {field.column for field in Event._meta.concrete_fields}

    assert columns - set(WRITTEN) == {"id", "transaction"}


def test_a_fault_names_the_subject_the_event_and_what_is_wrong(ledger, unguarded):
    segment = ledger[0]
    pk = Event.objects.about(segment).get(number=3).pk

    sql("UPDATE ledger_event SET verb = 'forged' WHERE id = %s", pk)

    assert [str(fault) for fault in faults()] == [
        f"people.segment {segment.pk} event 3: was altered after it was written"
    ]


def test_a_lost_event_is_told_by_the_gap_it_leaves(ledger, unguarded):
    sql("DELETE FROM ledger_event WHERE id = %s", Event.objects.about(ledger[0]).get(number=3).pk)

    told = [str(fault) for fault in faults()]

    assert any("missing" in line and "event 4" in line for line in told)


@pytest.mark.django_db
def test_the_hash_covers_what_the_document_says_in_this_order():
    segment, person = make_segment(), make_user()
    record(segment, "first", by=None, at=NOON)
    event = record(
        segment, "people.segment_changed", by=person, at=NOON, before="a", after="b", name="Zoë"
    )

    stored = Event.objects.get(pk=event.pk)
    stamps = [moment.astimezone(UTC) for moment in (stored.at, stored.recorded_at)]
    spelled = [
        "people.segment",
        str(segment.pk),
        "2",
        "people.segment_changed",
        str(person.pk),
        "person",
        *(f"{stamp:%Y-%m-%dT%H:%M:%S.%f}Z" for stamp in stamps),
        "a",
        "b",
        json.dumps({"name": "Zoë"}, ensure_ascii=False),
        Event.objects.about(segment).get(number=1).hash,
    ]
    assert stored.hash == hashlib.sha256("\x1f".join(spelled).encode()).hexdigest()


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc\x1f"), inner),
    max_leaves=8,
)


@pytest.mark.django_db
@given(said=anything, moment=st.datetimes())
def test_whatever_is_said_verifies(said, moment):
    at = moment.replace(tzinfo=UTC)

    record(make_segment(), "people.segment_changed", by=None, at=at, said=said)

    assert list(faults()) == []


def test_the_command_says_that_a_whole_ledger_is_whole(ledger, tmp_path, capsys):
    call_command("verify_ledger", heads=tmp_path / "none.jsonl")

    assert "The ledger is whole: 18 events." in capsys.readouterr().out


@pytest.mark.parametrize("tamper", [deletion, truncation])
def test_the_command_names_each_fault_and_fails(tamper, ledger, unguarded, tmp_path, capsys):
    path = tmp_path / "heads.jsonl"
    heads.anchor(path, NOON)
    tamper(Random(1), ledger)  # noqa: S311

    with pytest.raises(CommandError, match="not what was written"):
        call_command("verify_ledger", heads=path)

    assert "head of 2026-03-02" in capsys.readouterr().out

"""What is handed in is kept byte for byte, once, in order and on record."""

from __future__ import annotations

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from emdesk.configuration.values import set_value
from emdesk.files import storing
from emdesk.files.models import StoredFile
from emdesk.files.refusal import Refused
from emdesk.files.shelf import held, shelf
from emdesk.files.storing import store
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from tests.files.samples import PDF
from tests.subject import NOON, make_segment, make_user

TODAY = NOON.date()


def pdf(text=""):
    return io.BytesIO(PDF.replace(b"trailer", b"%" + text.encode() + b"\ntrailer"))


def put(subject, user, name="plan.pdf", text="", at=NOON):
    return store(subject, pdf(text), name, by=user, at=at)


def on_disk(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_kept_as_it_came(segment, amara, folder):
    stored = put(segment, amara)

    assert stored.path.read_bytes() == PDF.replace(b"trailer", b"%\ntrailer")
    assert stored.sha256 == hashlib.sha256(stored.path.read_bytes()).hexdigest()
    assert stored.size == stored.path.stat().st_size
    assert (stored.name, stored.version, stored.content_type) == ("plan.pdf", 1, "application/pdf")
    assert (stored.uploaded_by, stored.at, stored.replaces) == (amara, NOON, None)


def test_a_file_lies_under_a_name_nobody_can_guess_or_read(segment, amara, folder):
    stored = put(segment, amara, "../../plan.pdf")

    assert stored.path.is_relative_to(folder)
    assert "plan" not in str(stored.path.relative_to(folder))
    assert len(stored.path.name) == 32
    assert stored.path.stat().st_mode & 0o077 == 0
    assert stored.path.parent.stat().st_mode & 0o077 == 0


def test_storing_leaves_one_event(segment, amara):
    stored = put(segment, amara)

    event = Event.objects.about(segment).get()
    assert (event.verb, event.actor, event.at) == ("files.stored", amara, NOON)
    assert event.data == {
        "file": stored.pk,
        "name": "plan.pdf",
        "version": 1,
        "sha256": stored.sha256,
    }


def test_the_same_name_makes_the_next_version_and_keeps_the_last(segment, amara, folder):
    first = put(segment, amara, "Plan.pdf", "one")
    second = put(segment, amara, "plan.PDF", "two")

    assert (second.version, second.replaces) == (2, first)
    assert len(on_disk(folder)) == 2


def test_versions_are_counted_for_each_subject(segment, amara):
    put(segment, amara)

    assert put(make_segment(), amara).version == 1


def test_the_same_bytes_again_are_no_new_version(segment, amara, folder):
    put(segment, amara)

    with pytest.raises(Refused, match="the same file as version 1"):
        put(segment, amara)

    assert (StoredFile.objects.count(), len(on_disk(folder))) == (1, 1)
    assert Event.objects.about(segment).count() == 1


def test_who_has_no_say_stores_nothing(segment, reader, folder):
    with pytest.raises(PermissionDenied):
        put(segment, reader)
    with pytest.raises(PermissionDenied):
        put(reader, reader)

    assert on_disk(folder) == []


def test_a_file_over_the_limit_is_refused_and_the_limit_is_a_setting(segment, amara):
    admin = make_user(Role.ADMIN)
    large = io.BytesIO(PDF[:-6] + b"%" * (1024 * 1024) + b"\n%%EOF\n")
    set_value("file_megabytes", 1, effective_from=TODAY, reason="Disk", by=admin, at=NOON)

    with pytest.raises(Refused, match="larger than 1 MB"):
        store(segment, large, "plan.pdf", by=amara, at=NOON)

    store(segment, large, "plan.pdf", by=amara, at=NOON - timedelta(days=1))


def test_an_empty_file_is_refused(segment, amara):
    with pytest.raises(Refused, match="empty"):
        store(segment, io.BytesIO(), "plan.txt", by=amara, at=NOON)


def test_nothing_stays_behind_when_the_record_fails(segment, amara, folder, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("The ledger is away.")

    monkeypatch.setattr(storing, "record", fail)

    with pytest.raises(RuntimeError):
        put(segment, amara)

    assert on_disk(folder) == []
    assert not StoredFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_versions_sent_at_once_follow_each_other(amara, folder):
    segment = make_segment()
    together = Barrier(4)

    def send(number):
        try:
            together.wait(10)
            return put(segment, amara, text=str(number)).version
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        versions = list(people.map(send, range(4)))

    assert sorted(versions) == [1, 2, 3, 4]
    assert Event.objects.about(segment).count() == 4


@pytest.mark.parametrize(
    "fields", [{"version": 1}, {"version": 2, "replaces": None}, {"version": 1, "name": "PLAN.pdf"}]
)
def test_the_database_refuses_versions_that_cannot_be(segment, amara, fields):
    stored = put(segment, amara)
    copy = {"name": "plan.pdf", "size": 1, "sha256": "0" * 64, "place": "a", "at": NOON}
    about = {"subject_type": stored.subject_type, "subject_id": stored.subject_id}

    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.create(**copy | about | fields)


def test_the_shelf_shows_each_file_once_with_its_earlier_versions(segment, amara, reader):
    for name, text in (("b.pdf", "1"), ("A.pdf", "1"), ("b.pdf", "2"), ("B.pdf", "3")):
        put(segment, amara, name, text)

    found = [
        (file.latest.name, file.latest.version, [old.version for old in file.earlier])
        for file in held(segment)
    ]

    assert found == [("A.pdf", 1, []), ("B.pdf", 3, [2, 1])]
    assert shelf(segment, user=amara)["may_upload"]
    assert not shelf(segment, user=reader)["may_upload"]


@pytest.mark.parametrize("rows", [1, 5])
def test_the_shelf_costs_the_same_however_full(segment, amara, django_assert_num_queries, rows):
    for number in range(rows):
        put(segment, amara, f"{number}.pdf")
        put(segment, amara, f"{number}.pdf", "again")

    with django_assert_num_queries(1):
        assert {str(file.latest.uploaded_by) for file in held(segment)} == {"Amara Osei"}

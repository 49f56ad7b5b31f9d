"""A version on paper is made once: whoever asks, however often, and whatever becomes of a worker."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from emdesk.files.models import Download, StoredFile
from emdesk.paper import Unprintable
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed
from scoping.deeds import DEEDS
from scoping.promises import note
from sow import documents, stamping
from sow.models import Document, Purpose, Stamp
from sow.saving import Typed, save
from sow.tasks import look_after_documents, make_document
from tests.factories import NOON, make_user
from tests.sow.approved import HOUR, again, staffed
from tests.sow.stamped import NoPress, approved, stamped, without_press

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
SOON = NOON + MINUTE


@pytest.fixture(autouse=True)
def _no_press(monkeypatch, settings, tmp_path):
    settings.EMDESK_FILES = tmp_path
    without_press(monkeypatch)


@pytest.fixture
def sent(monkeypatch):
    """What was sent to the queue."""
    found = []
    monkeypatch.setattr(make_document, "delay", found.append)
    return found


def visitor(user):
    client = Client()
    client.force_login(user)
    return client


def breaks(monkeypatch, error):
    def print_(self, html, variant, heard):
        raise error

    monkeypatch.setattr(NoPress, "print", print_)


def test_asked_twice_it_is_made_once(em, lead, statement):
    first = documents.ask(statement.head, by=em, at=NOON)
    assert documents.ask(statement.head, by=lead, at=SOON) == first
    assert documents.carry_out(first.pk, at=SOON)
    assert not documents.carry_out(first.pk, at=SOON)
    made = documents.ask(statement.head, by=lead, at=SOON)
    assert (made.made_at, made.asked_by, made.pages) == (SOON, em, 3)
    assert made.file.path.stat().st_size == made.size
    assert StoredFile.objects.about(made).count() == 1
    assert not documents.look_after(NOON + HOUR, MINUTE)


def test_a_worker_at_it_is_left_alone_and_a_killed_one_is_made_up_for(em, statement):
    asked = documents.ask(statement.head, by=em, at=NOON)
    assert not documents.look_after(NOON, MINUTE)
    assert documents.look_after(NOON + 2 * MINUTE, MINUTE) == [asked.pk]
    row = Document.objects.filter(pk=asked.pk)
    row.update(begun_at=NOON, tries=1)
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [documents.LOCK, asked.pk])
        assert not documents.carry_out(asked.pk, at=SOON)
        assert not documents.look_after(NOON + HOUR, MINUTE)
        cursor.execute("SELECT pg_advisory_unlock_all()")
    assert documents.look_after(SOON, MINUTE) == [asked.pk]
    assert documents.carry_out(asked.pk, at=SOON)
    assert StoredFile.objects.about(asked).count() == 1


def test_one_that_ends_its_worker_again_and_again_is_given_up(em, statement):
    asked = documents.ask(statement.head, by=em, at=NOON)
    Document.objects.update(begun_at=NOON, tries=documents.MOST_TRIES)
    assert not documents.look_after(SOON, MINUTE)
    asked.refresh_from_db()
    assert asked.problem == documents.KILLED
    assert not documents.carry_out(asked.pk, at=SOON)


def test_a_problem_is_said_and_it_can_be_asked_for_again(em, statement, monkeypatch):
    asked = documents.ask(statement.head, by=em, at=NOON)
    with monkeypatch.context() as patch:
        breaks(patch, Unprintable("Too long."))
        make_document(asked.pk)
    asked.refresh_from_db()
    assert (asked.problem, asked.made_at) == ("Too long.", None)
    asked = documents.ask(statement.head, by=em, at=SOON)
    assert (asked.under_way, asked.asked_at) == (True, SOON)
    with monkeypatch.context() as patch:
        breaks(patch, ZeroDivisionError())
        with pytest.raises(ZeroDivisionError):
            make_document(asked.pk)
    asked.refresh_from_db()
    assert asked.problem == documents.FAILED
    documents.ask(statement.head, by=em, at=SOON)
    make_document(asked.pk)
    asked.refresh_from_db()
    assert asked.made_at


def test_beat_sends_what_is_left(em, statement, sent):
    asked = documents.ask(statement.head, by=em, at=NOON)
    look_after_documents()
    assert sent == [asked.pk]


def test_the_page_asks_watches_and_offers_the_file(
    em, statement, sent, django_capture_on_commit_callbacks
):
    client, place = visitor(em), f"/sow/{statement.issue_id}"
    assert "Make a PDF of v1" in client.get(f"{place}/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"{place}/versions/1/pdf/")
    assert answer["Location"] == f"{place}/versions/1/#paper"
    asked = Document.objects.get()
    assert sent == [asked.pk]
    shown = client.get(f"{place}/versions/1/").content.decode()
    assert "Waiting for a worker" in shown
    assert f'hx-get="{place}/documents/{asked.pk}/"' in shown
    Document.objects.update(begun_at=NOON, pages=7)
    answer = client.get(f"{place}/documents/{asked.pk}/").content.decode()
    assert "Page 7 is being set" in answer
    documents.carry_out(asked.pk, at=SOON)
    answer = client.get(f"{place}/documents/{asked.pk}/").content.decode()
    assert f"{statement.number}-v1.pdf" in answer
    assert "hx-get" not in answer
    Document.objects.filter(pk=asked.pk).values("problem")
    again_ = client.post(f"{place}/versions/1/pdf/", headers={"HX-Request": "true"})
    assert "3 pages" in again_.content.decode()
    assert sent == [asked.pk]


def test_whoever_sees_the_sow_may_have_the_file_and_nobody_else(em, statement):
    asked = documents.ask(statement.head, by=em, at=NOON)
    documents.carry_out(asked.pk, at=SOON)
    asked.refresh_from_db()
    place = f"/files/{asked.file_id}/"
    answer = visitor(em).get(place)
    assert b"".join(answer.streaming_content) == asked.file.path.read_bytes()
    assert answer["Content-Disposition"] == f'attachment; filename="{statement.number}-v1.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Download.objects.get().user == em
    outsider = make_user(Role.ACCOUNT_TEAM)
    assert visitor(outsider).get(place).status_code == 404
    document = f"/sow/{statement.issue_id}/documents/{asked.pk}/"
    assert visitor(outsider).get(document).status_code == 404
    assert visitor(em).post(f"/files/sow.document/{asked.pk}/add/").status_code == 403


def test_legal_stamps_by_the_page_and_the_em_says_when_it_is_sent(
    em, legal, sent, django_capture_on_commit_callbacks
):
    people = staffed()
    statement = approved(em, people)
    place = f"/sow/{statement.issue_id}"
    client, other = visitor(legal), visitor(em)
    assert "Stamp v2" in client.get(f"{place}/").content.decode()
    assert "Stamp v2" not in other.get(f"{place}/").content.decode()
    assert other.post(f"{place}/stamp/", {"seen": "2"}).status_code == 403
    client.post(f"{place}/stamp/", {"seen": "1"})
    assert not Document.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{place}/stamp/", {"seen": "2"})
    asked = Document.objects.get(purpose=Purpose.STAMPED)
    assert sent == [asked.pk]
    assert "waits for a worker" in client.get(f"{place}/").content.decode()
    deed = {"issue": statement.issue, "deed": DEEDS["stamped_sow_sent"], "by": em}
    with pytest.raises(stamping.Refused, match="is not stamped"):
        note(at=SOON + 5 * HOUR, **deed)
    documents.carry_out(asked.pk, at=NOON + 5 * HOUR)
    shown = other.get(f"{place}/").content.decode()
    assert "STAMPED" in shown
    assert Stamp.objects.get().sha256 in shown
    assert "Stamped SOW sent" in shown
    event = note(at=NOON + 6 * HOUR, **deed)
    assert event.data["sha256"] == Stamp.objects.get().sha256
    assert "Sent to the customer" in other.get(f"{place}/").content.decode()


def test_a_stamp_is_voided_by_the_page_with_a_reason(em, legal):
    found = stamped(em, staffed(), legal)
    place = f"/sow/{found.statement.issue_id}"
    outsider = make_user(Role.REVENUE)
    assert visitor(outsider).post(f"{place}/stamp/void/", {"why": "x"}).status_code == 403
    visitor(em).post(f"{place}/stamp/void/", {"why": " "})
    assert stamping.standing(found.statement)
    visitor(em).post(f"{place}/stamp/void/", {"why": "A name is wrong"})
    assert not stamping.standing(found.statement)
    assert "is void since" in visitor(em).get(f"{place}/").content.decode()
    assert "Stamp v2" in visitor(legal).get(f"{place}/").content.decode()


def test_a_stamp_that_cannot_be_made_says_why(em, legal):
    statement = approved(em, staffed())
    asked = stamping.ask(statement, seen=2, by=legal, at=NOON + 4 * HOUR)
    typed = [Typed("travel", "Travel and expenses", "Nobody travels.")]
    save(statement, seen=2, typed=typed, by=em, at=NOON + 4 * HOUR, why="They asked")
    documents.carry_out(asked.pk, at=NOON + 5 * HOUR)
    asked.refresh_from_db()
    assert asked.problem == "v3 was saved meanwhile. Look at it first."
    answer = visitor(legal).get(f"/sow/{statement.issue_id}/documents/{asked.pk}/")
    assert "Not stamped: v3 was saved meanwhile" in answer.content.decode()
    with pytest.raises(NotAllowed):
        stamping.ask(again(statement), seen=3, by=em, at=NOON + 5 * HOUR)

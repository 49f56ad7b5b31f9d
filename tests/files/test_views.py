"""Handing files in and fetching them, as a browser does it."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from emdesk.files import limits
from emdesk.files.models import Download, StoredFile
from emdesk.files.storing import store
from emdesk.ledger.models import Event
from tests.files.samples import HONEST, HOSTILE, PDF
from tests.subject import LABEL, NOON

HANDLERS = [
    "emdesk.files.limits.UpToCeiling",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def add_url(segment):
    return reverse("files:upload", args=[LABEL, segment.pk])


def send(user, segment, name, content, **more):
    sent = SimpleUploadedFile("x", content)
    sent.__dict__["_name"] = name  # as a client writes it, not as Django would
    return client_of(user).post(add_url(segment), {"file": sent, **more})


def fetch(user, stored):
    """The answer to a download, and the bytes it brought."""
    response = client_of(user).get(reverse("files:download", args=[stored.pk]))
    content = b"".join(response.streaming_content)
    return response, content


@pytest.fixture
def stored(segment, amara):
    return store(segment, io.BytesIO(PDF), "Größe \"1\" '2'.pdf", by=amara, at=NOON)


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_is_added_and_comes_back_byte_for_byte(segment, amara, name):
    content_type, content = HONEST[name]

    response = send(amara, segment, name, content)

    assertRedirects(response, f"/segments/{segment.pk}/#files", fetch_redirect_response=False)
    fetched, body = fetch(amara, StoredFile.objects.get())
    assert body == content
    assert fetched["Content-Type"] == content_type


@pytest.mark.parametrize("name", HOSTILE)
def test_a_dishonest_file_is_refused_on_the_page_and_kept_nowhere(segment, amara, folder, name):
    response = send(amara, segment, name, HOSTILE[name])

    assertContains(response, 'role="alert"', status_code=422)
    assert not StoredFile.objects.exists()
    assert not folder.exists()


def test_nothing_chosen_is_said_so(segment, amara):
    response = client_of(amara).post(add_url(segment), {})

    assertContains(response, "Choose a file first.", status_code=422)


def test_a_file_is_always_saved_and_never_shown(stored, reader):
    response, _ = fetch(reader, stored)

    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe%20_1_%20%272%27.pdf"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "name",
    ["a\r\nSet-Cookie: x=1.pdf", 'a"; filename="b.html".pdf', "a\u2028X: y.pdf", "a\x0b\x0c.pdf"],
)
def test_no_name_writes_a_header(segment, amara, name):
    stored = store(segment, io.BytesIO(PDF), name, by=amara, at=NOON)

    response, _ = fetch(amara, stored)

    assert "Set-Cookie" not in response.headers
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; filename")
    assert disposition.count("filename") - disposition.count("_; filename=") == 1
    assert not set(disposition) & set("\r\n")


def test_who_fetches_a_file_is_kept_apart_from_the_ledger(segment, stored, reader):
    events = Event.objects.count()

    fetch(reader, stored)

    download = Download.objects.get()
    assert (download.file, download.user) == (stored, reader)
    assert Event.objects.count() == events


def test_a_file_of_what_one_does_not_see_does_not_exist(segment, stored, viewer):
    client = client_of(viewer)

    assert client.get(reverse("files:download", args=[stored.pk])).status_code == 404
    assert client.post(add_url(segment)).status_code == 404
    assert not Download.objects.exists()


def test_who_has_no_say_adds_nothing(segment, reader):
    assert send(reader, segment, "plan.pdf", PDF).status_code == 403
    assert not StoredFile.objects.exists()


def test_nobody_comes_by_without_signing_in(segment, stored):
    assert Client().get(reverse("files:download", args=[stored.pk])).status_code == 302
    assert Client().post(add_url(segment)).status_code == 302
    assert not Download.objects.exists()


def test_only_the_methods_meant_are_answered(segment, stored, amara):
    client = client_of(amara)

    assert client.get(add_url(segment)).status_code == 405
    assert client.post(reverse("files:download", args=[stored.pk])).status_code == 405
    assert client.head(reverse("files:download", args=[stored.pk])).status_code == 405


def test_a_post_without_its_token_is_refused(segment, amara):
    client = Client(enforce_csrf_checks=True)
    client.force_login(amara)
    sent = {"file": SimpleUploadedFile("plan.pdf", PDF)}

    assert client.post(add_url(segment), sent).status_code == 403


def test_fields_nobody_asked_for_change_nothing(segment, amara, jonas):
    send(amara, segment, "plan.pdf", PDF, version=9, place="../../x", uploaded_by=jonas.pk,
         content_type="text/html", sha256="0")  # fmt: skip

    stored = StoredFile.objects.get()
    assert (stored.version, stored.uploaded_by, stored.content_type) == (
        1, amara, "application/pdf",
    )  # fmt: skip
    assert stored.place != "../../x"


def test_a_file_lost_from_disk_is_missing_not_an_accident(stored, amara):
    stored.path.unlink()

    assert client_of(amara).get(reverse("files:download", args=[stored.pk])).status_code == 404
    assert not Download.objects.exists()


def test_what_comes_past_the_ceiling_is_not_kept(segment, amara, settings, monkeypatch):
    settings.FILE_UPLOAD_HANDLERS = HANDLERS
    monkeypatch.setattr(limits, "CEILING", 0)
    kept = []
    monkeypatch.setattr("emdesk.files.views.store", lambda subject, file, name, **_: kept.append(
        len(file.read())
    ))  # fmt: skip

    send(amara, segment, "plan.pdf", PDF + b"x" * 1_000_000)

    assert kept
    assert 0 < kept[0] <= 65_536

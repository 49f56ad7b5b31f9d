"""The executed file: one sealed PDF with its evidence, made once, whatever becomes of the worker."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from emdesk.files.models import StoredFile
from emdesk.ledger.models import Event
from emdesk.paper import Printed
from emdesk.sealing import verify
from emdesk.workflow import NotAllowed, Refused
from scoping.models import ScopingIssue
from sow.booking import executed, standing
from sow.models import Document, Done, Place, Progress, Purpose
from sow.saving import Typed, save
from sow.signing import executing
from sow.signing.elsewhere import Word, record
from sow.signing.executing import execute, waiting
from tests.sow.approved import again
from tests.sow.signing.out import (
    ADA,
    LATER,
    MINUTE,
    Desk,
    desk,
    identified,
    mails,
    sent,
    sign_customer,
    sign_ours,
    verbs,
)

pytestmark = pytest.mark.django_db
SIGNED = b"%PDF-1.7\nsigned on paper\n%%EOF\n"


def signed_by_all(found: Desk) -> int:
    sent(found, order="together")
    sign_ours(found, LATER)
    sign_customer(ADA.email, LATER)
    return found.signing.pk


def pretended(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is set as a PDF, without setting it."""
    pages: list[str] = []

    class Noting:
        def print(self, html: str, variant: str, heard: Any) -> Printed:
            pages.append(html)
            return Printed(b"%PDF-1.7\n%%EOF\n", 2)

    monkeypatch.setattr("sow.signing.executing.PRESS", Noting())
    monkeypatch.setattr(
        "sow.signing.executing.enclose", lambda pdf, name, content, **said: pdf + content
    )
    monkeypatch.setattr("sow.signing.executing.seal", lambda pdf, reason: pdf + b"%%EOF\n")
    return pages


def test_the_evidence_names_who_when_from_where_hashes_and_chain(monkeypatch):
    found = desk(monkeypatch)
    pages = pretended(monkeypatch)
    document = execute(signed_by_all(found), at=LATER + MINUTE)

    signing = found.signing
    assert (signing.standing, signing.executed) == (Progress.EXECUTED, document)
    assert document.purpose == Purpose.EXECUTED
    booked = standing(signing.statement)
    assert executed(signing.statement) is not None
    assert [booked[key].who for key in (Done.SIGNED_US, Done.SIGNED_THEM)] == [
        "Pat Accounting",
        "Ada Lovelace",
    ]
    assert document.sha256 == sha256(document.file.path.read_bytes()).hexdigest()
    event = Event.objects.get(verb="sow.executed")
    assert event.data["executed"] == document.sha256
    (page,) = pages
    for told in (signing.sha256, "Pat Accounting", "Ada Lovelace", ADA.email, "192.0.2.7"):
        assert told in page
    assert "198.51.100.9" in page
    chain = Event.objects.about(found.issue).filter(verb__in=["sow.signed", "sow.signature_asked"])
    assert all(each.hash in page for each in chain)
    assert 'class="draft"' not in page

    assert execute(signing.pk, at=LATER + 2 * MINUTE) is None
    assert Document.objects.filter(purpose=Purpose.EXECUTED).count() == 1
    assert verbs(found).count("sow.executed") == 1


def test_a_worker_that_is_killed_leaves_nothing_and_the_next_one_makes_it(monkeypatch):
    found = desk(monkeypatch)
    pretended(monkeypatch)
    pk = signed_by_all(found)
    files = StoredFile.objects.count()
    for place in ("page_of", "enclose", "seal", "put_away", "file_away", "_send_copies"):
        with monkeypatch.context() as killed:
            killed.setattr(executing, place, _killed)
            with pytest.raises(KeyboardInterrupt):
                execute(pk, at=LATER)
        assert found.signing.standing == Progress.SIGNED
        assert not Document.objects.filter(purpose=Purpose.EXECUTED).exists()
        assert StoredFile.objects.count() == files
    assert waiting(LATER + MINUTE) == []
    assert waiting(LATER + timedelta(minutes=3)) == [pk]
    assert execute(pk, at=LATER)
    assert waiting(LATER + timedelta(minutes=3)) == []


def _killed(*args: Any, **said: Any) -> None:
    raise KeyboardInterrupt


def test_each_customer_gets_a_link_to_the_executed_file_and_the_old_one_is_over(monkeypatch):
    found = desk(monkeypatch)
    pretended(monkeypatch)
    pk = signed_by_all(found)
    with monkeypatch.context() as clock:
        clock.setattr("sow.views.signer.now", lambda: LATER + MINUTE)
        document = execute(pk, at=LATER + MINUTE)
        assert len(mails(ADA.email, "Your copy")) == 1
        client = identified(ADA.email)
        assert "Your signed copy" in client.get("/sign/").content.decode()
        content = b"".join(client.get("/sign/file/").streaming_content)
        assert sha256(content).hexdigest() == document.sha256
        page = client.post("/sign/", {"do": "sign", "consent": "on", "typed": "Ada", "seen": "x"})
        assert page.status_code in {410, 422}
        assert found.signing.standing == Progress.EXECUTED


def words(found: Desk) -> dict[str, Any]:
    day = LATER.date()
    return {"ours": Word("Pat Accounting", day), "customer": Word("Ada Lovelace", day)}


def test_a_file_signed_elsewhere_ends_the_same_way(monkeypatch):
    found = desk(monkeypatch)
    sent(found)
    stamp = found.statement.stamps.get()
    for content, why in (
        (b"<html>", "not a PDF"),
        (b"", "one PDF"),
        (stamp.document.file.path.read_bytes(), "the stamped file itself"),
    ):
        with pytest.raises(Refused, match=why):
            record(found.statement, BytesIO(content), **words(found), by=found.em, at=LATER)
    with pytest.raises(NotAllowed):
        record(found.statement, BytesIO(SIGNED), **words(found), by=found.legal, at=LATER)
    early = words(found) | {"customer": Word("Ada", LATER.date() - timedelta(days=9))}
    with pytest.raises(Refused, match="Check the date"):
        record(found.statement, BytesIO(SIGNED), **early, by=found.em, at=LATER)
    assert found.signing.out

    document = record(found.statement, BytesIO(SIGNED), **words(found), by=found.em, at=LATER)
    signing = found.signing
    assert (signing.standing, signing.where) == (Progress.EXECUTED, Place.PAPER)
    assert document.sha256 == sha256(SIGNED).hexdigest()
    assert {each.turn for each in signing.signers.all()} == {"signed"}
    assert found.statement.signings.last().standing == Progress.RECALLED
    assert verbs(found)[-1] == "sow.executed"
    with pytest.raises(Refused, match="executed already"):
        record(found.statement, BytesIO(SIGNED + b"\n"), **words(found), by=found.em, at=LATER)


def test_the_account_team_files_it_by_the_page_where_they_speak_with_the_customer(monkeypatch):
    found = desk(monkeypatch, owner="account_team")
    address, client = f"/sow/{found.issue.pk}/signing/elsewhere/", Client()
    client.force_login(found.team)
    day = found.statement.stamps.get().date
    monkeypatch.setattr("sow.views.elsewhere.now", lambda: LATER)
    said = {"where": "paper", "ours": "Pat", "customer": "Ada", "ours_on": day, "customer_on": day}
    assert client.get(address).status_code == 200
    assert client.post(address, said).status_code == 422
    file = SimpleUploadedFile("signed.pdf", SIGNED, "application/pdf")
    assert client.post(address, said | {"file": file}).status_code == 302
    assert found.signing.standing == Progress.EXECUTED

    ScopingIssue.objects.update(communication_owner="em")
    assert client.get(address).status_code == 403


def test_a_real_one_is_sealed_whole_with_the_stamped_file_inside(monkeypatch, settings, tmp_path):
    found = desk(monkeypatch)
    pk = signed_by_all(found)
    settings.EMDESK_SEAL = tmp_path / "seal.p12"
    document = execute(pk, at=LATER + MINUTE)
    pdf = document.file.path.read_bytes()
    sealed = verify(pdf)
    assert sealed.good
    assert (
        verify(pdf[:-20] + b"x" + pdf[-19:]) is None
        or not verify(pdf[:-20] + b"x" + pdf[-19:]).whole
    )

    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 (slow import)

    root = PdfFileReader(BytesIO(pdf)).root
    assert root["/MarkInfo"]["/Marked"]
    names = root["/Names"]["/EmbeddedFiles"]["/Names"]
    inside = names[1]["/EF"]["/F"].data
    assert sha256(inside).hexdigest() == found.signing.sha256
    assert names[1]["/AFRelationship"] == "/Source"
    assert len(root["/AF"]) == 1


def test_what_both_signed_is_not_written_on(monkeypatch):
    found = desk(monkeypatch)
    pretended(monkeypatch)
    execute(signed_by_all(found), at=LATER + MINUTE)
    statement = again(found.statement)

    said = {"seen": statement.latest, "by": found.em, "at": LATER + 2 * MINUTE}
    with pytest.raises(Refused, match="stays as both have signed it"):
        save(statement, typed=[Typed("travel", "Travel", "More of it.")], why="They ask", **said)

    assert again(statement).latest == statement.latest

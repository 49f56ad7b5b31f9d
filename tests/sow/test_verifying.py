"""``manage.py verify_document``: what it says of files that are whole, changed, void or unknown."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from emdesk.paper import pdf_of
from emdesk.sealing import seal, verify
from sow import documents
from sow.stamping import void
from tests.factories import NOON
from tests.sow.approved import HOUR, staffed
from tests.sow.stamped import stamped, without_press

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    return pdf_of("<!DOCTYPE html><html lang='en'><title>SOW</title><p>Agreed.</p></html>")


@pytest.fixture
def found(em, legal, page, monkeypatch, settings, tmp_path):
    """A stamp whose file is small, and truly sealed."""
    settings.EMDESK_FILES, settings.EMDESK_SEAL = tmp_path / "files", tmp_path / "seal.p12"
    without_press(monkeypatch)
    monkeypatch.setattr("sow.paper.seal", lambda pdf, reason: seal(page, reason))
    return stamped(em, staffed(), legal)


def told(path):
    """What it prints, and its exit status."""
    out = StringIO()
    try:
        call_command("verify_document", str(path), stdout=out)
    except CommandError as wrong:
        return f"{out.getvalue()}{wrong}", wrong.returncode
    return out.getvalue(), 0


def flipped(pdf, place):
    return pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


def test_a_stamped_file_is_proven_until_one_byte_of_it_changes(found, tmp_path, page):
    path = found.document.file.path
    said, status = told(path)
    assert status == 0
    for line in ("ok   Seal", "ok   File", "ok   Stamp", "ok   Ledger", "as it left the desk"):
        assert line in said
    assert f"{found.statement.number} v2, stamped" in said
    whole, other = path.read_bytes(), tmp_path / "other.pdf"
    for place in (9, len(page) // 2, len(page) - 20, len(page) + 700, len(whole) // 2):
        other.write_bytes(flipped(whole, place))
        said, status = told(other)
        assert status == 1, place
        assert "NOT  Seal" in said, place
        assert "NOT  File    Not known here" in said
    other.write_bytes(whole[: len(page)])
    assert "NOT  Seal    There is none" in told(other)[0]
    assert told(tmp_path / "none.pdf") == (
        f"{tmp_path}/none.pdf cannot be read: No such file or directory.",
        2,
    )


def test_a_void_stamp_is_no_stamp_though_the_seal_is_whole(found, legal):
    void(found.statement, why="A name is wrong.", by=legal, at=NOON + 5 * HOUR)
    said, status = told(found.document.file.path)
    assert status == 1
    assert "ok   Seal" in said
    assert "NOT  Stamp   VOID since" in said
    assert "A name is wrong. This file may not be signed." in said


def test_a_file_that_is_sealed_and_that_nobody_made_here_is_found_out(found, page, tmp_path):
    made_up = tmp_path / "made-up.pdf"
    made_up.write_bytes(seal(page, "Made up"))
    assert verify(made_up.read_bytes()).good
    said, status = told(made_up)
    assert status == 1
    assert "ok   Seal" in said
    assert "NOT  File    Not known here" in said


def test_a_record_the_ledger_does_not_bear_out_is_found_out(found):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE ledger_event SET data = data || '{\"version\": 9}' WHERE verb = 'sow.stamped'"
        )
    said, status = told(found.document.file.path)
    assert status == 1
    assert "NOT  Ledger  NOT as it was written" in said
    assert "was altered" in said


def test_drafts_are_known_without_a_seal(em, statement, monkeypatch, settings, tmp_path):
    settings.EMDESK_FILES, settings.EMDESK_SEAL = tmp_path / "files", tmp_path / "seal.p12"
    without_press(monkeypatch)
    asked = documents.ask(statement.head, by=em, at=NOON)
    documents.carry_out(asked.pk, at=NOON)
    asked.refresh_from_db()
    said, status = told(asked.file.path)
    assert status == 0, said
    assert "None: drafts have no seal" in said

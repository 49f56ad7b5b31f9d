"""A version on paper: what the PDF says, and what hostile words in it cannot do."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pyhanko.pdf_utils.reader import PdfFileReader

from sow.models import StatementOfWork
from sow.saving import Typed, save
from tests.factories import NOON

pytestmark = pytest.mark.django_db
HOSTILE = (
    "<img src='file:///etc/passwd'><style>@import 'http://127.0.0.1/x'</style>"
    "<svg><image href='data:image/svg+xml,x'/></svg> ![x](file:///etc/passwd) שלום 工作"
)


def root_of(client: Client, statement: StatementOfWork, number: int) -> Any:
    answer = client.get(f"/sow/{statement.issue_id}/versions/{number}/pdf/")
    assert answer["Content-Type"] == "application/pdf"
    assert f"{statement.number}-v{number}.pdf" in answer["Content-Disposition"]
    return PdfFileReader(BytesIO(answer.content)).root


def test_a_version_is_a_tagged_pdf_with_its_sections_marked(em, statement) -> None:
    client = Client()
    client.force_login(em)
    root = root_of(client, statement, 1)
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]) == "en"
    assert b"pdfuaid" in root["/Metadata"].data
    titles = len(statement.head.said.sections)
    assert root["/Outlines"]["/Count"] >= titles
    assert client.get(f"/sow/{statement.issue_id}/versions/9/pdf/").status_code == 404


def test_hostile_words_embed_and_fetch_nothing(em, statement) -> None:
    client = Client()
    client.force_login(em)
    typed = [Typed("travel", HOSTILE[:120], HOSTILE)]
    save(statement, seen=1, by=em, at=NOON, typed=typed, fields={"legal_name": HOSTILE})
    root = root_of(client, statement, 2)
    assert "/Names" not in root or "/EmbeddedFiles" not in root["/Names"]
    for page in root["/Pages"]["/Kids"]:
        drawn = page.get_object()["/Resources"].get("/XObject", {})
        assert "/Image" not in [drawn[name].get("/Subtype") for name in drawn]

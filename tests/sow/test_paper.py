"""What a SOW says on paper, how it is built, and what hostile words in it cannot do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emdesk.paper import KEPT, READ
from emdesk.sealing import seal, verify
from scoping.models import Account, ScopingIssue
from sow.content import Content
from sow.models import Document, Purpose, Version
from sow.paper import PRESS, page_of, printed, stamp_text
from sow.saving import Typed, save
from tests.factories import NOON
from tests.sow.sheets import inked, kept_faults, objects, root_of, texts

pytestmark = pytest.mark.django_db
COVER, CONTENTS, FIRST = 0, 1, 2
HOSTILE = (
    "<img src='file:///etc/passwd'><img src='http://127.0.0.1:9/x'><script>alert(1)</script>"
    "<style>@import 'http://127.0.0.1:9/x'; * { display: none }</style></title></p></body>"
    "<link rel=attachment href='file:///etc/passwd'><object data='file:///etc/passwd'></object>"
    "<svg><image href='data:image/svg+xml,x'/></svg> ![x](file:///etc/passwd) "
    "[y](file:///etc/passwd) [z](javascript:alert) {{ grand_total }} {% now 'Y' %} "
)
FOREIGN = "שלום עולם مرحبا بالعالم 工作说明书 作業範囲記述書 작업 Ελλάδα Przyjęcie"


def document(statement, by, purpose=Purpose.DRAFT, at=NOON):
    head = Version.objects.select_related("statement__issue__account").get(pk=statement.head.pk)
    return Document(
        statement=head.statement, version=head, purpose=purpose, asked_by=by, asked_at=at
    )


@pytest.fixture
def own_seal(settings, tmp_path):
    settings.EMDESK_SEAL = tmp_path / "seal.p12"


def test_a_draft_says_all_of_it_with_pages_hash_and_mark(em, statement):
    paper = printed(document(statement, em))
    pages, head = texts(paper.pdf), statement.head
    assert len(pages) == paper.pages
    assert "Statement of Work" in pages[COVER]
    assert "Draft for review" in pages[COVER]
    titles = [each.title for each in head.said.plain().sections]
    for number, title in enumerate(titles, start=1):
        assert f"{number} {title}" in pages[CONTENTS]
        [place] = [
            at for at, said in enumerate(pages) if at > CONTENTS and f"{number} {title}" in said
        ]
        assert str(place + 1) in pages[CONTENTS].partition("Contents")[0].split()
    for number, said in enumerate(pages[CONTENTS:], start=2):
        assert head.digest in said.replace(" ", "")
        assert f"Page {number} of {len(pages)}" in said
        assert f"{statement.number} v1 · DRAFT" in said
    assert "Legal stamp" not in " ".join(pages)
    assert head.said.fields["grand_total"] in " ".join(pages)


def test_a_draft_is_tagged_for_those_who_listen(em, statement):
    pdf = printed(document(statement, em)).pdf
    root = root_of(pdf)
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]) == "en"
    assert b"pdfuaid" in root["/Metadata"].data
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    kinds = {each.get("/S") for each in objects(pdf)}
    assert {"/Document", "/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/L", "/LI", "/Link"} <= kinds
    assert root["/Outlines"]["/Count"] >= len(statement.head.said.sections)


@pytest.mark.usefixtures("own_seal")
def test_a_stamped_file_is_an_archive_that_is_sealed(em, legal, statement):
    asked = document(statement, legal, Purpose.STAMPED)
    bare = PRESS.print(page_of(asked), KEPT).pdf
    pdf = seal(bare, stamp_text(asked))
    assert (kept_faults(bare), kept_faults(pdf)) == ([], [])
    found = verify(pdf)
    assert found
    assert found.good
    assert found.reason == stamp_text(asked)
    said = " ".join(texts(pdf))
    assert "DRAFT" not in said
    assert f"Approved for signature by Lea Gall, {NOON:%-d %B %Y}." in said
    last = texts(pdf)[-1]
    assert last.index("For GitLab") < last.index("Legal stamp") < last.index("Lea Gall")
    assert statement.head.digest in last.replace(" ", "")


def test_the_check_of_archives_finds_what_an_ordinary_pdf_lacks(em, statement):
    faults = kept_faults(PRESS.print(page_of(document(statement, em)), READ).pdf)
    assert {'metadata lacks part="3"', "no output intent"} <= set(faults)


def hostile(statement, em):
    """Hostile words wherever somebody may write something that reaches the paper."""
    head = statement.head.said
    typed = [Typed(each.key, HOSTILE[:110], HOSTILE + FOREIGN) for each in head.sections]
    fields = {name: HOSTILE for name, value in head.fields.items() if value}
    fields |= {"start_date": "2026-04-01", "end_date": "2026-06-30", "expiry_date": "2027-03-31"}
    save(statement, seen=1, by=em, at=NOON, typed=typed, fields=fields)
    ScopingIssue.objects.filter(pk=statement.issue_id).update(title=HOSTILE[:200])
    Account.objects.filter(pk=statement.issue.account_id).update(name=HOSTILE[:120])
    em.name = HOSTILE[:100]
    em.save(update_fields=["name"])
    statement.refresh_from_db()


@pytest.mark.usefixtures("own_seal")
def test_hostile_words_are_read_as_words_and_fetch_nothing(em, statement):
    hostile(statement, em)
    pdf = printed(document(statement, em, Purpose.STAMPED)).pdf
    said, squeezed = " ".join(texts(pdf)), "".join("".join(texts(pdf)).split())
    assert "root:x:0:0" not in said
    for word in ("<script>alert(1)</script>", "file:///etc/passwd", "@import", "</body>"):
        assert word in squeezed
    for found in objects(pdf):
        assert found.get("/Subtype") != "/Image"
        assert found.get("/Type") not in {"/Filespec", "/EmbeddedFile"}
        assert found.get("/S") not in {"/JavaScript", "/Launch"}
        assert "passwd" not in str(found.get("/URI", ""))
    assert inked(pdf, FIRST) > 0.02
    assert len(texts(pdf)) > CONTENTS


def test_words_of_every_script_are_drawn_and_can_be_read_again(em, statement):
    typed = [Typed("travel", FOREIGN, f"{FOREIGN}\n\n- {FOREIGN}\n\n| {FOREIGN} |\n| --- |\n| 1 |")]
    save(statement, seen=1, by=em, at=NOON, typed=typed)
    statement.refresh_from_db()
    pdf = printed(document(statement, em)).pdf
    said = " ".join(texts(pdf))
    for word in ("工作说明书", "作業範囲記述書", "작업", "Ελλάδα", "Przyjęcie"):
        assert said.count(word) >= 3
    for word in ("שלום", "مرحبا"):
        assert said.count(word) + said.count(word[::-1]) >= 3
    fonts = [
        str(each["/FontName"]) for each in objects(pdf) if each.get("/Type") == "/FontDescriptor"
    ]
    assert any("CJK" in name for name in fonts)


@pytest.mark.full
def test_two_hundred_pages_are_set_in_time(em, statement):
    head = statement.head
    long = head.said.sections[1]
    text = ("All of this is agreed between the parties and nothing else is. " * 12 + "\n\n") * 21
    more = (replace(long, key=f"other-{number}", text=text) for number in range(70))
    content = Content(head.said.fields, (*head.said.sections, *more))
    asked = document(statement, em)
    asked.version.content = content.written()
    del asked.version.said
    heard: list[int] = []
    paper = printed(asked, heard.append)
    assert paper.pages >= 200
    assert max(heard) >= 200
    assert f"Page 200 of {paper.pages}" in texts(paper.pdf)[199]

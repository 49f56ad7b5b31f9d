"""The way to Word and back: what leaves, what is recognised, listed, flagged, and refused."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import etree

from emdesk.activity.commenting import comment as note_internally
from emdesk.activity.sentences import describe
from emdesk.files.models import StoredFile
from emdesk.files.refusal import Refused
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed
from sow import pen as pens
from sow.commenting import comment
from sow.models import OutsideComment, Redline, StatementOfWork
from sow.redlining import decide
from sow.saving import Typed, save
from sow.word.opening import W, opened
from sow.word.returning import take_back
from sow.word.writing import docx_of
from tests.factories import NOON, make_user
from tests.sow.making import drafted
from tests.sow.word_files import (
    ADA,
    deleted,
    edited,
    inserted,
    part_of,
    plain,
    repacked,
    rewritten,
)

pytestmark = pytest.mark.django_db
SAID = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
# The order of children in the schema (ECMA-376 part 1, wml.xsd), as far as we write them.
ORDER = {
    "p": ["pPr", "bookmarkStart", "r", "bookmarkEnd"],
    "pPr": ["pStyle", "keepNext", "numPr", "spacing", "ind", "jc", "rPr"],
    "r": ["rPr", "t", "br"],
    "rPr": ["rStyle", "rFonts", "b", "i", "color", "sz"],
    "tbl": ["tblPr", "tblGrid", "tr"],
    "tc": ["tcPr", "p"],
    "body": ["p", "tbl", "sectPr"],
    "settings": ["zoom", "proofState", "trackRevisions", "defaultTabStop"],
}
FREE = {"p", "r", "body"}  # these may alternate, but begin and end as listed


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.EMDESK_FILES = tmp_path


def again(statement):
    return StatementOfWork.objects.select_related("issue").get(pk=statement.pk)


def back(statement, content, by, name="SOW.docx"):
    return take_back(again(statement), BytesIO(content), name, by=by, at=NOON)


def test_what_leaves_says_the_version_follows_the_schema_and_holds_nothing_else(statement, em):
    typed = "**Bold** and *slanted*\n\n1. One\n2. Two\n   - Deep\n\n| A | B |\n| - | - |\n| 1 | 2 |"
    save(statement, seen=1, by=em, at=NOON, typed=[Typed("travel", "Travel <&>", typed)])
    note_internally(statement.issue, "Narwhal said too much", by=em, at=NOON)
    comment(again(statement), "travel", "Axolotl for us alone", seen=2, by=em, at=NOON)
    version = again(statement).head
    content = docx_of(version)

    with zipfile.ZipFile(BytesIO(content)) as archive:
        everything = " ".join(archive.read(name).decode("latin-1") for name in archive.namelist())
    for secret in ("Narwhal", "Axolotl", em.email, em.name, "vanish", 'TargetMode="External"'):
        assert secret not in everything
    file = opened(BytesIO(content), "x.docx")
    assert file.properties["emdesk digest"] == version.digest
    text = "".join(file.document.itertext())
    for words in ("Silverlake University", "Travel <&>", "Bold", "1. ", "Deep", "30 June 2026"):
        assert words in text
    assert "{{ start_date" not in text
    assert "**" not in text
    parts = [part_of(content), part_of(content, "word/settings.xml")]
    for element in (each for part in parts for each in etree.fromstring(part.encode()).iter()):
        name = etree.QName(element).localname
        if etree.QName(element).namespace != W.strip("{}") or name not in ORDER:
            continue
        children = [etree.QName(each).localname for each in element]
        known = [ORDER[name].index(each) for each in children if each in ORDER[name]]
        ends = known[:1] + known[-1:] if name in FREE else known
        assert ends == sorted(ends), (name, children)
        assert name not in FREE or set(children) <= set(ORDER[name]), (name, children)
    marks = re.findall(r'w:bookmarkStart w:id="(\d+)" w:name="(\w{1,40})"', part_of(content))
    assert len({number for number, _ in marks}) == len(version.said.sections)


def test_every_change_comes_back_with_its_author_and_what_was_not_tracked_is_flagged(
    statement, em, legal
):
    first = docx_of(statement.head)
    content = edited(first, "Travel and expenses are", plain("Travel and expenses are "),
                     deleted("not "), inserted("always "), plain("part of the fees. They are "
                     "approved by the Customer in writing beforehand, and invoiced at cost with "
                     "receipts."))  # fmt: skip
    content = edited(content, "Billing: When", plain("Billing: When the SOW is signed. Invoices are due within "), plain("60"), plain(" days. Fixed fees are prepaid and not cancellable; time and materials are invoiced monthly as worked."))  # fmt: skip

    kept = back(statement, content, legal)

    billing, *travel = kept.changes.all()
    assert (billing.section, billing.old.strip(), billing.new.strip()) == ("billing", "30", "60")
    assert (billing.tracked, billing.author, billing.said_at) == (False, "Not tracked", None)
    (change,) = travel
    assert (change.section, change.old, change.new) == ("travel", "not ", "always ")
    assert (change.tracked, change.author, change.said_at) == (True, ADA, SAID)
    assert (kept.author, kept.by, kept.file.name) == (ADA, legal, "SOW.docx")
    assert "2 changes, 1 of them untracked" in describe(
        Event.objects.about(statement.issue).filter(verb="sow.redlined").get()
    )

    done = decide(
        again(statement), kept, dict.fromkeys([billing.pk, change.pk], "accepted"), by=em, at=NOON
    )
    assert not done.clashed
    said = again(statement).head.said
    assert said.section("billing").text.startswith("Billing: {{ billing }}. Invoices are due")
    assert "within 60 days" in said.section("billing").text
    assert "are always part" in said.section("travel").text


def test_lists_tables_paragraphs_and_whole_clauses_come_back_too(statement, em):
    first = docx_of(statement.head)
    content = edited(first, "Access is ready", plain("Access is ready"), inserted(" [and] tested"))
    content = rewritten(content, lambda xml: re.sub(r"USD 25,410\.00", "USD 20,000.00", xml))
    content = rewritten(
        content,
        lambda xml: re.sub(
            r"<w:p>(?:(?!</w:p>).)*sow_\d+_change(?:(?!</w:p>).)*</w:p>\s*"
            r"<w:p>(?:(?!</w:p>).)*</w:p>", "", xml, flags=re.S,
        ),
    )  # fmt: skip
    kept = back(statement, content, em)

    told = {each.section: each for each in kept.changes.all()}
    assert told["change"].part == "clause"
    assert told["fees"].new.strip() == "20,000.00"
    done = decide(
        again(statement), kept, {each.pk: "accepted" for each in told.values()}, by=em, at=NOON
    )
    assert [each.section for each in done.clashed] == ["fees"], "prices come from the estimate"
    said = again(statement).head.said
    assert said.section("change") is None
    assert "- Access is ready \\[and\\] tested" in said.section("assumptions").text


def test_comments_in_the_file_stand_beside_their_clause_with_who_and_when(statement, em):
    content = edited(
        docx_of(statement.head), "Travel and expenses are",
        plain("Travel and expenses are not part of the fees. They are approved by the Customer in "
              "writing beforehand, and invoiced at cost with receipts."),
        f'<w:r xmlns:w="{W.strip("{}")}"><w:commentReference w:id="7"/></w:r>',
    )  # fmt: skip
    words = (
        f'<w:comments xmlns:w="{W.strip("{}")}"><w:comment w:id="7" w:author="{ADA}" '
        'w:date="2026-03-05T09:30:00Z"><w:p><w:r><w:t>Who &lt;b&gt; pays?</w:t></w:r></w:p>'
        "</w:comment></w:comments>"
    )
    back(statement, repacked(content, {"word/comments.xml": words.encode()}), em)

    (said,) = OutsideComment.objects.all()
    assert (said.section, said.author, said.at) == ("travel", ADA, SAID)
    client = Client()
    client.force_login(em)
    shown = client.get(statement.get_absolute_url()).content.decode()
    assert "Who &lt;b&gt; pays?" in shown
    address = f"/sow/{statement.issue_id}/said/{said.pk}/"
    assert client.post(address, {"do": "resolve"}).status_code == 302
    said.refresh_from_db()
    assert said.resolved_by == em


def test_a_returned_file_brings_the_pen_back_from_the_customer(statement, em):
    first = docx_of(statement.head)
    pens.give(statement, "customer", by=em, at=NOON)
    back(statement, edited(first, "Access is ready", plain("Access is late")), em)
    assert pens.held(statement, NOON) is None


RELS = "word/_rels/document.xml.rels"
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}"
BOMB = '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>'


def related(sort, target, mode="External"):
    row = (
        f'<Relationship Id="r99" Type="{LINK.format(sort)}" Target="{target}" TargetMode="{mode}"/>'
    )
    return lambda xml: xml.replace("</Relationships>", f"{row}</Relationships>")


def with_type(xml):
    return xml.replace(
        "wordprocessingml.document.main+xml", "ms-word.document.macroEnabled.main+xml"
    )


def hostile_files(content, other):
    """What must not be taken, by the words that tell why."""
    filled = content[:400] + bytes(200) + content[600:]
    field = '<w:r><w:instrText>INCLUDETEXT "/etc/passwd"</w:instrText></w:r></w:p>'
    yield "not a version of", other, "a.docx"
    yield "no such version", rewritten(content, lambda x: x.replace(">1<", ">9<"), "docProps/custom.xml"), "a.docx"  # fmt: skip
    yield "no such version", rewritten(content, lambda x: re.sub(r"[0-9a-f]{64}", "0" * 64, x), "docProps/custom.xml"), "a.docx"  # fmt: skip
    yield "not a version of", rewritten(content, lambda x: "<Properties/>", "docProps/custom.xml"), "a.docx"  # fmt: skip
    yield "differs from v1", content, "a.docx"
    yield "damaged", filled, "a.docx"
    yield "not an office file", content[:2_000], "a.docx"
    yield "damaged", rewritten(content, lambda x: x[:-40]), "a.docx"
    yield "damaged", repacked(content, {"word/document.xml": b"\x00"}), "a.docx"
    yield "not an office file", b"PK\x03\x04 nonsense", "a.docx"
    yield "empty|not an office", b"", "a.docx"
    yield "as .docx", content, "a.docm"
    yield "as .docx", content, "a.pdf"
    yield "macros", repacked(content, {"word/vbaProject.bin": b"x"}), "a.docx"
    yield "macros", rewritten(content, with_type, "[Content_Types].xml"), "a.docx"
    yield "far more", repacked(content, {"word/media/a.xml": bytes(60_000_000)}), "a.docx"
    yield "far more", repacked(content, {"word/big.xml": b" " * 3_000_000 * 4 + content * 20}), "a.docx"  # fmt: skip
    yield "parts", repacked(content, {f"word/{n}.xml": b"<x/>" for n in range(200)}), "a.docx"
    yield "unsafe", repacked(content, {"../../x.xml": b"<x/>"}), "a.docx"
    yield "outside", rewritten(content, related("image", "http://127.0.0.1/x.png"), RELS), "a.docx"
    yield "outside", rewritten(content, related("attachedTemplate", "file:///x.dotm"), RELS), "a.docx"  # fmt: skip
    yield "outside", rewritten(content, related("oleObject", "\\\\evil\\x"), RELS), "a.docx"
    yield "outside", rewritten(content, related("hyperlink", "file:///etc/passwd"), RELS), "a.docx"
    yield "outside", rewritten(content, related("image", "https://x/y", "Internal"), RELS), "a.docx"
    yield "outside", rewritten(content, lambda x: x.replace("</w:p>", field, 1)), "a.docx"
    yield "embedded", rewritten(content, related("aFChunk", "a.html", "Internal"), RELS), "a.docx"
    yield "embedded", repacked(content, {"word/embeddings/a.bin": b"x"}), "a.docx"
    for part in ("word/document.xml", "word/styles.xml", RELS):
        yield "entities", rewritten(content, lambda x: x.replace("?>", f"?>{BOMB}", 1), part), "a.docx"  # fmt: skip
    wide = part_of(content).replace("UTF-8", "UTF-16").replace("?>", f"?>{BOMB}", 1)
    yield "entities", repacked(content, {"word/document.xml": wide.encode("utf-16")}), "a.docx"


def test_what_is_not_ours_damaged_or_dangerous_is_refused_with_the_reason_and_nothing_is_kept(
    statement, em, tmp_path
):
    changed = edited(docx_of(statement.head), "Access is ready", plain("Access is late"))
    other = docx_of(drafted(em).head)
    events, tried = Event.objects.count(), 0
    for reason, content, name in hostile_files(docx_of(statement.head), other):
        with pytest.raises(Refused, match=reason):
            back(statement, content, em, name)
        tried += 1
    assert tried > 25
    assert not Redline.objects.exists()
    assert not StoredFile.objects.exists()
    assert not any(path.is_file() for path in tmp_path.rglob("*"))
    assert Event.objects.count() == events
    linked = rewritten(changed, related("hyperlink", "https://example.com/terms"), RELS)
    assert back(statement, linked, em).changes.count() == 1
    with pytest.raises(Refused, match="same file"):
        back(statement, linked, em)


def test_the_pages_send_it_out_and_take_it_back(statement, em):
    client, address = Client(), f"/sow/{statement.issue_id}/returned/"
    client.force_login(em)
    answer = client.get(f"/sow/{statement.issue_id}/versions/1/docx/")
    assert f'filename="{statement.number}-v1.docx"' in answer["Content-Disposition"]
    assert client.get(f"/sow/{statement.issue_id}/versions/9/docx/").status_code == 404
    content = edited(answer.content, "Access is ready", plain("Access is late"))

    refused = client.post(address, {"file": SimpleUploadedFile("x.docm", content)}, follow=True)
    assert "as .docx" in refused.content.decode()
    assert "Choose a file" in client.post(address, follow=True).content.decode()
    taken = client.post(address, {"file": SimpleUploadedFile("x.docx", content)}, follow=True)
    shown = taken.content.decode()
    assert "1 change made without tracking" in shown
    assert "Untracked" in shown
    for role in (Role.VIEWER, Role.PS_LEADERSHIP, Role.EM):
        with pytest.raises(NotAllowed):
            back(statement, content, make_user(role))

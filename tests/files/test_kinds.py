"""A file is taken for what its bytes prove, never for what its name says."""

from __future__ import annotations

import io
import time
import warnings
import zipfile
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from emdesk.files.kinds import KINDS, kind_of
from emdesk.files.names import clean_name
from emdesk.files.refusal import Refused
from tests.files.samples import BOMB, HONEST, HOSTILE, PDF, docx


def take(name, content):
    return kind_of(clean_name(name), io.BytesIO(content))


def test_an_honest_file_of_every_kind_is_among_the_samples():
    assert {name.rpartition(".")[2].lower() for name in HONEST} == set(KINDS)


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_is_taken_as_what_it_is(name):
    content_type, content = HONEST[name]

    assert take(name, content).content_type == content_type


@pytest.mark.parametrize("name", HOSTILE)
def test_a_dishonest_file_is_refused_in_one_sentence_or_two(name):
    with pytest.raises(Refused) as refused:
        take(name, HOSTILE[name])

    assert str(refused.value).endswith(".")
    assert len(str(refused.value)) < 200


def test_a_bomb_is_refused_at_once_and_unpacked_nowhere():
    begun = time.process_time()

    with pytest.raises(Refused, match="unpacks to far more"):
        take("bomb.docx", BOMB)

    assert time.process_time() - begun < 0.5


def test_parts_by_one_name_are_refused():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        content = docx(("word/document.xml", b"another"))

    with pytest.raises(Refused, match="unsafe"):
        take("twins.docx", content)


@pytest.mark.parametrize("name", HONEST)
def test_every_kind_is_refused_under_every_other_name(name):
    _, content = HONEST[name]
    ending = name.rpartition(".")[2].lower()
    same = [{"jpg", "jpeg"}, {"csv", "txt", "md", "ics"}]
    siblings = next((group for group in same if ending in group), {ending})

    for other in set(KINDS) - siblings:
        with pytest.raises(Refused):
            take(f"file.{other}", content)


@given(at=st.integers(0, 2_000), byte=st.integers(0, 255), cut=st.integers(0, 600))
@example(at=234, byte=64, cut=0)
def test_a_damaged_office_file_is_taken_or_refused_but_never_an_accident(at, byte, cut):
    content = bytearray(docx())
    content[at % len(content)] = byte
    content = bytes(content[: len(content) - cut] if cut < 100 else content)

    try:
        take("damaged.docx", content)
    except Refused:
        return
    assert zipfile.is_zipfile(io.BytesIO(content))


@given(content=st.binary(max_size=200), name=st.sampled_from(sorted(HONEST)))
def test_no_bytes_at_all_are_an_accident(content, name):
    for sent in (content, HONEST[name][1][:8] + content, content + HONEST[name][1][-22:]):
        with suppress(Refused):
            take(name, sent)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Estimate v2.pdf", "Estimate v2.pdf"),
        ("/etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\boot.pdf", "boot.pdf"),
        ("../../../a/b/c.pdf", "c.pdf"),
        ("C:\\Users\\me\\plan.pdf", "plan.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
        ('a"; filename="b.pdf', "a_; filename=_b.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("a\u2028b\u2029c\u200b.pdf", "abc.pdf"),
        ("\ufeffa.pdf", "a.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "_img src=x onerror=alert(1)_.pdf"),
        ("Größe 價格.pdf", "Größe 價格.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("  .hidden.pdf  ", "hidden.pdf"),
        ("a.pdf. . .", "a.pdf"),
        ("\udcff.pdf.pdf", "pdf.pdf"),
        ("x" * 400 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_name_is_made_harmless_and_stays_readable(sent, kept):
    assert clean_name(sent) == kept


@given(st.text(max_size=300))
def test_no_name_leaves_its_folder_or_its_line(sent):
    try:
        name = clean_name(f"{sent}.pdf")
    except Refused:
        return

    assert 0 < len(name) <= 200
    assert not set(name) & set('/\\\r\n\x00"<>:|?*')
    assert name not in {".", ".."}
    assert not name.startswith(".")
    name.encode()


@pytest.mark.parametrize("name", ["", ".", "..", ".pdf", "/", "\\", "a/", "\u202e", "noending"])
def test_what_is_no_name_is_refused_with_an_example(name):
    with pytest.raises(Refused, match=r"such as estimate\.xlsx"):
        clean_name(name)


def test_a_refusal_names_what_would_be_taken():
    with pytest.raises(
        Refused, match=r"Files ending in \.exe are not taken\. Send one of pdf, docx"
    ):
        take("a.exe", PDF)

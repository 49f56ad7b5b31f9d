"""Word files as people send them back: ours, with parts of them rewritten."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO

from docx import Document
from docx.oxml import parse_xml

DOCUMENT = "word/document.xml"
ADA, WHEN = "Ada Lovelace", "2026-03-05T09:30:00Z"
NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def rewritten(content: bytes, change: Callable[[str], str], part: str = DOCUMENT) -> bytes:
    """The same archive with one part's text changed."""
    return repacked(content, {part: change(part_of(content, part)).encode()})


def part_of(content: bytes, part: str = DOCUMENT) -> str:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return archive.read(part).decode()


def repacked(content: bytes, parts: dict[str, bytes]) -> bytes:
    """With these parts in place of its own, or beside them."""
    made = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts.pop(name, None) or old.read(name))
        for name, text in parts.items():
            new.writestr(name, text)
    return made.getvalue()


def inserted(text: str, by: str = ADA) -> str:
    return f'<w:ins {NS} w:id="901" w:author="{by}" w:date="{WHEN}"><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:ins>'


def deleted(text: str, by: str = ADA) -> str:
    return f'<w:del {NS} w:id="902" w:author="{by}" w:date="{WHEN}"><w:r><w:delText xml:space="preserve">{text}</w:delText></w:r></w:del>'


def plain(text: str) -> str:
    return f'<w:r {NS}><w:t xml:space="preserve">{text}</w:t></w:r>'


def edited(content: bytes, start: str, *runs: str) -> bytes:
    """The paragraph that begins so consists of these runs now."""
    document = Document(BytesIO(content))
    found = [each for each in document.paragraphs if each.text.startswith(start)]
    (paragraph,) = found
    for run in list(paragraph.runs):
        paragraph._p.remove(run._r)  # noqa: SLF001
    for each in runs:
        paragraph._p.append(parse_xml(each))  # noqa: SLF001
    made = BytesIO()
    document.save(made)
    return made.getvalue()

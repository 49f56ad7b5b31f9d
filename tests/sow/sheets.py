"""A PDF as a reader of it finds it: its text by page, and what an archive asks of its structure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pypdfium2
from pyhanko.pdf_utils.generic import DictionaryObject, IndirectObject, StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader

ACTIVE = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/Sound", "/Movie"}
PRINT, UNSEEN = 0b100, 0b100011  # flags of an annotation: print; invisible, hidden, no view


def texts(pdf: bytes) -> list[str]:
    """The words of each page; blanks and line ends are one blank."""
    document = pypdfium2.PdfDocument(pdf)
    found = (page.get_textpage().get_text_range() for page in document)
    return [re.sub(r"\s+", " ", text) for text in found]


def inked(pdf: bytes, page: int) -> float:
    """How much of a page is not white."""
    drawn = pypdfium2.PdfDocument(pdf)[page].render(scale=0.25, grayscale=True).to_numpy()
    return float((drawn < 250).mean())


def root_of(pdf: bytes) -> Any:
    return PdfFileReader(BytesIO(pdf)).root


def objects(pdf: bytes) -> Iterator[Any]:
    """Every dictionary and stream that can be reached, each once."""
    reader = PdfFileReader(BytesIO(pdf))
    seen: set[Any] = set()
    waiting: list[Any] = [reader.root]
    while waiting:
        each = waiting.pop()
        if isinstance(each, IndirectObject):
            if each.reference in seen:
                continue
            seen.add(each.reference)
            each = each.get_object()
        if isinstance(each, DictionaryObject):
            yield each
            waiting += [each.raw_get(key) for key in each]
        elif isinstance(each, list):
            waiting += [each.raw_get(place) for place in range(len(each))]


def kept_faults(pdf: bytes) -> list[str]:
    """What stands in the way of PDF/A-3a, as far as structure tells (ISO 19005-3)."""
    root, reader = root_of(pdf), PdfFileReader(BytesIO(pdf))
    found = [*_named(root), *(fault for each in objects(pdf) for fault in _of(each))]
    if "/ID" not in reader.trailer:
        found.append("no identifier")
    if "/Encrypt" in reader.trailer:
        found.append("encrypted")
    return found


def _named(root: Any) -> Iterator[str]:
    metadata = root["/Metadata"].data.decode()
    for word in ('part="3"', 'conformance="A"'):
        if f"pdfaid:{word}" not in metadata:
            yield f"metadata lacks {word}"
    if not _inside(root, "/MarkInfo").get("/Marked"):
        yield "not marked"
    if not _inside(root, "/StructTreeRoot").get("/K"):
        yield "no structure"
    if not root.get("/Lang"):
        yield "no language"
    intents = [each.get_object() for each in root.get("/OutputIntents", [])]
    if not any("/DestOutputProfile" in each and each["/S"] == "/GTS_PDFA1" for each in intents):
        yield "no output intent"
    yield from _forms(root)


def _forms(root: Any) -> Iterator[str]:
    if "/AA" in root or "/XFA" in _inside(root, "/AcroForm"):
        yield "acts by itself"
    if _inside(root, "/AcroForm").get("/NeedAppearances"):
        yield "a form without appearances"


def _inside(root: Any, key: str) -> Any:
    """What a reference leads to, which ``get`` would leave as it is."""
    return root[key] if key in root else {}  # noqa: SIM401


def _of(each: Any) -> Iterator[str]:
    if each.get("/Type") == "/FontDescriptor" and not _embedded(each):
        yield f"font {each.get('/FontName')} is not embedded"
    if each.get("/Type") == "/Font" and each["/Subtype"] != "/Type3" and not _described(each):
        yield f"font {each.get('/BaseFont')} has no file"
    if each.get("/Type") == "/Font" and each["/Subtype"] == "/Type0" and "/ToUnicode" not in each:
        yield f"font {each.get('/BaseFont')} has no text"
    if each.get("/S") in ACTIVE and each.get("/Type") in {None, "/Action"}:
        yield f"action {each['/S']}"
    flags = each.get("/F", 0)
    if "/Rect" in each and each.get("/Subtype") and (not flags & PRINT or flags & UNSEEN):
        yield f"annotation {each['/Subtype']} is not printed"
    if isinstance(each, StreamObject) and "/F" in each:
        yield "a stream of another file"


def _embedded(descriptor: Any) -> bool:
    return any(f"/FontFile{number}" in descriptor for number in ("", "2", "3"))


def _described(font: Any) -> bool:
    return "/FontDescriptor" in font or "/DescendantFonts" in font

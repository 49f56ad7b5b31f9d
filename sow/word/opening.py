"""Opening a Word file that came from outside, without letting it do anything.

Only its directory and a few parts are read, each up to a limit. Macros, references to anything
outside, embedded files and declared entities are reasons to refuse it. Plain links to web pages
and addresses stay: nobody follows them here.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import Any, BinaryIO

from lxml import etree

from emdesk.files.kinds import kind_of
from emdesk.files.office import BROKEN
from emdesk.files.refusal import Refused

DOCUMENT, COMMENTS, CUSTOM = "word/document.xml", "word/comments.xml", "docProps/custom.xml"
LONGEST_PART = 10 * 1024 * 1024
DECLARES = ("<!DOCTYPE", "<!ENTITY")
EMBEDDED = ("word/embeddings/", "word/afchunk", "word/activex/")
LINKS = ("http://", "https://", "mailto:")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
REACHING = ("INCLUDETEXT", "INCLUDEPICTURE", "DDE", "DDEAUTO", "LINK", "IMPORT", "DATABASE", "RD")
DECLARED = "This file declares entities, as no Word file needs to. It is not taken."
HIDDEN_OUTSIDE = "This file refers to something outside of it. Remove links to files, pictures and templates, and send it again."


@dataclass(frozen=True)
class Opened:
    document: Any
    comments: Any | None
    properties: dict[str, str]


def opened(file: BinaryIO, name: str) -> Opened:
    """Raises :class:`Refused` with the reason."""
    if not name.lower().endswith(".docx"):
        raise Refused("Send the Word file as .docx, without macros.")
    kind_of(name, file)
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            return _read(archive)
    except Refused:
        raise
    except (*BROKEN, etree.XMLSyntaxError, KeyError):
        raise Refused("This Word file is damaged. Save it again and send that.") from None


def _read(archive: zipfile.ZipFile) -> Opened:
    names = archive.namelist()
    if any(name.lower().startswith(EMBEDDED) for name in names):
        raise Refused("This file has other files embedded in it. Send it without.")
    for name in names:
        if name.lower().endswith((".xml", ".rels")):
            _insist_on_plain(archive, name)
    document = _parsed(archive, DOCUMENT)
    _insist_on_own_words(document)
    comments = _parsed(archive, COMMENTS) if COMMENTS in names else None
    custom = _parsed(archive, CUSTOM) if CUSTOM in names else None
    return Opened(document, comments, _properties(custom))


def _insist_on_plain(archive: zipfile.ZipFile, name: str) -> None:
    """No part declares entities, no relationship leads outside."""
    content = _content(archive, name)
    wide = content[:2] in {b"\xff\xfe", b"\xfe\xff"}
    text = content.decode("utf-16" if wide else "utf-8", errors="replace")
    if any(mark in text for mark in DECLARES):
        raise Refused(DECLARED)
    if name.lower().endswith(".rels"):
        for each in _tree(content):
            _insist_on_inside(each)


def _insist_on_inside(relationship: Any) -> None:
    told = {name: str(value) for name, value in relationship.attrib.items()}
    sort, target = told.get("Type", "").lower(), told.get("Target", "").strip().lower()
    if sort.endswith("/afchunk"):
        raise Refused("This file has other files embedded in it. Send it without.")
    outside = told.get("TargetMode", "").lower() == "external" or "://" in target
    if outside and not (sort.endswith("/hyperlink") and target.startswith(LINKS)):
        raise Refused(HIDDEN_OUTSIDE)


def _insist_on_own_words(document: Any) -> None:
    """No field brings something in from elsewhere."""
    told = [each.text or "" for each in document.iter(f"{W}instrText")]
    told += [each.get(f"{W}instr", "") for each in document.iter(f"{W}fldSimple")]
    if any(words[0].upper() in REACHING for each in told if (words := each.split())):
        raise Refused(HIDDEN_OUTSIDE)


def _parsed(archive: zipfile.ZipFile, name: str) -> Any:
    return _tree(_content(archive, name))


def _tree(content: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root = etree.fromstring(content, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused(DECLARED)
    return root


def _content(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        content = part.read(LONGEST_PART + 1)
    if len(content) > LONGEST_PART:
        raise Refused("This file unpacks to far more than it should. Save it again, smaller.")
    return content


def _properties(custom: Any | None) -> dict[str, str]:
    rows = custom if custom is not None else []
    return {str(row.get("name")): "".join(row.itertext()).strip() for row in rows}

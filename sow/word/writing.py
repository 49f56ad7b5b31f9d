"""A version as a .docx: every clause under its bookmark, number and digest in its properties.

What customers and their lawyers mark up in Word comes back by these. Nothing is in the file but
what the version says; changes are tracked from the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from lxml import etree
from markdown_it.token import Token

from emdesk.activity.markdown import Parser
from sow.content import Content
from sow.models import Version

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

NUMBER, VERSION, DIGEST = "emdesk statement", "emdesk version", "emdesk digest"
CUSTOM = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
CUSTOM_NS = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
VALUES_NS = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
LONGEST_MARK = 40  # of a bookmark's name in Word
DEEPEST = 3
_parser = Parser()


def docx_of(version: Version) -> bytes:
    """As another party reads it: every field filled in."""
    from docx import Document  # noqa: PLC0415 (slow import)

    content = version.said.plain()
    document = Document()
    _title(document, version, content)
    marks = marks_of(content)
    for place, section in enumerate(content.sections, start=1):
        heading = document.add_heading(section.title, level=1)
        _bookmark(heading, place, marks[section.key])
        _Body(document).write(_parser.parse(section.text, {"people": {}, "handles": set()}))
    _tell_of(document, version)
    _track_changes(document)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def marks_of(content: Content) -> dict[str, str]:
    """The bookmark of each clause: letters, digits and underscores, as Word has them."""
    return {
        each.key: f"sow_{place}_{each.key.replace('-', '_')}"[:LONGEST_MARK]
        for place, each in enumerate(content.sections, start=1)
    }


def _title(document: Any, version: Version, content: Content) -> None:
    document.add_paragraph("Statement of Work", style="Title")
    line = " · ".join([content.fields.get("customer", ""), version.statement.number, version.name])
    document.add_paragraph(line, style="Subtitle")


def _bookmark(heading: Paragraph, number: int, name: str) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415 (slow import)
    from docx.oxml.ns import qn  # noqa: PLC0415

    begins, ends = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for element in (begins, ends):
        element.set(qn("w:id"), str(number))
    begins.set(qn("w:name"), name)
    heading._p.insert(1, begins)  # noqa: SLF001 (behind the properties, before the words)
    heading._p.append(ends)  # noqa: SLF001


def _tell_of(document: Any, version: Version) -> None:
    """Properties: whose it is and which version; nothing else of ours."""
    from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415 (slow import)
    from docx.opc.packuri import PackURI  # noqa: PLC0415
    from docx.opc.part import Part  # noqa: PLC0415

    core, statement = document.core_properties, version.statement
    core.title, core.author = f"{statement.number} {version.name}", version.said.value("our_side")
    core.comments = core.keywords = core.last_modified_by = ""
    core.created = core.modified = version.saved_at.replace(tzinfo=None)
    told = {NUMBER: statement.number, VERSION: str(version.number), DIGEST: version.digest}
    root = etree.Element(f"{{{CUSTOM_NS}}}Properties", nsmap={None: CUSTOM_NS, "vt": VALUES_NS})
    for number, (name, value) in enumerate(told.items(), start=2):
        known = {"fmtid": FORMAT, "pid": str(number), "name": name}
        row = etree.SubElement(root, f"{{{CUSTOM_NS}}}property", known)
        etree.SubElement(row, f"{{{VALUES_NS}}}lpwstr").text = value
    xml = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    package = document.part.package
    part = Part(PackURI("/docProps/custom.xml"), CUSTOM, xml, package)
    package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)


def _track_changes(document: Any) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415 (slow import)
    from docx.oxml.ns import qn  # noqa: PLC0415

    settings = document.settings.element
    settings.find(qn("w:defaultTabStop")).addprevious(OxmlElement("w:trackRevisions"))


class _Body:
    """Writes the blocks of one clause."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.lists: list[tuple[str, int]] = []

    def write(self, tokens: Sequence[Token]) -> None:
        rest = iter(tokens)
        for token in rest:
            self._block(token, rest)

    def _block(self, token: Token, rest: Iterator[Token]) -> None:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            self.lists.append((token.type.partition("_")[0], int(token.attrs.get("start", 1))))
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            self.lists.pop()
        elif token.type == "heading_open":
            self._words(next(rest), f"Heading {min(int(token.tag[1:]) - 1, 4)}")
        elif token.type == "table_open":
            self._table(rest)
        elif token.type == "inline":
            self._item(token)
        elif token.type in {"fence", "code_block"}:
            self.document.add_paragraph(token.content.rstrip("\n"))

    def _item(self, token: Token) -> None:
        """A paragraph, or the next item of the innermost list."""
        if not self.lists:
            self._words(token, "Normal")
            return
        sort, number = self.lists[-1]
        depth = min(len(self.lists), DEEPEST)
        deep = "" if depth == 1 else f" {depth}"
        if sort == "bullet":
            self._words(token, f"List Bullet{deep}")
            return
        self.lists[-1] = (sort, number + 1)
        self._words(token, f"List Continue{deep}", f"{number}. ")

    def _words(self, token: Token, style: str, before: str = "") -> None:
        paragraph = self.document.add_paragraph(before, style=style)
        _inline(paragraph, token)

    def _table(self, rest: Iterator[Token]) -> None:
        rows: list[list[Token]] = []
        for token in rest:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(token)
        table = self.document.add_table(len(rows), max(map(len, rows)), style="Table Grid")
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, token in zip(row.cells, cells, strict=False):
                _inline(cell.paragraphs[0], token)


def _inline(paragraph: Paragraph, token: Token) -> None:
    strong = slanted = False
    for each in token.children or []:
        if each.type in {"strong_open", "strong_close"}:
            strong = each.nesting > 0
        elif each.type in {"em_open", "em_close"}:
            slanted = each.nesting > 0
        elif each.type in {"softbreak", "hardbreak"}:
            paragraph.add_run().add_break()
        elif each.content:
            run = paragraph.add_run(_writable(each.content))
            run.bold, run.italic = strong or None, slanted or None


def _writable(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(mark for mark in text if mark >= " " and mark not in "\ufffe\uffff")

"""Pages as a browser reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import tinyhtml5
from lxml import html
from lxml.etree import LIBXML_VERSION


def tags(page: str) -> Element:
    """A page read by libxml2, which splits tags as HTML5 says (since 2.14), fifty times as fast.

    What it nests in what may differ from a browser's; :func:`parsed` goes all the way.
    """
    assert LIBXML_VERSION >= (2, 14), "Tags are read as HTML5 says since libxml2 2.14."
    found: Element = html.document_fromstring(page) if page.strip() else html.Element("html")
    return found


def parsed(page: str) -> Element:
    """A page as a browser reads it, tree and all."""
    found: Element = tinyhtml5.parse(page, namespace_html_elements=False)
    return found


def elements(root: Element) -> Iterator[Element]:
    """Every element; comments have no name."""
    return (each for each in root.iter() if isinstance(each.tag, str))


def fields_of(page: str, *names: str) -> dict[str, str | list[str]]:
    """What a browser would send from the form with these fields, nothing touched."""
    found: dict[str, str | list[str]] = {}
    for name, value in (pair for field in _form_with(page, names) for pair in _pairs(field)):
        kept = found.get(name)
        found[name] = value if kept is None else [*_listed(kept), value]
    return found


def names_on(page: str, *names: str) -> set[str]:
    """The names of all fields of that form, also of those not ticked."""
    return {field.get("name", "") for field in _form_with(page, names)}


def _form_with(page: str, names: tuple[str, ...]) -> list[Element]:
    for form in tags(page).iter("form"):
        fields = [each for each in elements(form) if each.get("name")]
        if {each.get("name", "") for each in fields}.issuperset(names) and names:
            return fields
    return []


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def _pairs(field: Element) -> Iterator[tuple[str, str]]:
    name, kind = field.get("name", ""), field.get("type", "text")
    if field.tag == "select":
        chosen = [each for each in field.iter("option") if "selected" in each.attrib]
        yield from ((name, each.get("value", "")) for each in chosen)
    elif field.tag == "textarea":
        yield name, (field.text or "").removeprefix("\n")
    elif field.tag == "input" and kind in ("checkbox", "radio"):
        if "checked" in field.attrib:
            yield name, field.get("value", "on")
    elif field.tag == "input":
        yield name, field.get("value", "")


def dropped_days(page: str) -> list[str]:
    """What stands in fields of a day that no browser reads as one."""
    inputs = re.findall(r'<input[^>]*type="date"[^>]*>', page)
    values = [found[1] for each in inputs if (found := re.search(r'value="([^"]+)"', each))]
    return [value for value in values if not re.fullmatch(r"\d{4}-\d\d-\d\d", value)]

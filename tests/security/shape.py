"""What a page is made of, without its words: stored text must never change it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from xml.etree.ElementTree import Element

from tests.security.dom import tags

ADDRESSES = {
    "href",
    "src",
    "action",
    "formaction",
    "data",
    "poster",
    "background",
    "hx-get",
    "hx-post",
    "hx-put",
    "hx-patch",
    "hx-delete",
}
OWN_ADDRESS = re.compile(r"(?:/(?!/)|#|\?|$)")
LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
PROSE = {
    "a": {"href", "rel"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
} | {
    name: set()
    for name in (
        [
            "b",
            "blockquote",
            "br",
            "code",
            "em",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "li",
            "p",
            "pre",
            "s",
            "strong",
            "table",
            "tbody",
            "thead",
            "tr",
            "ul",
        ]
    )
}
REGION = "region"  # read from the names of segments: other names may be more or fewer choices
NEVER = {"style", "iframe", "object", "embed", "applet", "base", "frame", "frameset", "portal"}


@dataclass
class Shape:
    """Elements by name and attributes, their ids, and what may be nowhere at all."""

    elements: Counter[str] = field(default_factory=Counter)
    ids: Counter[str] = field(default_factory=Counter)
    forbidden: list[str] = field(default_factory=list)
    in_prose: int = 0
    page: str = ""

    def shows(self, text: str) -> bool:
        return escape(text) in self.page


def shape_of(page: str, read: Callable[[str], Element] = tags) -> Shape:
    shape = Shape(page=page)
    _walk(read(page), shape, prose=False)
    return shape


def differences(plain: Shape, hostile: Shape) -> list[str]:
    """What text brought into a page, or took out of it; a line or one more error is no harm."""
    more, fewer = hostile.elements - plain.elements, plain.elements - hostile.elements
    del more["br"], more["li"]
    found = [f"new {name} × {count}" for name, count in more.items()]
    found += [f"gone {name} × {count}" for name, count in fewer.items()]
    found += [f"new id {name}" for name in hostile.ids - plain.ids]
    return found + hostile.forbidden


def _walk(element: Element, shape: Shape, *, prose: bool) -> None:
    if not isinstance(element.tag, str):  # a comment
        return
    _note(element, shape, prose=prose)
    inside = prose or "prose" in element.get("class", "").split()
    for child in element:
        _walk(child, shape, prose=inside)
    if element.get("name") == REGION:
        shape.elements.subtract(map(_kind, element))


def _note(element: Element, shape: Shape, *, prose: bool) -> None:
    shape.forbidden += _forbidden(element)
    if prose:
        shape.in_prose += 1
        shape.forbidden += _forbidden_in_prose(element)
        return
    shape.elements[_kind(element)] += 1
    if name := element.get("id"):
        shape.ids[name] += 1
    for attribute in ADDRESSES & set(element.attrib):
        if not OWN_ADDRESS.match(element.get(attribute, "")):
            shape.forbidden.append(f"{element.tag} {attribute}={element.get(attribute)!r}")


def _kind(element: Element) -> str:
    names = " ".join(sorted(map(str, element.attrib)))
    return f"{element.tag} {names}".strip()


def _forbidden(element: Element) -> list[str]:
    tag = str(element.tag).rpartition("}")[2]
    scripted = [name for name in element.attrib if str(name).lower().startswith(("on", "hx-on"))]
    dressed = [name for name in ("style", "srcdoc") if name in element.attrib]
    found = [f"{tag} {name}" for name in [*scripted, *dressed]]
    if tag in NEVER or (tag == "script" and (element.text or "").strip()):
        found.append(f"a {tag} of its own")
    return found


def _forbidden_in_prose(element: Element) -> list[str]:
    allowed = PROSE.get(str(element.tag))
    if allowed is None:
        return [f"{element.tag} in prose"]
    found = [f"{element.tag} {name} in prose" for name in set(element.attrib) - allowed]
    href = element.get("href")
    if href is not None and not LINK.match(href):
        found.append(f"a link to {href!r} in prose")
    return found

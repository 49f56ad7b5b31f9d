"""What a page holds, read as a browser would: elements with their attributes and text."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"br", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def all(self) -> list[Element]:
        return [self, *(found for child in self.children for found in child.all())]

    def having(self, word: str) -> list[Element]:
        """Every element in here with this class."""
        return [each for each in self.all() if word in each.attributes.get("class", "").split()]

    @property
    def text(self) -> str:
        """The text in here, in the order in which it was written."""
        return " ".join(" ".join(each.texts) for each in self.all()).strip()

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("page", {})
        self.path = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.path[-1].children.append(element)
        if tag not in VOID:
            self.path.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.path[-1].name == tag, f"</{tag}> closes <{self.path[-1].name}>"
            self.path.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.path[-1].texts.append(" ".join(data.split()))


def parsed(text: str) -> Element:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader.path == [reader.root], "an element is not closed"
    return reader.root


def filled(form: Element) -> dict[str, list[str]]:
    """What a browser would send of this form as it stands."""
    said: dict[str, list[str]] = {}
    for each in form.all():
        if "name" not in each.attributes or "disabled" in each.attributes:
            continue
        for value in _values(each):
            said.setdefault(each["name"], []).append(value)
    return said


def _values(each: Element) -> list[str]:
    if each.name == "textarea":
        return [" ".join(each.texts)]
    if each.name == "select":
        options = [option for option in each.all() if option.name == "option"]
        chosen = [option for option in options if "selected" in option.attributes]
        chosen = chosen or ([] if "multiple" in each.attributes else options[:1])
        return [option["value"] for option in chosen]
    if each.name == "input" and each.attributes.get("type") in {"checkbox", "radio"}:
        return [each.attributes.get("value", "on")] if "checked" in each.attributes else []
    return [each.attributes.get("value", "")] if each.name == "input" else []

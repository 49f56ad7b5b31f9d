"""Markdown as people write it, made into HTML that can do nothing but be read.

Raw HTML is off in the parser, and what the parser makes passes an allow-list of tags and
attributes: no class, id or style, no htmx, no images, links to http, https and mailto only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

TEXT = {"a", "b", "br", "code", "em", "s", "strong"}
BLOCKS = {"blockquote", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"}
TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
    "*": set(),  # else title and lang pass on every tag
}
SCHEMES = {"http", "https", "mailto"}
ADDRESSES = ("http://", "https://", "mailto:")
MENTION = re.compile(r"(?<![\w@./+-])@([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)", re.IGNORECASE)
SMALLEST_HEADING = 6
HEADINGS_BEGIN_AT = 3  # the page's own headings stand above


def render(text: str, people: Mapping[str, str] | None = None) -> str:
    """HTML safe to show as it is. ``people`` are the names to put for @handles, by handle."""
    return _rendered(text, tuple(sorted((people or {}).items())))


def handles_in(text: str) -> set[str]:
    """Every @handle the text calls, outside code, links and addresses."""
    found: set[str] = set()
    _parser.parse(text, {"people": {}, "handles": found})
    return found


@lru_cache(maxsize=128)
def _rendered(text: str, people: tuple[tuple[str, str], ...]) -> str:
    html = _parser.render(text, {"people": dict(people), "handles": set()})
    return _cleaner.clean(html)


class Parser(MarkdownIt):
    """CommonMark with tables, strikethrough and bare addresses; links lead to whole addresses."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "linkify": True, "breaks": True})
        self.enable(["linkify", "table", "strikethrough"])
        self.disable(["image", "html_block", "html_inline"])
        self.inline.ruler.disable("linkify")  # takes seconds over many colons; core finds them too
        for rule in (_lower_headings, _align_cells, _mark_mentions):
            self.core.ruler.push(rule.__name__, rule)

    def validateLink(self, url: str) -> bool:  # noqa: N802 (the parser's own name)
        return url.lower().startswith(ADDRESSES)


def _lower_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            level = int(token.tag[1:]) + HEADINGS_BEGIN_AT - 1
            token.tag = f"h{min(level, SMALLEST_HEADING)}"


def _align_cells(state: StateCore) -> None:
    """Alignment comes as a style, which neither the allow-list nor the page's policy lets pass."""
    for token in state.tokens:
        style = token.attrs.pop("style", None)
        if style:
            token.attrs["align"] = str(style).removeprefix("text-align:")


def _mark_mentions(state: StateCore) -> None:
    for token in state.tokens:
        if token.children and "@" in token.content:
            token.children = list(_with_mentions(token.children, state))


def _with_mentions(tokens: Iterable[Token], state: StateCore) -> Iterator[Token]:
    links = 0
    for token in tokens:
        links += token.type.startswith("link_") * token.nesting
        if token.type == "text" and not links:
            yield from _split(token, state)
        else:
            yield token


def _split(token: Token, state: StateCore) -> Iterator[Token]:
    """Text up to each known handle, the person's name in bold, and the text that remains."""
    begin = 0
    for match in MENTION.finditer(token.content):
        handle = match[1].lower()
        state.env["handles"].add(handle)
        name = state.env["people"].get(handle)
        if name:
            yield _text(token.content[begin : match.start()])
            yield Token("mention_open", "b", 1)
            yield _text(f"@{name}")
            yield Token("mention_close", "b", -1)
            begin = match.end()
    yield _text(token.content[begin:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


_parser = Parser()
_cleaner = nh3.Cleaner(
    tags=TEXT | BLOCKS | TABLES,
    attributes=ATTRIBUTES,
    url_schemes=SCHEMES,
    url_relative="deny",
    link_rel="noopener nofollow",
)

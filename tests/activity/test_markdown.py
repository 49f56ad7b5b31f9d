"""Markdown becomes HTML that can be read and do nothing else."""

from __future__ import annotations

import time
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from emdesk.activity.markdown import handles_in, render
from tests.hostile import MARKDOWN, PAYLOADS, TAGS

ATTRIBUTES = {"a": {"href", "rel"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}}
PLAIN = [
    "b", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "p", "pre", "s",
    "strong", "table", "tbody", "thead", "tr", "ul",
]  # fmt: skip
ALLOWED = {*ATTRIBUTES, *PLAIN}


class Document(HTMLParser):
    """The elements a browser would make, and what speaks against them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.complaints: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in ALLOWED:
            self.complaints.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, ()):
                self.complaints.append(f"{tag} {name}={value}")
            if name == "href" and urlsplit(value).scheme not in {"http", "https", "mailto"}:
                self.complaints.append(f"leads to {value}")

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.complaints.append(f"<!--{data}-->")

    handle_decl = handle_pi = unknown_decl = handle_comment


def test_the_corpus_is_large_enough():
    assert len(set(TAGS)) >= 40
    assert len(set(MARKDOWN)) >= 40


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("around", ["{}", "before {} after", "> {}", "- {}", "**{}**", "@x {}"])
def test_hostile_text_makes_no_element_that_acts(payload, around):
    document = Document(render(around.format(payload), {"x": payload, "amara.osei": payload}))

    assert document.complaints == []


@given(st.text("<>\"'`[]()!*_~|:-#@&;=/\\ \n\tabscrijp.123", max_size=200))
def test_no_text_at_all_makes_an_element_that_acts(text):
    assert Document(render(text, {"a": text})).complaints == []


@pytest.mark.parametrize("payload", TAGS)
def test_raw_html_is_shown_as_the_text_it_is(payload):
    document = Document(render(f"`{payload.replace('`', '')}`"))

    assert set(document.tags) <= {"p", "code"}


def test_what_people_write_looks_as_they_meant_it():
    html = render(
        "# Plan\n\nFirst line\nsecond *line*, **bold**, ~~gone~~\n\n"
        "| a | b |\n|:--|--:|\n| 1 | 2 |\n\n3. three\n4. four\n\n> said\n\n`code`\n\n---"
    )

    assert "<h3>Plan</h3>" in html
    assert "First line<br>\nsecond <em>line</em>, <strong>bold</strong>, <s>gone</s>" in html
    assert '<th align="left">a</th>' in html
    assert '<td align="right">2</td>' in html
    assert '<ol start="3">' in html
    for part in ("<blockquote>", "<code>code</code>", "<hr>"):
        assert part in html


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("see https://example.com/a_b_c?x=1&y=2.", "https://example.com/a_b_c?x=1&amp;y=2"),
        ("www.example.com", "http://www.example.com"),
        ("jo@example.com", "mailto:jo@example.com"),
        ("[plan](https://example.com 'A plan')", "https://example.com"),
    ],
)
def test_addresses_become_links_that_tell_nobody_where_from(text, href):
    assert f'<a href="{href}" rel="noopener nofollow">' in render(text)


def test_an_image_becomes_a_link_and_loads_nothing():
    assert "<img" not in render("![a plan](https://example.com/x.png)")
    assert '<a href="https://example.com/x.png"' in render("![a plan](https://example.com/x.png)")


def test_headings_stay_below_those_of_the_page():
    html = render("# 1\n\n## 2\n\n###### 6\n\nSetext\n===")

    assert [tag for tag in Document(html).tags if tag[0] == "h"] == ["h3", "h4", "h6", "h3"]


def test_a_known_handle_is_replaced_by_the_name_and_an_unknown_one_stays():
    html = render("@jo and @no, `@jo`", {"jo": "Jo <Berg>"})

    assert html == "<p><b>@Jo &lt;Berg&gt;</b> and @no, <code>@jo</code></p>\n"


def test_handles_are_found_in_text_alone():
    text = "@A.b, (@c) *@d* `@e` @f. x@g.h [@i](https://j.k) <https://l.m/@n>\n\n    @o"

    assert handles_in(text) == {"a.b", "c", "d", "f"}


def test_the_template_filter_takes_text_with_and_without_people():
    page = Template("{% load markdown %}{{ text|markdown }}{{ text|markdown:people }}")

    html = page.render(Context({"text": "@jo <b>", "people": {"jo": "Jo"}}))

    assert html == "<p>@jo &lt;b&gt;</p>\n<p><b>@Jo</b> &lt;b&gt;</p>\n"


@pytest.mark.parametrize(
    "bit",
    ["[", "![", "[a](", "*", "*a_ ", "> ", "- ", "`", "<", "://", "http://", "@a ", "a@b.c ", "|",
     "~~a", "&#", "\\", "[]", "***a", "a**b", "(", "\t", "1. ", "<a@", "[a][b]", "_a*", "\n> "],
)  # fmt: skip
def test_the_longest_text_is_rendered_in_reasonable_time(bit):
    begun = time.process_time()
    render((bit * 20_000)[:20_000])

    assert time.process_time() - begun < 3

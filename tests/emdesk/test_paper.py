"""The press: what it reaches, how long it may take, and that a broken one is replaced."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emdesk.paper import FAILED, LATE, STATIC, Press, Unprintable
from emdesk.press import file_behind
from tests.sow.sheets import objects, texts

HEAD = "<!DOCTYPE html><html lang='en'><head><title>Q</title>"
PASSWD = "file:///etc/passwd"
ADDRESSES = [
    *(PASSWD, "/etc/passwd", "http://127.0.0.1:9/x", "https://example.com/x.css", "ftp://x/y.css"),
    *("data:text/css,*{}", "paper:../manage.py", "paper:../requirements/x.css", "paper:js/app.js"),
    *(
        "paper:/etc/passwd",
        "paper:css/../../docs/img/x.css",
        "PAPER:css/paper.css",
        "css/paper.css",
    ),
    *("//example.com/x.css", "paper:favicon.svg", "blob:x", "javascript:alert(1)", ""),
]
REACHING = f"""{HEAD}
<link rel=stylesheet href="{PASSWD}"><link rel=attachment href="{PASSWD}">
<link rel=stylesheet href="data:text/css,p%7Bdisplay:none%7D">
<style>@import "{PASSWD}"; @font-face {{ font-family: X; src: url("{PASSWD}") }}
p {{ background: url("{PASSWD}"); font-family: X; list-style: url("http://127.0.0.1:9/x") }}</style>
</head><body><p>Won 5 of 8<img src="{PASSWD}"><img src="data:image/svg+xml,%3Csvg/%3E">
<object data="{PASSWD}"></object><embed src="http://127.0.0.1:9/x">
<svg><image href="{PASSWD}"/><use href="http://127.0.0.1:9/x#y"/></svg></p></body></html>"""
BOMB = HEAD + "<div style='display:flex'>" * 16 + "x" + "</div>" * 16


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    found = Press()
    yield found
    found.close()


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_but_its_own_sheets_and_fonts_is_refused(address: str) -> None:
    with pytest.raises((ValueError, OSError)):
        file_behind(address, STATIC)
    assert file_behind("paper:css/paper.css", STATIC)[1] == "text/css"
    assert file_behind("paper:fonts/serif-latin.woff2", STATIC)[1] == "font/woff2"


def test_a_page_that_reaches_out_comes_out_without_what_it_reached_for(press: Press) -> None:
    pdf = press.print(REACHING).pdf
    assert "Won 5 of 8" in texts(pdf)[0]
    assert "root:" not in texts(pdf)[0]
    for found in objects(pdf):
        assert found.get("/Type") not in {"/Filespec", "/EmbeddedFile"}
        assert found.get("/Subtype") != "/Image"


def test_what_breaks_the_press_is_said_and_the_next_document_has_another(press: Press) -> None:
    with pytest.raises(Unprintable, match=FAILED):
        press.print("<p>x</p>", "pdf/none")
    assert press.print(f"{HEAD}<p>Lost 3").pages == 1
    child = press._child  # noqa: SLF001
    assert child
    child.kill()
    child.wait()
    assert texts(press.print(f"{HEAD}<p>Lost 3").pdf) == ["Lost 3"]


def test_what_takes_too_long_is_ended(press: Press) -> None:
    slow = Press(seconds=2)
    with pytest.raises(Unprintable, match=LATE):
        slow.print(BOMB)
    assert slow._child is None  # noqa: SLF001


def test_each_page_is_told_as_it_is_begun(press: Press) -> None:
    heard: list[int] = []
    page = "<p style='break-after: page'>x</p>"
    assert press.print(HEAD + page * 3, heard=heard.append).pages == 3
    assert {1, 2, 3} <= set(heard)

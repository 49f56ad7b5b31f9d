"""S8: stored text stays text. No page gets an element, attribute, id or address from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse

from tests.reports import report
from tests.security import stored
from tests.security.catalogue import DESK
from tests.security.dom import parsed
from tests.security.payloads import PAYLOADS, packed
from tests.security.rows import restart, sequences
from tests.security.shape import Shape, differences, shape_of
from tests.security.shares import shares
from tests.security.visitor import HTMX
from tests.security.world import World

Page = tuple[str, str, dict[str, str]]  # who looks, at which address, with which headers
TURNS = range(0, len(packed(stored.LONGEST)), 2)
PARTS = re.compile(r"/(?:move|assign|changes|column|activity)/")
EVERY = 3  # the page is read every turn, the others in turn, each in every share
BUSIEST = [("/issues/{deal}/", {}), ("/issues/{deal}/", HTMX)]
MORE_PAGES = [
    "/issues/{priced}/estimate/v{resent}/",
    "/issues/{priced}/estimate/v{resent}/?view=customer",
    "/issues/{held}/",
    "/issues/{held}/move/",
    "/issues/{closed}/",
    "/issues/{duplicate}/",
    "/activity/scoping.scopingissue/{deal}/?show=changes",
    "/board/?view=team&lanes=segment",
    "/board/?view=team&em={em}&segment={segment}",
    "/board/column/{em}/?board=ems",
    "/board/changes/?since=0&board=ems",
]
DRAFT = re.compile("/draft/|version=2|versions/2")
KEPT = re.compile("/sow/(?:library|templates)/.*(?:edit|new)/")
ADMIN_PAGES = [
    "/admin/people/user/",
    "/admin/people/user/{colleague}/change/",
    "/admin/people/user/{colleague}/history/",
    "/admin/people/segment/",
    "/admin/people/segment/{segment}/change/",
    "/admin/people/territory/",
    "/admin/people/coverage/{coverage}/change/",
    "/admin/people/coverage/{coverage}/delete/",
    "/admin/people/absence/",
    "/admin/people/absence/{absence}/change/",
]
SHOWN = [each for each in DESK if each.method == "GET" and each.ok != (404,)]
BY_ALL = [question.path for question in SHOWN]


def looker(path: str) -> str:
    """A lead sees everything; but only the author rewords, and views and mail are one's own."""
    their_own = path.endswith("/reword/") or "{own_view}" in path or "{mail}" in path
    if path.endswith("/close-date/"):
        return "deal desk"
    if path.endswith("/sign/"):
        return "signatory"
    if (path.startswith("/catalogue/") and DRAFT.search(path)) or KEPT.match(path):
        return "practice manager"
    return "EM own" if their_own else "admin" if path == "/health/" else "EM lead"


OTHERS = [
    *((looker(path), path, {}) for path in [*BY_ALL, *MORE_PAGES]),
    *((looker(path), path, HTMX) for path in [*BY_ALL, *MORE_PAGES] if PARTS.search(path)),
    *(("admin", path, {}) for path in ADMIN_PAGES),
]


@contextmanager
def desk_saying(world: World, turn: int | None) -> Iterator[None]:
    """The desk with these texts everywhere, for as long as one looks."""
    numbers = sequences()
    with transaction.atomic():
        stored.prepare(world)
        stored.store(world, turn)
        stored.tell(world, turn)
        yield
        transaction.set_rollback(True)
    restart(numbers)


def pages(turns: Sequence[int]) -> list[Page]:
    """Who looks at what in these turns."""
    due = {turn // 2 % EVERY for turn in turns}
    others = [page for number, page in enumerate(OTHERS) if number % EVERY in due]
    return [*(("EM lead", path, headers) for path, headers in BUSIEST), *others]


def shapes(world: World, turn: int | None, looked: list[Page]) -> dict[Any, Shape]:
    """Shape of each page; of those that answer with one, and not with a file."""
    found = {}
    with desk_saying(world, turn):
        for role, path, headers in looked:
            answer = world[role].ask(path.format(**world.pks), **headers)
            assert answer.status_code in (200, 302), f"{path}: {world[role].fault}"
            if answer.status_code == 200 and is_page(answer):
                found[role, path, bool(headers)] = shape_of(answer.page)
    return found


def is_page(answer: HttpResponse) -> bool:
    """Whether a browser reads it as HTML."""
    return answer.headers["Content-Type"].startswith("text/html")


@shares(8)
def test_stored_text_changes_no_page(world: World, share: int) -> None:
    """Beside the same pages of a desk where everybody writes harmless words."""
    wrong, met, turns = [], set(), TURNS[share::8]
    plain = shapes(world, None, pages(turns))
    for turn in turns:
        for page, shape in shapes(world, turn, pages([turn])).items():
            met |= {(page, payload) for payload in PAYLOADS if shape.shows(payload)}
            found = differences(plain[page], shape)
            wrong += [f"{page}, turn {turn}: {each}" for each in found]

    figures = {"pages": len(plain), "payloads": len({payload for _, payload in met})}
    figures |= {"payloads_on_pages": len(met), "dangerous": len(wrong)}
    report("security", f"S8 pages, share {share + 1} of 8", **figures)
    assert not wrong, "\n" + "\n".join(sorted(set(wrong))[:60])


def test_every_payload_as_a_comment_of_its_own_is_only_prose(world: World) -> None:
    wrong, prose, path = [], 0, "/activity/scoping.scopingissue/{elsewhere}/?show=notes"
    with desk_saying(world, 0):
        address = path.format(**world.pks)
        while address:
            page = world["EM lead"].ask(address, **HTMX).page
            shape = shape_of(page, parsed)
            wrong += shape.forbidden
            prose += shape.in_prose
            links = (link.get("href", "") for link in parsed(page).iter("a"))
            address = next((link for link in links if "before=" in link), "")

    report("security", "S8 comments", payloads=len(PAYLOADS), dangerous=len(wrong))
    assert prose >= len(PAYLOADS)
    assert not wrong, "\n" + "\n".join(sorted(set(wrong)))


def test_every_payload_is_harmless_in_a_preview(world: World) -> None:
    path = f"/activity/scoping.scopingissue/{world.pks['deal']}/comment/internal/"
    wrong = []
    for payload in PAYLOADS:
        answer = world["EM own"].ask(path, "POST", {"do": "preview", "body": payload}, **HTMX)
        wrong += [f"{payload!r}: {each}" for each in shape_of(answer.page, parsed).forbidden]

    report("security", "S8 previews", payloads=len(PAYLOADS), dangerous=len(wrong))
    assert not wrong, "\n" + "\n".join(wrong)


ECHOES = [
    ("GET", "/board/", "q", 100, {}),
    ("GET", "/board/column/open/", "after", 100, {"view": "team"}),
    ("GET", "/account/login/", "next", 200, {}),
    ("POST", "/account/login/", "login", 200, {"password": "x"}),
    ("POST", "/account/password/reset/", "email", 200, {}),
    ("POST", "/issues/{deal}/facts/step/", "next_step", 2_000, {"next_step_date": "never"}),
    ("POST", "/issues/{deal}/facts/labels/", "free_labels", 2_000, {}),
    ("POST", "/issues/{deal}/meetings/", "guests", 2_000, {"minutes": "x"}),
    ("POST", "/issues/{duplicate}/merge/", "into", 200, {}),
    ("POST", "/issues/{deal}/move/", "to", 200, {}),
    ("POST", "/issues/{deal}/move/", "reason", 2_000, {"to": "on_hold"}),
    ("POST", "/profile/", "name", 2_000, {"time_zone": "x"}),
    ("POST", "/profile/absences/", "note", 2_000, {}),
    ("POST", "/settings/undo_minutes/", "reason", 2_000, {"value": "x"}),
]


@shares(3)
@pytest.mark.parametrize(("method", "path", "name", "longest", "more"), ECHOES)
def test_what_is_typed_comes_back_as_text(
    world: World, method: str, path: str, name: str, longest: int, more: dict[str, str], share: int
) -> None:
    """Searches, and forms that were refused and show what was typed."""
    address, wrong = path.format(**world.pks), []
    visitor = world["anonymous" if path.startswith("/account/") else "EM lead"]
    lines = packed(longest)[share::3]
    plain = shape_of(visitor.ask(address, method, {name: "w " * (longest // 2), **more}).page)
    for line in lines:
        answer = visitor.ask(address, method, {name: line, **more})
        assert answer.status_code in (200, 302, 404, 422, 429), (line, visitor.fault)
        if answer.status_code in (200, 422):
            wrong += differences(plain, shape_of(answer.page))

    figures = {"lines": len(lines), "dangerous": len(wrong)}
    report("security", f"S8 {method} {path} {name}, share {share + 1} of 3", **figures)
    assert not [each for each in wrong if not each.startswith("gone")], sorted(set(wrong))


def test_a_refused_files_name_comes_back_as_text(world: World) -> None:
    path = f"/files/scoping.scopingissue/{world.pks['deal']}/add/"
    wrong = []
    lines = packed(150)
    for payload in lines:
        file = SimpleUploadedFile("x", b"\x00 not text")
        file._name = f"{payload}.txt"  # noqa: SLF001 (what a client may send, and Django would mend)
        answer = world["EM own"].ask(path, "POST", {"file": file})
        wrong += [f"{payload!r}: {each}" for each in shape_of(answer.page).forbidden]

    report("security", "S8 file names", lines=len(lines), dangerous=len(wrong))
    assert not wrong


def test_an_address_that_does_not_exist_is_not_repeated(world: World) -> None:
    for payload in packed(400):
        answer = world["EM own"].ask("/nowhere/" + payload.replace("?", "").replace("#", ""))
        assert answer.status_code == 404
        assert not shape_of(answer.page).forbidden


def test_there_are_enough_payloads() -> None:
    assert len(PAYLOADS) >= 150
    assert {text for text in PAYLOADS if len(text) <= stored.LONGEST} == set(PAYLOADS)

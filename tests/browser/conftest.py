"""A real Chromium, the people who sit before it, and what must not happen while they do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.timezone import now
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Response,
    WebError,
    expect,
    sync_playwright,
)

from emdesk.people.models import Role, Segment, User
from tests.factories import make_segment, make_user

PASSWORD = "correct horse battery"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK = {
    "viewport": {"width": 1440, "height": 900},
    "reduced_motion": "reduce",
    "color_scheme": "light",
    "locale": "en-GB",
    "timezone_id": "UTC",
}
PATIENCE = 30_000
BROWSERS = ("chromium-headless-shell", "chromium")
REST = "/healthz/live"
FORGET = "try { localStorage.clear(); sessionStorage.clear() } catch {}"
Visit = Callable[..., Page]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Every test beside this file drives the browser, on a database it may empty."""
    item.add_marker(pytest.mark.browser)
    item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Playwright keeps a loop running in this thread, which Django would take for async code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        yield chromium
        chromium.close()


def installed() -> str | None:
    """The same Chromium is a third cheaper where it brings no window with it."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session", autouse=True)
def files_are_kept(monkeypatch_session: pytest.MonkeyPatch) -> None:
    """By browsers, as in service, where every name of a file says which text it has."""
    served = StaticFilesHandler.serve

    def serve(self: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        response = served(self, request)
        patch_cache_control(response, max_age=3600, immutable=True)
        return response

    monkeypatch_session.setattr(StaticFilesHandler, "serve", serve)


@dataclass
class Pages:
    """Browsers of one person and one page each, used for one test after the other.

    They lose who was signed in and what the page kept, and have the files every page needs.
    They rest on a page of the same site: on any other, Chromium would end the process that
    shows them and begin another, which costs more than most pages.
    """

    browser: Browser
    idle: dict[str, list[Page]] = field(default_factory=dict)

    def take(self, **look: Any) -> tuple[str, Page]:
        key = repr(sorted(look.items()))
        waiting = self.idle.setdefault(key, [])
        return key, waiting.pop() if waiting else self.browser.new_context(**look).new_page()

    def put_back(self, key: str, page: Page) -> None:
        for opened in page.context.pages[1:]:
            opened.close()
        page.unroute_all()
        page.emulate_media(media="null")
        page.on("dialog", _leave_unsaved)
        page.goto(REST)
        page.remove_listener("dialog", _leave_unsaved)
        page.evaluate(FORGET)
        page.context.clear_cookies()
        page.context.clear_permissions()
        self.idle[key].append(page)


def _leave_unsaved(dialog: Dialog) -> None:
    dialog.accept()


@pytest.fixture(scope="session")
def pages(browser: Browser) -> Pages:
    return Pages(browser)


@dataclass
class Faults:
    """What went wrong in the pages of one test; a refusal and a conflict are answers, not faults."""

    found: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=lambda: {409, 422})

    def expect(self, *statuses: int) -> None:
        self.expected.update(statuses)

    @property
    def _watchers(self) -> dict[Any, Callable[[Any], None]]:
        return {"response": self._answered, "weberror": self._raised, "console": self._said}

    def watch(self, context: BrowserContext) -> None:
        for event, watcher in self._watchers.items():
            context.on(event, watcher)

    def leave(self, context: BrowserContext) -> None:
        for event, watcher in self._watchers.items():
            context.remove_listener(event, watcher)

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.found.append(f"{response.status} {response.request.method} {response.url}")

    def _raised(self, error: WebError) -> None:
        self.found.append(str(error.error))

    def _said(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.found.append(message.text)


@pytest.fixture
def errors() -> Iterator[Faults]:
    faults = Faults()
    yield faults
    assert not faults.found


@dataclass(frozen=True)
class SignIn:
    """What a browser and the database hold after somebody came in by the sign-in page."""

    cookies: Any
    session: Session


@pytest.fixture(scope="session")
def password_hash() -> str:
    return make_password(PASSWORD)


@pytest.fixture(scope="session")
def sign_ins() -> dict[int, SignIn]:
    return {}


@pytest.fixture
def visit(
    pages: Pages, live_server: Any, errors: Faults, sign_ins: dict[int, SignIn]
) -> Iterator[Visit]:
    """Open a page in a browser of its own, as somebody who is signed in or as a stranger."""
    taken: list[tuple[str, Page]] = []

    def visit(path: str, user: User | None = None, **options: Any) -> Page:
        key, page = pages.take(base_url=live_server.url, **DESK | options)
        page.context.set_default_timeout(PATIENCE)
        taken.append((key, page))
        errors.watch(page.context)
        if user:
            _come_in(page, user, sign_ins)
        page.goto(path)
        return page

    yield visit
    for key, page in taken:
        errors.leave(page.context)
        pages.put_back(key, page)


def _come_in(page: Page, user: User, sign_ins: dict[int, SignIn]) -> None:
    """By the sign-in page the first time; later the emptied database gets the session back."""
    if known := sign_ins.get(user.pk):
        page.context.add_cookies(known.cookies)
        Session.objects.bulk_create([known.session], ignore_conflicts=True)
        return
    sign_in(page, user)
    cookies: Any = page.context.cookies()
    key = next(cookie["value"] for cookie in cookies if cookie["name"] == "session")
    sign_ins[user.pk] = SignIn(cookies, Session.objects.get(session_key=key))


def sign_in(page: Page, user: User, password: str = PASSWORD) -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("/")


@pytest.fixture
def at() -> datetime:
    return now()


@pytest.fixture
def person(db: None, password_hash: str) -> Callable[..., User]:
    """A colleague who can sign in and is the same row in every test."""

    def person(pk: int, name: str, *roles: Role) -> User:
        email = f"{name.split()[0].lower()}@example.com"
        user = make_user(*roles, pk=pk, name=name, email=email)
        User.objects.filter(pk=pk).update(password=password_hash)
        return user

    return person


@pytest.fixture
def amara(person: Callable[..., User]) -> User:
    return person(9_001, "Amara Osei", Role.EM)


@pytest.fixture
def jonas(person: Callable[..., User]) -> User:
    return person(9_002, "Jonas Lindqvist", Role.EM)


@pytest.fixture
def lena(person: Callable[..., User]) -> User:
    return person(9_003, "Lena Vogel", Role.EM_LEAD, Role.EM)


@pytest.fixture
def segment(db: None) -> Segment:
    return make_segment()

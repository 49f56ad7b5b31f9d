"""S11: when something breaks, no trace, secret, token or statement reaches a page or the log."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.handlers.base import BaseHandler
from django.db import DatabaseError, OperationalError, ProgrammingError
from django.http import Http404
from pythonjsonlogger.json import JsonFormatter

from emdesk import health
from tests.emdesk.test_environment import PRODUCTION, boot
from tests.reports import report
from tests.security.catalogue import EVERYTHING
from tests.security.odd import ODD_PATHS, ODD_WORDS, PARAMETERS
from tests.security.shares import shares
from tests.security.visitor import HTMX, PASSWORD
from tests.security.world import World

CANARIES = {
    "SECRET_KEY": "canary-of-the-secret-key",
    "EMAIL_HOST_PASSWORD": "canary-of-the-mail-password",
    "EMAIL_HOST_USER": "canary-of-the-mail-user",
}
TYPED = "canary-typed-as-a-password"
RESET_KEY = "canary1reset2key-0123456789abcdef"
STATEMENT = 'SELECT "people_user"."password" FROM "people_user" WHERE canary_column = 1'
TRACES = ("Traceback", "File &quot;", 'File "', "site-packages", "/emdesk/", "Error at", "SELECT ")
BREAKING: list[tuple[Exception, int]] = [
    (RuntimeError(STATEMENT), 500),
    (ProgrammingError(STATEMENT), 500),
    (DatabaseError(STATEMENT), 503),
    (OperationalError(f'connection to server failed: password "{TYPED}" for {STATEMENT}'), 503),
    (Http404(STATEMENT), 404),
    (SuspiciousOperation(STATEMENT), 400),
]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[io.StringIO]:
    """Everything that is logged, as the desk of one machine and as a production writes it."""
    written = io.StringIO()
    formats = django_settings.LOGGING["formatters"]
    handlers = []
    for formatter in (
        JsonFormatter(formats["json"]["format"]),
        logging.Formatter(formats["line"]["format"]),
    ):
        handler = logging.StreamHandler(written)
        handler.setFormatter(formatter)
        handler.filters = list(_configured().filters)
        handlers.append(handler)
        logging.getLogger().addHandler(handler)
    for name, value in CANARIES.items():
        monkeypatch.setenv(name, value)
        if name != "SECRET_KEY":  # sessions are signed with the one that is there
            setattr(settings, name, value)
    logging.disable(logging.NOTSET)
    yield written
    logging.disable(logging.ERROR)
    for handler in handlers:
        logging.getLogger().removeHandler(handler)


def _configured() -> logging.Handler:
    """The handler the settings made; what it leaves out is left out here too."""
    return next(
        each for each in logging.getLogger().handlers if type(each) is logging.StreamHandler
    )


def breaking(error: Exception) -> Callable[..., Any]:
    def instead(self: BaseHandler, view: Any) -> Any:
        def broken(request: Any, *args: Any, **kwargs: Any) -> Any:
            raise error

        return broken

    return instead


def secrets_of(world: World, role: str) -> list[str]:
    """What the log must not know, besides the canaries: keys of this person and of the desk."""
    cookies = dict(
        pair.strip().split("=", 1) for pair in world[role].kept.split(";") if "=" in pair
    )
    database = django_settings.DATABASES["default"]["PASSWORD"]
    known = [
        cookies[django_settings.SESSION_COOKIE_NAME],
        cookies[django_settings.CSRF_COOKIE_NAME],
    ]
    return [
        *known,
        *CANARIES.values(),
        django_settings.SECRET_KEY,
        TYPED,
        *filter(None, [database]),
    ]


@shares(3)
def test_a_page_that_breaks_tells_nobody_how(
    world: World, monkeypatch: pytest.MonkeyPatch, share: int
) -> None:
    monkeypatch.setattr(health, "close_old_connections", lambda: None)  # it holds this test's desk
    visitor, wrong, asked = world["admin"], [], EVERYTHING[share::3]
    for number, (question, (error, status)) in enumerate(zip(asked, cycle(BREAKING), strict=False)):
        monkeypatch.setattr(BaseHandler, "make_view_atomic", breaking(error))
        sent = {"password": TYPED, "oldpassword": TYPED, "code": TYPED}
        headers = HTMX if number % 4 < 2 else {}
        answer = visitor.ask(question.address(world), question.method, sent, **headers)
        told = [text for text in (*TRACES, STATEMENT, TYPED) if text in answer.page]
        if told or answer.status_code not in (status, 302, 401):
            wrong.append(f"{question}, {error!r}: {answer.status_code} tells {told}")

    figures = {"requests": len(asked), "leaks": len(wrong)}
    report("security", f"S11 pages that break, share {share + 1} of 3", **figures)
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_log_of_broken_pages_knows_no_secret(
    world: World, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    """It tells the administrator what broke and where; keys and what was typed stay out."""
    visitor = world["admin"]
    monkeypatch.setattr(BaseHandler, "make_view_atomic", breaking(RuntimeError("broken")))
    for question in EVERYTHING[::6]:
        sent = {"password": TYPED, "oldpassword": TYPED, "code": TYPED, "login": "a@example.com"}
        address = question.address(world)
        visitor.ask(address, question.method, sent, HTTP_AUTHORIZATION=f"Bearer {TYPED}")

    lines = log.getvalue()
    found = [secret for secret in secrets_of(world, "admin") if secret in lines]
    report("security", "S11 log", lines=lines.count("\n"), leaks=len(found))
    assert "broken" in lines
    assert not found


def test_the_key_of_a_reset_link_is_in_no_log(
    world: World, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    """Who reads the log must not be able to set somebody's password."""
    path = f"/account/password/reset/1-{RESET_KEY}/"
    world["anonymous"].ask(path + "more/")
    monkeypatch.setattr(BaseHandler, "make_view_atomic", breaking(RuntimeError("broken")))
    world["anonymous"].ask(path)
    world["anonymous"].ask(path, "POST")

    assert "broken" in log.getvalue()
    assert RESET_KEY not in log.getvalue()


def test_a_refusal_may_say_why_but_not_how(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = world["EM own"]
    monkeypatch.setattr(BaseHandler, "make_view_atomic", breaking(PermissionDenied("Ask a lead.")))

    answer = visitor.ask("/board/")

    assert answer.status_code == 403
    assert not [trace for trace in TRACES if trace in answer.page]


def test_signing_in_leaves_no_password_in_the_log(world: World, log: io.StringIO) -> None:
    person = world.people["EM own"]
    for said in (TYPED, PASSWORD):
        asked = {"login": person.email, "password": said}
        world["anonymous"].ask("/account/login/", "POST", asked)
        world["anonymous"].ask("/account/login/?password=" + TYPED, "POST", asked)

    assert TYPED not in log.getvalue()
    assert PASSWORD not in log.getvalue()


def test_no_address_however_odd_breaks_a_page(world: World) -> None:
    broken = []
    for path in ODD_PATHS:
        answer = world["admin" if "admin" in path else "EM lead"].ask(path.format(**world.pks))
        if answer.status_code >= 500:
            broken.append(f"{path}: {world['EM lead'].fault}")

    report("security", "S11 odd addresses", requests=len(ODD_PATHS), broken=len(broken))
    assert not broken, "\n" + "\n".join(broken)


@shares(6)
@pytest.mark.parametrize(("path", "names"), PARAMETERS.items())
def test_no_parameter_however_odd_breaks_a_page(
    world: World, path: str, names: list[str], share: int
) -> None:
    broken, address, words = [], path.format(**world.pks), ODD_WORDS[share::6]
    for said in words:
        data = dict.fromkeys(names, said.encode(errors="surrogatepass"))
        if world["EM lead"].ask(address, data=data).status_code >= 500:
            broken.append(f"{said!r}: {world['EM lead'].fault}")

    figures = {"requests": len(words), "broken": len(broken)}
    report("security", f"S11 odd parameters of {path}, share {share + 1} of 6", **figures)
    assert not broken, "\n" + "\n".join(broken)


@pytest.mark.parametrize("hosts", ["*", "emdesk.example.com", ".example.com", "localhost,10.0.0.7"])
def test_debug_does_not_start_where_others_could_look(tmp_path: Any, hosts: str) -> None:
    refused = boot(tmp_path, DEBUG="yes", ALLOWED_HOSTS=hosts)

    assert refused.returncode == 1
    assert "DEBUG is on" in refused.stderr


@pytest.mark.parametrize("name", ["DEBUG", "EMDESK_MFA_REQUIRED", "EMAIL_USE_TLS"])
def test_a_misspelt_switch_starts_nothing_and_tells_no_secret(tmp_path: Any, name: str) -> None:
    secrets = PRODUCTION | CANARIES
    secrets["DATABASE_URL"] = f"postgresql://emdesk:{TYPED}@localhost:5432/emdesk"

    refused = boot(tmp_path, **secrets | {name: "ture"})

    assert refused.returncode == 1
    assert name in refused.stderr
    assert not [each for each in (*CANARIES.values(), TYPED) if each in refused.stderr]


def test_a_production_without_a_key_starts_nothing(tmp_path: Any) -> None:
    refused = boot(tmp_path, **PRODUCTION | {"SECRET_KEY": " "})

    assert refused.returncode == 1
    assert "SECRET_KEY is not set" in refused.stderr
    assert not (tmp_path / "secret_key").exists()
    assert "SECRET_KEY" not in os.environ

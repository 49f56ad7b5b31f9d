"""S12: every answer carries the whole set of headers, whatever it is an answer to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.handlers.base import BaseHandler
from django.db import OperationalError, connection
from django.http import HttpResponse

from emdesk import health
from emdesk.embedded import PROJECT
from tests.emdesk.test_environment import PRODUCTION
from tests.reports import report
from tests.security.catalogue import EVERYTHING
from tests.security.drawing import undrawn
from tests.security.headers import POLICY, missing
from tests.security.matrix import ANONYMOUS
from tests.security.shares import shares
from tests.security.test_errors import breaking
from tests.security.visitor import HTMX, Visitor
from tests.security.world import World

STATIC = ["/static/css/base.css", "/static/js/app.js", "/static/favicon.svg", "/static/none.css"]


def test_the_policy_is_the_settings_and_allows_nothing_unsafe() -> None:
    told = django_settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]

    assert {name: " ".join(sources) for name, sources in told.items()} == POLICY
    assert "unsafe" not in str(told)
    assert "http" not in str(told)


@shares(4)
def test_every_part_of_a_page_comes_with_the_headers(world: World, share: int) -> None:
    """Whole pages are looked at where the matrix is."""
    wrong, asked = [], EVERYTHING[share::4]
    for question in asked:
        data = question.sent(world)
        with undrawn():
            answer = world["EM lead"].ask(question.address(world), question.method, data, **HTMX)
        if found := missing(answer):
            wrong.append(f"{question}: {answer.status_code} {found}")

    figures = {"responses": len(asked), "missing": len(wrong)}
    report("security", f"S12 by htmx, share {share + 1} of 4", **figures)
    assert not wrong, "\n" + "\n".join(wrong)


def errors(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, HttpResponse]:
    """One answer of every kind that says something went wrong."""
    visitor, careful = world["EM lead"], Visitor(enforce_csrf_checks=True)
    found = {
        "400 a foreign host": visitor.ask("/board/", HTTP_HOST="evil.example"),
        "400 a theme there is none of": visitor.ask("/theme/", "POST", {"theme": "pink"}),
        "403 no token": careful.ask("/account/login/", "POST", {"login": "a", "password": "b"}),
        "403 not allowed": world["viewer"].ask("/settings/undo_minutes/"),
        "404 nowhere": visitor.ask("/nowhere/"),
        "404 nowhere, for a stranger": world[ANONYMOUS].ask("/nowhere/"),
        "405 not so": visitor.ask("/board/", "DELETE"),
        "301 no slash": visitor.ask("/board"),
    }
    with monkeypatch.context() as patched:
        patched.setattr(health, "close_old_connections", lambda: None)
        for status, error in ((500, RuntimeError("x")), (503, OperationalError("x"))):
            patched.setattr(BaseHandler, "make_view_atomic", breaking(error))
            found[f"{status} broken"] = visitor.ask("/board/")
            found[f"{status} broken health"] = visitor.ask("/healthz/ready")
    return found


def test_errors_carry_the_headers_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    found = errors(world, monkeypatch)
    wrong = {name: missing(answer) for name, answer in found.items() if missing(answer)}
    statuses = {name: answer.status_code for name, answer in found.items()}

    report("security", "S12 errors", responses=len(found), missing=len(wrong))
    assert not wrong
    assert all(name.startswith(str(status)) for name, status in statuses.items()), statuses
    assert found["503 broken"].headers["Retry-After"]


@pytest.mark.parametrize("path", STATIC)
def test_static_files_carry_the_headers_too(world: World, path: str) -> None:
    answer = world[ANONYMOUS].ask(path)

    assert answer.status_code == (404 if "none" in path else 200)
    assert not missing(answer, static=True)


def test_a_download_is_saved_and_never_shown(world: World) -> None:
    answer = world["EM own"].ask(f"/files/{world.pks['file']}/")
    calendar = f"/issues/{world.pks['deal']}/meetings/{world.pks['meeting']}/calendar/"

    for each in (answer, world["EM own"].ask(calendar)):
        assert each.headers["Content-Disposition"].startswith("attachment;")
        assert not missing(each)


PROBE = """
import json, sys
import django
django.setup()
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from whitenoise.compress import Compressor
from emdesk.people.models import User

Compressor.should_compress = lambda *_: False

def told(answer):
    cookies = {name: dict(each) for name, each in answer.cookies.items()}
    return {"status": answer.status_code, "headers": dict(answer.headers), "cookies": cookies}

call_command("collectstatic", interactive=False, verbosity=0)
said = {"login": "somebody@example.com", "password": "correct horse battery"}
found = {}
with transaction.atomic():
    User.objects.create_user(email=said["login"], password=said["password"], name="Somebody")
    place = {"SERVER_NAME": "emdesk.example.com", "REMOTE_ADDR": "203.0.113.9"}
    client = Client(**place, headers={"X-Forwarded-Proto": "https"})
    plain = Client(**place)
    found["plain HTTP"] = told(plain.get("/board/"))
    found["health over plain HTTP"] = told(plain.get("/healthz/live"))
    found["sign-in page"] = told(client.get("/account/login/"))
    found["signing in"] = told(client.post("/account/login/", said))
    found["theme"] = told(client.post("/theme/", {"theme": "dark"}))
    found["board"] = told(client.get("/board/"))
    found["nowhere"] = told(client.get("/nowhere/"))
    found["foreign host"] = told(client.get("/board/", headers={"Host": "evil.example"}))
    transaction.set_rollback(True)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def production(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a production tells, asked in a process of its own, on this run's database."""
    here = connection.settings_dict
    address = f"postgresql://{here['USER']}@/{here['NAME']}?host={here['HOST']}"
    own = {"DATABASE_URL": address, "EMDESK_VAR": str(tmp_path_factory.mktemp("production"))}
    own |= {"PATH": os.defpath, "DJANGO_SETTINGS_MODULE": "emdesk.settings"}
    said = subprocess.run(
        [sys.executable, "-c", PROBE],
        cwd=PROJECT,
        env=PRODUCTION | own,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert said.returncode == 0, said.stderr
    found: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return found


def test_a_production_speaks_https_only(production: dict[str, Any]) -> None:
    assert production["plain HTTP"]["status"] == 301
    assert production["plain HTTP"]["headers"]["Location"].startswith("https://")
    assert production["health over plain HTTP"]["status"] == 200
    lasting = "max-age=31536000; includeSubDomains; preload"
    secure = [name for name in production if "plain HTTP" not in name and name != "foreign host"]
    assert {production[name]["headers"]["Strict-Transport-Security"] for name in secure} == {
        lasting
    }


def test_a_production_answers_with_the_headers(production: dict[str, Any]) -> None:
    for name, answer in production.items():
        response = HttpResponse(headers=answer["headers"], content_type=None)
        assert not missing(response), name


def test_the_cookies_of_a_production_are_secure(production: dict[str, Any]) -> None:
    cookies = {
        key: each for answer in production.values() for key, each in answer["cookies"].items()
    }

    assert set(cookies) == {"__Host-session", "__Host-csrf", "known_browser", "theme"}
    assert all(each["secure"] and each["samesite"] == "Lax" for each in cookies.values())
    assert all(not each["domain"] and each["path"] == "/" for each in cookies.values())
    assert {key for key, each in cookies.items() if not each["httponly"]} <= {
        "theme",
        "__Host-csrf",
    }

"""What cannot be read stops the start, and says what to write instead."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from emdesk import environment
from emdesk.embedded import PROJECT

PRODUCTION = {
    "DATABASE_URL": "postgresql://emdesk:secret@localhost:5432/emdesk",
    "REDIS_URL": "redis://localhost:6379/0",
    "SECRET_KEY": "a-key-for-one-test-of-fifty-characters-0123456789-abcdef",
    "ALLOWED_HOSTS": "emdesk.example.com",
    "EMAIL_HOST": "mail.example.com",
}


def boot(tmp_path: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` in a process that knows nothing but `variables`."""
    base = {"PATH": os.defpath, "EMDESK_VAR": str(tmp_path)}
    return subprocess.run(
        [sys.executable, "manage.py", "check", *arguments],
        cwd=PROJECT,
        env=base | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("said", ["1", "true", "Yes", " on "])
def test_a_switch_is_on_in_four_spellings(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCH", said)
    assert environment.flag("SWITCH", default=False) is True


@pytest.mark.parametrize("said", ["0", "FALSE", "no", "off"])
def test_a_switch_is_off_in_four_spellings(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCH", said)
    assert environment.flag("SWITCH", default=True) is False


@pytest.mark.parametrize("default", [True, False])
def test_an_empty_switch_is_its_default(default: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    monkeypatch.setenv("SWITCH", "")
    assert environment.flag("SWITCH", default=default) is default


@pytest.mark.parametrize("said", ["ture", "ja", "2", "yes please"])
def test_a_misspelt_switch_names_itself_and_the_words_it_takes(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWITCH", said)
    with pytest.raises(ImproperlyConfigured, match=r"SWITCH is .* 1, true, yes, on, .* no, off"):
        environment.flag("SWITCH", default=False)


def test_a_number_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(ImproperlyConfigured, match="PORT is 'eighty'"):
        environment.number("PORT", 80)


def test_words_are_parted_by_commas_and_trimmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSTS", " a.example, ,b.example ")
    assert environment.words("HOSTS", ["c.example"]) == ["a.example", "b.example"]
    monkeypatch.delenv("HOSTS")
    assert environment.words("HOSTS", ["c.example"]) == ["c.example"]


def test_a_database_address_is_read_whole() -> None:
    read = environment.database("postgres://ann:p%40ss@db.example:6432/desk?sslmode=require")
    assert (read["USER"], read["PASSWORD"]) == ("ann", "p@ss")
    assert (read["HOST"], read["PORT"], read["NAME"]) == ("db.example", "6432", "desk")
    assert read["OPTIONS"] == {"sslmode": "require"}


def test_a_database_may_be_reached_by_its_socket() -> None:
    read = environment.database("postgresql://emdesk@/emdesk?host=/run/emdesk")
    assert (read["HOST"], read["PORT"], read["OPTIONS"]) == ("/run/emdesk", "", {})


@pytest.mark.parametrize("url", ["mysql://db.example/desk", "postgresql://db.example", "desk"])
def test_what_is_no_postgresql_address_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="Write postgresql://"):
        environment.database(url)


def test_a_production_passes_django_s_own_deployment_checks(tmp_path: Path) -> None:
    checked = boot(tmp_path, "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"DEBUG": "ture"}, "DEBUG is 'ture'"),
        ({"DEBUG": "yes"}, "DEBUG is on"),
        ({"DATABASE_URL": "mysql://db"}, "DATABASE_URL is not a PostgreSQL address"),
    ],
)
def test_a_wrong_production_does_not_start_and_says_why_in_one_line(
    wrong: dict[str, str], said: str, tmp_path: Path
) -> None:
    refused = boot(tmp_path, **PRODUCTION | wrong)
    assert refused.returncode == 1
    assert said in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_every_variable_that_is_read_is_documented() -> None:
    documented = set(re.findall(r"`([A-Z][A-Z_]+)`", (PROJECT / "docs/operations.md").read_text()))
    assert read_variables() <= documented


def read_variables() -> set[str]:
    """The names the source asks the environment for."""
    asked = re.compile(
        r'environment\.(?:text|flag|number|words)\(\s*"([A-Z_]+)"|environ\.get\("([A-Z_]+)"'
    )
    sources = (path.read_text() for path in (PROJECT / "emdesk").rglob("*.py"))
    return {name for text in sources for found in asked.findall(text) for name in found if name}


def test_django_finds_the_driver_it_was_tried_with() -> None:
    assert find_spec("psycopg2")
    assert not find_spec("psycopg")

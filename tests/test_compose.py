"""docker-compose.yml, Dockerfile and supervisor.conf name only what exists."""

from __future__ import annotations

import configparser
import re
import shlex
from importlib import import_module
from typing import Any

import pytest
import yaml
from celery.bin.celery import celery
from django.core.management import get_commands
from gunicorn.config import Config

from emdesk import embedded, environment
from tests.emdesk.test_environment import read_variables

PROJECT = embedded.PROJECT
COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("web", "worker", "beat", "deliver")
DOCKERFILE = (PROJECT / "Dockerfile").read_text()
VARIABLE = re.compile(r"\$\{(\w+)(:[?-])?([^}]*)\}")


def commands_of(service: str) -> list[list[str]]:
    command = SERVICES[service]["command"]
    if isinstance(command, str):
        return [shlex.split(command)]
    shell, option, script = command
    assert (shell, option) == ("sh", "-c")
    return [bare(shlex.split(part)) for part in script.split("&&")]


def bare(words: list[str]) -> list[str]:
    """Without `exec` and the variables set before a command."""
    return words[1:] if words[0] == "exec" or "=" in words[0] else words


def supervised() -> dict[str, list[str]]:
    """The programs of supervisor.conf, as compose names them."""
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";",))
    parser.read(PROJECT / "emdesk/supervisor.conf")
    lines = {name: parser[name]["command"] for name in parser.sections() if ":" in name}
    return {
        name.removeprefix("program:"): shlex.split(
            line.partition(" -m " if " -m " in line else ".venv/bin/")[2]
        )
        for name, line in lines.items()
    }


def assert_runs(words: list[str]) -> None:
    """That each word of a command is one its program knows."""
    program, *rest = words
    {"python": runs_python, "gunicorn": runs_gunicorn, "celery": runs_celery}[program](rest)


def runs_python(words: list[str]) -> None:
    if words[0] == "-m":
        assert import_module(words[1])
    else:
        assert (PROJECT / words[0]).exists()
        assert words[1] in get_commands()


def runs_gunicorn(words: list[str]) -> None:
    parsed = (
        Config().parser().parse_args([word.replace("%(ENV_EMDESK_PORT)s", "1") for word in words])
    )
    assert callable(import_module(parsed.args[0]).application)


def runs_celery(words: list[str]) -> None:
    assert words[:2] == ["--app", "emdesk"]
    assert import_module("emdesk").celery_app
    known = {option for each in celery.commands[words[2]].params for option in each.opts}
    assert {word.split("=")[0] for word in words[3:] if word.startswith("-")} <= known


@pytest.mark.parametrize("service", OURS)
def test_every_command_runs_something_that_exists(service: str) -> None:
    for words in commands_of(service):
        assert_runs(words)


@pytest.mark.parametrize("program", OURS)
def test_one_machine_runs_the_same_processes(program: str) -> None:
    here, there = supervised()[program], commands_of(program)[-1]
    assert_runs(here)
    assert here[0] == there[0]
    assert supervised().keys() == set(OURS)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_a_health_check_and_comes_back(service: str) -> None:
    test = SERVICES[service]["healthcheck"]["test"]
    assert test[0] == "CMD"
    assert SERVICES[service]["restart"] == "unless-stopped"
    if service in OURS:
        assert test[1:] == ["python", "-m", "emdesk.alive", service]


def test_only_web_can_be_reached_and_only_from_this_machine() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])


def test_nothing_runs_as_root() -> None:
    assert re.findall(r"^USER (\w+)", DOCKERFILE, re.MULTILINE) == ["emdesk"]
    for name in SERVICES.keys() - set(OURS):
        assert SERVICES[name]["user"] == name


@pytest.mark.parametrize("service", OURS)
def test_every_variable_given_is_read_and_the_vital_ones_are_asked_for(service: str) -> None:
    given = SERVICES[service]["environment"]
    assert given.keys() <= read_variables()
    asked = {
        name for value in given.values() for name, how, _ in VARIABLE.findall(value) if how == ":?"
    }
    assert asked >= {"POSTGRES_PASSWORD", "SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_HOST"}


def test_every_variable_asked_for_is_documented_or_the_database_s_own() -> None:
    text = (PROJECT / "docker-compose.yml").read_text()
    names = {name for name, _, _ in VARIABLE.findall(text)}
    assert names <= read_variables() | {"POSTGRES_PASSWORD"}


def test_the_addresses_lead_to_services_that_exist() -> None:
    given = SERVICES["web"]["environment"]
    database = environment.database(VARIABLE.sub("password", given["DATABASE_URL"]))
    made = SERVICES["postgres"]["environment"]
    assert database["HOST"] in SERVICES
    assert (database["USER"], database["NAME"]) == (made["POSTGRES_USER"], made["POSTGRES_DB"])
    assert given["REDIS_URL"].split("/")[2].split(":")[0] in SERVICES


def test_every_volume_is_declared_and_ours_is_the_folder_emdesk_writes_to() -> None:
    mounted = {volume.split(":")[0] for each in SERVICES.values() for volume in each["volumes"]}
    assert mounted == COMPOSE["volumes"].keys()
    var = re.search(r"EMDESK_VAR=(\S+)", DOCKERFILE)
    assert var
    assert SERVICES["web"]["volumes"] == [f"var:{var[1]}"]
    assert f"-o emdesk -g emdesk -m 0750 {var[1]}" in DOCKERFILE


def test_the_image_is_made_of_what_is_here() -> None:
    copied = re.findall(r"^COPY (\S+) ", DOCKERFILE, re.MULTILINE)
    assert all((PROJECT / source).exists() for source in copied)
    let_in = re.findall(r"^!(\S+)", (PROJECT / ".dockerignore").read_text(), re.MULTILINE)
    assert {source.split("/")[0] for source in copied} == set(let_in)


def test_the_image_has_the_system_packages_a_desk_on_one_machine_has() -> None:
    for_every_desk = (PROJECT / "bin/setup").read_text().partition("= development ] ||")[0]
    packages = re.findall(r"(?:lib|fonts-)[\w.-]+", for_every_desk)
    assert len(packages) >= 5
    for package in packages:
        assert package in DOCKERFILE

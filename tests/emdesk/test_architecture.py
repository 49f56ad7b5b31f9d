"""Facts about the whole that no single module can promise."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from emdesk.activity.rules import commenters
from emdesk.activity.sentences import unspelled
from emdesk.embedded import PROJECT
from emdesk.files.rules import uploaders
from emdesk.ledger.recording import projections
from emdesk.people.models import Role, User
from emdesk.workflow import ADOPTED, MOVED_BACK, Workflow
from scoping.duties import WORK
from scoping.models import ScopingIssue
from scoping.states import DEFINITIONS, LOST_REASONS, UNCOUNTED_REASONS, WON_REASONS, State
from scoping.states import CloseReason as Reason

PACKAGES = ("emdesk", "scoping", "sow", "forecasting")
SOURCES = [
    path
    for package in PACKAGES
    for path in sorted((PROJECT / package).rglob("*.py"))
    if "migrations" not in path.parts
]
VERB = re.compile(r"(scoping|activity|people|files|calendars|configuration)\.[a-z_]+")


def name_of(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@cache
def trees() -> list[tuple[str, ast.Module]]:
    return [(name_of(path), ast.parse(path.read_text())) for path in SOURCES]


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Every call in the product: in which module, of what (its last two names), the call."""
    for module, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield module, ".".join(ast.unparse(node.func).split(".")[-2:]), node


def workflows() -> list[type[Workflow]]:
    return [model for model in apps.get_models() if issubclass(model, Workflow)]


def moves() -> Iterator[tuple[str, object]]:
    for model in workflows():
        for move in model._meta.get_field("state").get_all_transitions(model):  # type: ignore[union-attr]
            yield f"{model._meta.app_label}.{move.name}", move


# The ledger.


def test_every_event_that_can_be_written_reads_as_a_sentence():
    written = {
        value.value
        for _, called, call in calls()
        if called.rpartition(".")[2] in {"record", "event_of", "amend", "Verbs"}
        for value in ast.walk(call)
        if isinstance(value, ast.Constant) and VERB.fullmatch(str(value.value))
    }
    made = {verb for verb, _ in moves()} | {f"scoping.{ADOPTED}", f"scoping.{MOVED_BACK}"}

    assert len(written) > 20
    assert unspelled(written | made | {"scoping.opened"}) == set()


def test_events_are_written_in_one_place():
    writers = {
        module
        for module, called, _ in calls()
        if called in {"Event", "make_event", "objects.create", "objects.bulk_create"}
        and "event" in ast.unparse(_.func).lower()
    }

    assert writers == {"emdesk/ledger/recording.py"}


def test_states_change_through_the_door_and_where_histories_are_written_whole():
    setters = {
        module
        for module, called, call in calls()
        if called.endswith(".set_state")
        or (called.endswith(".update") and "state" in {word.arg for word in call.keywords})
    }

    assert "emdesk/workflow.py" in setters
    assert {
        module for module in setters if "/demo/" not in module and "/imports/" not in module
    } == {"emdesk/workflow.py"}


def test_every_projection_can_be_rebuilt_and_checked():
    names = [projection.name for projection in projections]

    assert "stays in columns" in names
    assert len(names) == len(set(names))


# Moves.


def test_every_move_says_who_may():
    assert len(list(moves())) > 10
    assert [verb for verb, move in moves() if not move.permission] == []  # type: ignore[attr-defined]


def test_a_move_is_empty_or_sets_fields_and_nothing_else():
    """It asks nothing, writes nothing and tells nobody: that is the door's work."""
    tree = ast.parse((PROJECT / "scoping/models/issue.py").read_text())
    bodies = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any("transition(" in ast.unparse(each) for each in node.decorator_list)
    ]

    assert len(bodies) == len({verb for verb, _ in moves()})
    for function in bodies:
        for step in function.body[1:]:
            allowed = isinstance(step, ast.Assign | ast.Return) or "self._close(" in ast.unparse(
                step
            )
            assert allowed, f"{function.name}: {ast.unparse(step)}"


def test_every_column_has_a_meaning_and_asks_for_some_work():
    assert set(DEFINITIONS) == set(State)
    assert set(WORK) == set(State) - {State.ON_HOLD, State.CLOSED}


def test_every_reason_to_close_goes_with_exactly_the_outcomes_it_should():
    groups = [set(WON_REASONS), set(LOST_REASONS), set(UNCOUNTED_REASONS)]

    assert set().union(*groups) == set(Reason)
    assert groups[0] & groups[1] == {Reason.OTHER}
    assert not groups[2] & (groups[0] | groups[1])


# Pages.


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each)
        else:
            yield each


def own_views() -> dict[str, object]:
    found = {}
    for pattern in patterns():
        view = pattern.callback
        if view.__module__.split(".")[0] in PACKAGES:
            found[f"{view.__module__}.{view.__name__}"] = view
    return found


def test_every_page_of_ours_is_private_but_the_signs_of_life():
    open_to_all = {
        name for name, view in own_views().items() if not getattr(view, "login_required", True)
    }

    assert len(own_views()) > 25
    with_a_token_of_their_own = {
        "scoping.views.hooks.gitlab_hook",
        "scoping.views.estimate_versions.for_customer",
        "scoping.views.estimate_versions.pdf_for_customer",
        "emdesk.notifications.views.settings.leave",
        "sow.views.customer.docx",
        "sow.views.customer.enter",
        "sow.views.customer.page",
        "sow.views.customer.pdf",
        "emdesk.notifications.views.calendar.feed",
        "sow.views.signer.link",
        "sow.views.signer.page",
        "sow.views.signer.file",
        "sow.views.hooks.docusign",
        "sow.views.hooks.documenso",
        "sow.views.hooks.docuseal",
    }
    assert {name for name in open_to_all if "people" not in name} == {
        "emdesk.health.live",
        "emdesk.health.ready",
    } | with_a_token_of_their_own


def test_views_are_functions():
    assert [name for name, view in own_views().items() if hasattr(view, "view_class")] == []


@pytest.mark.django_db
def test_nobody_acts_on_what_no_package_registered():
    stranger = User(roles=list(Role.values))

    for rules in (commenters, uploaders):
        assert not rules.allow(User(), stranger)

    assert commenters.allow(ScopingIssue(), stranger)


# Files.


def test_modules_are_named_for_what_they_hold():
    banned = {"utils", "common", "helpers", "core", "services", "misc", "signals"}

    assert {name_of(path) for path in SOURCES if path.stem in banned} == set()


def test_a_file_is_short_enough_to_read():
    long = {name_of(path) for path in SOURCES if len(path.read_text().splitlines()) > 300}

    assert long == set()


def test_nothing_is_left_to_be_done():
    marks = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b")

    assert {name_of(path) for path in SOURCES if marks.search(path.read_text())} == set()


def test_every_module_says_what_it_is_for():
    silent = {
        module
        for module, tree in trees()
        if tree.body and not ast.get_docstring(tree) and Path(module).stem not in QUIET
    }

    assert silent == set()


QUIET = {"__init__", "apps", "urls"}

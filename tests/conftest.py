"""What every test stands on: the options, and a database whose events may be flushed."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate

segments = import_module("emdesk.people.migrations.0002_segments")
questions = import_module("scoping.migrations.0003_questions")
service_questions = import_module("scoping.migrations.0005_intake")
CAMPAIGNS = ("full", "chaos")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the long campaigns too")
    parser.addoption("--chaos", action="store_true", help="run the full matrix of killings too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the campaigns nobody asked for."""
    unasked = {name for name in CAMPAIGNS if not config.getoption(f"--{name}")}
    left_out = [item for item in items if unasked & set(item.keywords)]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let transactional tests empty the ledger; in service nothing can.

    At the end, connections that threads of a live server left open are closed.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_trigger WHERE tgname = 'ledger_event_no_truncate'")
        if cursor.fetchone():
            cursor.execute("ALTER TABLE ledger_event DISABLE TRIGGER ledger_event_no_truncate")
    post_migrate.connect(ship_again)
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def ship_again(sender: Any, **_: Any) -> None:
    """After a transactional test emptied the tables: what the migrations ship is there again."""
    if sender.label == "scoping" and not apps.get_model("people.Segment").objects.exists():
        segments.ship(apps, None)
        questions.ship(apps, None)
        service_questions.ship(apps, None)

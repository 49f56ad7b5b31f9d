"""What every test stands on: the options, and a database that is as shipped after each."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.transaction import atomic
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

from tests.migrated import template
from tests.notifications.server import MailServer, serving

CAMPAIGNS = ("full", "chaos")
LONGEST = {
    *("test_chaos", "test_two_commands", "test_database_away", "test_matrix", "test_axe"),
    *("test_reference", "test_stored_text"),
}

ANY_MACHINE = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("quick", ANY_MACHINE, max_examples=25, derandomize=True)
settings.register_profile("full", ANY_MACHINE, max_examples=200)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the long campaigns too")
    parser.addoption("--chaos", action="store_true", help="run the full matrix of killings too")


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("full" if config.getoption("--full") else "quick")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the campaigns nobody asked for; begin with what takes longest by itself."""
    unasked = {name for name in CAMPAIGNS if not config.getoption(f"--{name}")}
    left_out = [item for item in items if unasked & set(item.keywords)]
    items[:] = [item for item in items if item not in left_out]
    items.sort(key=lambda item: item.path.stem not in LONGEST)
    config.hook.pytest_deselected(items=left_out)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was loaded stays; looking through it for garbage again and again took a third of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def migrated(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any) -> str:
    """The name of a database as the migrations make it, to be copied."""
    with django_db_blocker.unblock():
        return template()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, migrated: str) -> None:
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: Any, monkeypatch_session: pytest.MonkeyPatch
) -> Iterator[None]:
    """After a transactional test the desk is as the migrations ship it.

    At the end, connections that threads of a live server left open are closed.
    """
    with django_db_blocker.unblock():
        keep_what_is_shipped()
    monkeypatch_session.setattr(TransactionTestCase, "_fixture_teardown", as_shipped)
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def monkeypatch_session() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def tables() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True)


def filled() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in tables())
        )
        return [table for (table,) in cursor.fetchall()]


def keep_what_is_shipped() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA shipped")
        for table in filled():
            cursor.execute(f"CREATE TABLE shipped.{table} AS SELECT * FROM {table}")


def as_shipped(_: TransactionTestCase) -> None:
    """Past triggers, so that the ledger can be emptied, which nothing can in service.

    Django's own way empties every table and tells each app anew that it was migrated.
    """
    with atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(";".join(f"DELETE FROM {table}" for table in filled()))
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'shipped'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"INSERT INTO {table} SELECT * FROM shipped.{table}")


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    """The mail server of this desk."""
    found = MailServer()
    with serving(found) as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_TIMEOUT = 2
        yield found

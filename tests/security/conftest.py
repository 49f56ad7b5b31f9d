from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test.utils import override_settings
from django.utils.timezone import now

from tests.security.building import build
from tests.security.world import World

PRINTING = (
    *("forecasting.views.quarters", "forecasting.views.quarter_close"),
    *("scoping.views.estimate_versions", "sow.views.handoff"),
)


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """The desk, as large as the matrix; gone when the module's tests are done."""
    files: Path = tmp_path_factory.mktemp("files")
    with (
        django_db_blocker.unblock(),
        override_settings(
            EMDESK_FILES=files,
            ACCOUNT_REAUTHENTICATION_TIMEOUT=3_600,
            SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        ),
        transaction.atomic(),
    ):
        cache.clear()
        yield build(now())
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _undone(db: None) -> None:
    """What a test does to the desk is undone after it."""


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of refusals need no line in the log each."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def _paper_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may print is asked a thousand times; what a PDF holds is asked elsewhere."""
    for views in PRINTING:
        monkeypatch.setattr(f"{views}.pdf_of", lambda page: b"%PDF-1.7")
    monkeypatch.setattr("sow.views.word.docx_of", lambda version: b"PK")
    monkeypatch.setattr("forecasting.freezing.seal", lambda pdf, reason: b"%PDF-1.7\n%%EOF\n")


@pytest.fixture(scope="session")
def full(pytestconfig: pytest.Config) -> bool:
    """Whether the long campaigns were asked for."""
    return bool(pytestconfig.getoption("--full"))

from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    """What one test guessed is not held against the next."""
    cache.clear()


@pytest.fixture
def required(settings: Any) -> None:
    settings.MFA_REQUIRED = True


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most tests never commit; what waits for it happens at once, within the request."""
    monkeypatch.setattr(transaction, "on_commit", lambda happen, **_: happen())

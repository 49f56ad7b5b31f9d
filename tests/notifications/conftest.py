from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from emdesk.ledger.models import Dispatch
from tests.notifications.server import MailServer, serving


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    """The mail server of this desk."""
    found = MailServer()
    with serving(found) as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_TIMEOUT = 2
        yield found


@pytest.fixture
def told_of_all(db: None) -> None:
    """Nothing that happened before is left to be announced."""
    Dispatch.objects.all().delete()

"""Statements of work that everybody approved, and that legal stamped."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import pytest

from emdesk.paper import Heard, Printed
from emdesk.people.models import User
from sow.models import Stamp, StatementOfWork
from sow.stamping import stamp
from tests.factories import NOON
from tests.sow.approved import HOUR, People, again, approve_all, put, ready


def approved(em: User, people: People, at: datetime = NOON, **terms: Any) -> StatementOfWork:
    """Its newest version has every approval, and its issue is Approved."""
    statement = ready(em, at, **terms)
    approve_all(put(statement, em, at + HOUR), people, at + 2 * HOUR)
    return again(statement)


def stamped(em: User, people: People, legal: User, at: datetime = NOON) -> Stamp:
    return stamp(approved(em, people, at), by=legal, at=at + 3 * HOUR)


class NoPress:
    """Bytes that stand for the page they are of."""

    def print(self, html: str, variant: str, heard: Heard) -> Printed:
        digest = hashlib.sha256(html.encode()).hexdigest()
        return Printed(f"%PDF-1.7\n% {variant} {digest}\n%%EOF\n".encode(), 3)


def without_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a PDF looks like is asked elsewhere."""
    monkeypatch.setattr("sow.paper.PRESS", NoPress())
    monkeypatch.setattr("sow.paper.seal", lambda pdf, reason: pdf + b"% sealed\n%%EOF\n")

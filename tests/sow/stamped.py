"""Statements of work that everybody approved, and that legal stamped."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import pytest

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


def without_press(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a PDF looks like is asked elsewhere: its bytes stand for the page they are of."""
    monkeypatch.setattr("sow.paper.pdf_of", _pretended)
    monkeypatch.setattr("sow.paper.seal", lambda pdf, reason: pdf + b"% sealed\n%%EOF\n")


def _pretended(html: str, variant: str) -> bytes:
    digest = hashlib.sha256(html.encode()).hexdigest()
    return f"%PDF-1.7\n% {variant} {digest}\n%%EOF\n".encode()

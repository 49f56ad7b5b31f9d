"""A subject for tests of generic rows: a segment, seen by all but viewers, open to its EMs."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from emdesk.activity.rules import commenters
from emdesk.files.rules import uploaders
from emdesk.people.models import Role, Segment, User
from emdesk.subjects import visible_subjects

LABEL = "people.segment"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_numbers = count(1)


def seen_by(user: User) -> Any:
    rows = Segment.objects.all()
    return rows.none() if user.has(Role.VIEWER) else rows


def works(segment: Segment, user: User) -> bool:
    return user.has(Role.EM)


def address(segment: Segment) -> str:
    return f"/segments/{segment.pk}/"


def register() -> None:
    visible_subjects.register(LABEL, seen_by)
    commenters.register(LABEL, works)
    uploaders.register(LABEL, works)


def make_segment(name: str = "") -> Segment:
    return Segment.objects.create(name=name or f"Segment {next(_numbers)}")


def make_user(*roles: Role, **fields: Any) -> User:
    number = next(_numbers)
    fields.setdefault("email", f"colleague{number}@example.com")
    fields.setdefault("name", f"Colleague {number}")
    return User.objects.create_user(roles=list(roles), **fields)

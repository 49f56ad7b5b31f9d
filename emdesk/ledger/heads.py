"""The ledger's daily head, kept where a hand on the database cannot reach.

A chain shows edits inside it, not a tail cut off or a whole chain written anew. So once a day
one line is appended to a file: up to which event the ledger reached, and a digest of everything
so far. Each digest covers the one before it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import connection
from django.db.transaction import atomic

from emdesk.ledger.models import Event


@dataclass(frozen=True)
class Head:
    """Where the ledger stood on a day: last event id, how many events since the head before."""

    day: str
    last_event: int
    events: int
    digest: str


def read(path: Path) -> list[Head]:
    """Every head that can be read; a machine that stopped while writing leaves half a line."""
    return [head for _, head in _lines(path) if head]


def _lines(path: Path) -> list[tuple[int, Head | None]]:
    lines = path.read_text().splitlines() if path.exists() else []
    return [(number, _parsed(line)) for number, line in enumerate(lines, 1) if line.strip()]


def _parsed(line: str) -> Head | None:
    try:
        return Head(**json.loads(line))
    except (ValueError, TypeError):
        return None


def anchor(path: Path, at: datetime) -> Head | None:
    """Append today's head; None when today has one already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        heads = read(path)
        if heads and heads[-1].day >= at.date().isoformat():
            return None
        head = _head(at.date(), heads[-1] if heads else None, _last_settled_event())
        text = path.read_text()
        begin = "\n" if text and not text.endswith("\n") else ""
        file.write(f"{begin}{json.dumps(asdict(head))}\n")
    return head


def broken(path: Path) -> Iterator[str]:
    """Every head the ledger no longer agrees with."""
    before: Head | None = None
    for number, head in _lines(path):
        if head is None:
            yield f"line {number} of {path.name} cannot be read: it was cut off or changed"
            continue
        now = _head(date.fromisoformat(head.day), before, head.last_event)
        if now.events != head.events:
            yield f"head of {head.day}: {head.events} events then, {now.events} now"
        elif now.digest != head.digest:
            yield f"head of {head.day}: the events up to {head.last_event} were written anew"
        before = head


def _last_settled_event() -> int:
    """The newest event once every writer under way has finished, so none slips in below it."""
    with atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE ledger_event IN SHARE MODE")
        cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_event")
        return int(cursor.fetchone()[0])


def _head(day: date, before: Head | None, last_event: int) -> Head:
    digest = hashlib.sha256((before.digest if before else "").encode())
    since = before.last_event if before else 0
    count = 0
    events = Event.objects.filter(id__gt=since, id__lte=last_event).order_by("id")
    for stored in events.values_list("hash", flat=True).iterator(chunk_size=10_000):
        digest.update(stored.encode())
        count += 1
    return Head(day.isoformat(), last_event, count, digest.hexdigest())

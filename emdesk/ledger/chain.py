"""Is the ledger what was written? Recomputes every hash outside the database's own triggers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

ROWS = """
SELECT id, subject_type, subject_id, number, verb, coalesce(actor_id::text, ''), origin,
       to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       before, after, data::text, previous, hash
  FROM ledger_event ORDER BY subject_type, subject_id, number, id
"""


@dataclass(frozen=True)
class Fault:
    """A place where the ledger is not what was written."""

    subject: str
    number: int
    what: str

    def __str__(self) -> str:
        return f"{self.subject} event {self.number}: {self.what}"


def faults() -> Iterator[Fault]:
    """Every edited, lost, swapped or inserted event, in the order of the chains."""
    chain, number, last = "", 0, ""
    for _, kind, pk, found, *middle, previous, stored in _rows():
        subject = f"{kind} {pk}"
        if subject != chain:
            chain, number, last = subject, 0, ""
        number += 1
        if found != number:
            yield Fault(subject, found, f"follows event {number - 1}; events are missing or added")
            number = found
        if previous != last:
            yield Fault(subject, found, "does not follow the event before it")
        text = "\x1f".join(map(str, (kind, pk, found, *middle, previous)))
        if hashlib.sha256(text.encode()).hexdigest() != stored:
            yield Fault(subject, found, "was altered after it was written")
        last = stored


def _rows() -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(ROWS)
        while batch := cursor.fetchmany(5_000):
            yield from batch

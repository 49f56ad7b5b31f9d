"""Handing over what is due: nothing lost, nothing doubled but where a sender died on the way.

Some rows are claimed at once and handed over one after the other, outside any transaction. Before
a row is handed over it says so, afterwards how it went; what was taken is noted in the same
statement that says so of the next one. What fails is tried again, later each time; what is
refused for good ends at once. A server that cannot be reached counts against no row.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from django.db import connection
from django.db.models import F, QuerySet
from django.db.transaction import atomic

from emdesk.notifications.models.outgoing import UNSETTLED as UNSETTLED_ROWS
from emdesk.notifications.models.outgoing import Outgoing
from emdesk.notifications.waits import TRIES, outage_pause, pause

LEASE = timedelta(seconds=60)
ENOUGH = timedelta(seconds=20)  # a round that takes longer gives back what is left
NEVER_ANSWERED = "Its senders ended without an answer"
TAKEN_AND_FOLLOWING = """
WITH taken AS (
  UPDATE {table} SET sent_at = %(at)s, sending_since = NULL
   WHERE id = %(taken)s AND token = %(taken_token)s AND {unsettled}
)
UPDATE {table} SET attempts = attempts + 1, sending_since = %(at)s, next_at = %(until)s
 WHERE id = %(following)s AND token = %(following_token)s AND {unsettled}
"""
UNSETTLED = "sent_at IS NULL AND dead_at IS NULL AND withdrawn_at IS NULL"
Row = TypeVar("Row", bound=Outgoing)
log = logging.getLogger(__name__)


class Line(Protocol):
    """A way out, kept for a round."""

    is_open: bool

    def reach(self) -> str:
        """Nothing when the other side is there, else what was wrong."""

    def send(self, row: Any) -> None: ...

    def refused_for_good(self, error: Exception) -> bool: ...

    def may_have_arrived(self, error: Exception) -> bool: ...

    def came_back(self, row: Any, error: str, at: datetime) -> None:
        """It will never arrive; called in the transaction that says so."""

    def close(self) -> None: ...


def claim(rows: QuerySet[Row], at: datetime, most: int) -> list[Row]:
    """Of those due longest, some that nobody else takes for the next minute; in order of keys.

    Whoever locks several rows does so in this order.
    """
    token = uuid4()
    with atomic():
        due: Any = rows.due(at)  # type: ignore[attr-defined]
        batch = list(due.select_for_update(skip_locked=True, of=("self",))[:most])
        taken_up = rows.model._base_manager.filter(pk__in=[row.pk for row in batch])
        if any(row.sending_since for row in batch):
            died = taken_up.filter(sending_since__isnull=False)
            died.update(unknown_outcomes=F("unknown_outcomes") + 1, sending_since=None)
        if batch:
            taken_up.update(token=token, next_at=at + LEASE)
    for row in batch:
        row.token = token
    return sorted(batch, key=lambda row: row.pk)


class Round:
    """One batch on its way. ``_taken`` was accepted by the other side, which is not noted yet."""

    def __init__(self, at: datetime, batch: Sequence[Outgoing], line: Line) -> None:
        self._at, self._batch, self._line = at, batch, line
        self._began = time.monotonic()
        self._taken: Outgoing | None = None

    def run(self) -> int:
        """How many were taken up; the rest is given back."""
        try:
            done = self._run()
        finally:
            self._line.close()
        self._give_back(self._batch[done:])
        return done

    def _run(self) -> int:
        done = 0
        for row in self._batch:
            if self._spent() > ENOUGH or not self._reach():
                break
            done += 1
            self._hand_over(row)
        self._pass_on(None)
        return done

    def _spent(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self._began)

    def _now(self) -> datetime:
        return self._at + self._spent()

    def _reach(self) -> bool:
        """Making a connection takes time, so what was taken is noted before."""
        if self._line.is_open:
            return True
        self._pass_on(None)
        if wrong := self._line.reach():
            log.warning("nothing can be sent: %s", wrong)
        return not wrong

    def _hand_over(self, row: Outgoing) -> None:
        if row.attempts >= TRIES:
            self._ended(row, NEVER_ANSWERED)
        elif self._pass_on(row):
            row.attempts += 1
            try:
                self._line.send(row)
            except Exception as error:  # noqa: BLE001 (a row nobody can send must not stop others)
                self._failed(row, error)
            else:
                self._taken = row

    def _pass_on(self, following: Outgoing | None) -> bool:
        """Note in one commit what was taken and what is on its way; whether that one is ours yet."""
        taken, self._taken = self._taken, None
        if not (taken or following):
            return False
        return pass_on(taken, following, self._now())

    def _failed(self, row: Outgoing, error: Exception) -> None:
        log.warning("%s %s, attempt %s: %s", row._meta.verbose_name, row.pk, row.attempts, error)
        said = f"{type(error).__name__}: {error}"[:300]
        unknown = F("unknown_outcomes") + int(self._line.may_have_arrived(error))
        if row.attempts >= TRIES or self._line.refused_for_good(error):
            self._ended(row, said, unknown_outcomes=unknown)
        else:
            later = self._now() + pause(row.attempts)
            settle(row, next_at=later, last_error=said, unknown_outcomes=unknown)

    def _ended(self, row: Outgoing, error: str, **found: Any) -> None:
        with atomic():
            if settle(row, dead_at=self._now(), last_error=error, **found):
                self._line.came_back(row, error, self._now())

    def _give_back(self, rest: Sequence[Outgoing]) -> None:
        """For anybody to take up a little later; longer when they have waited longer."""
        if rest:
            waited = self._at - min(row.leaves_at for row in rest)
            later = self._now() + outage_pause(waited)
            mine = _held(rest[0]).filter(pk__in=[row.pk for row in rest], sending_since=None)
            mine.update(token=None, next_at=later)


def pass_on(taken: Outgoing | None, following: Outgoing | None, at: datetime) -> bool:
    """One statement, because it is said for every row there is; whether ``following`` is ours."""
    row = taken or following
    table = row._meta.db_table if row else ""
    said: dict[str, Any] = {"at": at, "until": at + LEASE}
    for name, each in (("taken", taken), ("following", following)):
        said |= {name: each and each.pk, f"{name}_token": each and each.token}
    with connection.cursor() as cursor:
        cursor.execute(TAKEN_AND_FOLLOWING.format(table=table, unsettled=UNSETTLED), said)
        return bool(cursor.rowcount)


def settle(row: Outgoing, **found: Any) -> bool:
    """Note how it went, unless somebody else holds the row by now."""
    return bool(_held(row).filter(pk=row.pk).update(sending_since=None, **found))


def _held(row: Outgoing) -> QuerySet[Any]:
    """Rows that whoever claimed this one still holds."""
    found: QuerySet[Any] = type(row)._base_manager.filter(UNSETTLED_ROWS, token=row.token)
    return found


def withdraw(rows: QuerySet[Any], whose: str, at: datetime) -> list[Any]:
    """Stop those of the rows that cannot have left yet; whose they were, by a column's name."""
    stopped = rows.filter(UNSETTLED_ROWS, sending_since=None, unknown_outcomes=0)
    found = list(stopped.order_by("pk").select_for_update(of=("self",)).values_list("pk", whose))
    rows.model._base_manager.filter(pk__in=[pk for pk, _ in found]).update(withdrawn_at=at)
    return [each for _, each in found]

"""``manage.py deliver [--loop]``: announce and send what is due, without a broker."""

from __future__ import annotations

import logging
import signal
import threading
from datetime import datetime, timedelta
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, close_old_connections

from emdesk.clock import database_now
from emdesk.heartbeat import sign, watch
from emdesk.notifications.rounds import STEPS, work_off

PATIENCE = timedelta(seconds=20)
ROLE = "deliver"
log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Announces events, writes digests and sends mails that are due. Needs no Redis."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until it is ended")
        parser.add_argument("--every", type=float, default=5, help="seconds between two looks")

    def handle(self, *_: Any, **options: Any) -> None:
        if not options["loop"]:
            done = work_off(STEPS, database_now, timedelta(days=1))
            self.stdout.write(f"{done} done.")
            return
        self.ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        watch(ROLE)
        while not self.ended.is_set():
            self._look()
            self.ended.wait(options["every"])

    def _end(self, number: int, frame: FrameType | None) -> None:
        """What is under way is finished first."""
        self.ended.set()

    def _clock(self) -> datetime:
        """Read before every step; the sign of life is given with it."""
        sign(ROLE).touch()
        return database_now()

    def _look(self) -> None:
        """A database that went away is met again by the next look."""
        close_old_connections()
        try:
            work_off(STEPS, self._clock, PATIENCE)
        except (DatabaseError, InterfaceError) as error:
            log.warning("the database is away: %s", error)
            close_old_connections()

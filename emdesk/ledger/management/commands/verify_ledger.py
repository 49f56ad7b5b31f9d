"""``manage.py verify_ledger``: find any edit, loss, swap or insertion in the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from emdesk.ledger import heads
from emdesk.ledger.chain import faults
from emdesk.ledger.models import Event


class Command(BaseCommand):
    help = "Checks every event's place and hash, and the daily heads. Exit status 1 on any fault."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--heads", type=Path, default=settings.LEDGER_HEADS, help="the file of daily heads"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        found = [*map(str, faults()), *heads.broken(options["heads"])]
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(f"The ledger is not what was written: {len(found)} faults.")
        self.stdout.write(f"The ledger is whole: {Event.objects.count()} events.")

"""``manage.py rebuild``: derive every projection from the ledger anew, or check that they agree."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.transaction import atomic

from emdesk.ledger.recording import projections


class Command(BaseCommand):
    help = "Derives rows from the ledger anew. With --check only counts those that differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, exit 1 if wrong")

    def handle(self, *_: Any, **options: Any) -> None:
        wrong = 0
        for projection in projections:
            if options["check"]:
                wrong += (found := projection.differences())
                self.stdout.write(f"{projection.name}: {found} differ")
            else:
                with atomic():
                    projection.rebuild()
                self.stdout.write(f"{projection.name}: rebuilt")
        if wrong:
            raise CommandError(f"{wrong} rows are not what the ledger says. Run: manage.py rebuild")

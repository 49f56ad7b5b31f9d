"""``manage.py due FILE.csv``: when each case of a table is due, by each kind of hour."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from emdesk.calendars.cases import Refused, answered

MOST_FAULTS = 50


class Command(BaseCommand):
    help = (
        "Reads the columns country, time_zone, start_utc and hours and prints the table with"
        " due_elapsed_utc, due_workday24_utc and due_hours9to17_utc. Exit status 2 if refused."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file in UTF-8")

    def handle(self, *_: Any, file: Path, **options: Any) -> None:
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                rows = list(answered(lines))
        except Refused as refused:
            raise CommandError(_listed(refused.faults), returncode=2) from None
        except UnicodeDecodeError:
            raise CommandError(f"{file} is not UTF-8. Save it again so.", returncode=2) from None
        except OSError as wrong:
            reason = f"{file} cannot be read: {wrong.strerror}."
            raise CommandError(reason, returncode=2) from None
        csv.writer(self.stdout, lineterminator="\n").writerows(rows)


def _listed(faults: list[str]) -> str:
    more = len(faults) - MOST_FAULTS
    tail = [f"and {more} more lines"] if more > 0 else []
    return "\n".join([*faults[:MOST_FAULTS], *tail])

"""``manage.py snapshot``: keep the forecast of days that are over, from the ledger."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from forecasting.snapshots import NotOver, due_days, take, weekly_days


class Command(BaseCommand):
    help = "Keeps every open deal as it stood. Without options: the weeks that are still due."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="one day, whichever")
        parser.add_argument("--from", dest="first", type=date.fromisoformat, help="weekly, from")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, help="weekly, until")

    def handle(self, *_: Any, **options: Any) -> None:
        at = now()
        try:
            kept = take(self._days(options, at), at)
        except NotOver as early:
            raise CommandError(str(early)) from early
        for day in sorted(kept):
            self.stdout.write(f"{day}: {kept[day]:,} kept")
        if not kept:
            self.stdout.write("No snapshot is due.")

    def _days(self, options: dict[str, Any], at: Any) -> list[date]:
        day, first, last = options["date"], options["first"], options["last"]
        if day and (first or last):
            raise CommandError("Say --date for one day, or --from and --to for weeks, not both.")
        if day:
            return [day]
        if not (first or last):
            return due_days(at)
        if not (first and last) or first > last:
            raise CommandError("Say --from and --to, the earlier day first.")
        return weekly_days(first, last, at)

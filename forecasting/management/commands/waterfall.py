"""``manage.py waterfall``: why the open forecast changed between two days."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from emdesk.fiscal import Quarter
from emdesk.money import in_full
from forecasting.waterfall import Bar, Scope, Waterfall, waterfall
from scoping.quarters import FiscalCalendar


class Command(BaseCommand):
    help = "Prints opening, every reason and closing of the open forecast between two days."

    def add_arguments(self, parser: CommandParser) -> None:
        day = date.fromisoformat
        parser.add_argument("--from", dest="first", type=day, required=True, help="its end")
        parser.add_argument("--to", dest="last", type=day, required=True, help="its end, or now")
        parser.add_argument("--quarter", default="", help="such as Q322, or all; else that of --to")
        parser.add_argument("--json", action="store_true", help="print as JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        first, last, calendar = options["first"], options["last"], FiscalCalendar()
        if first > last:
            raise CommandError("Say the earlier day after --from.")
        quarter = _quarter(options["quarter"], last, calendar)
        spans = calendar.days(quarter) if quarter else ()
        found = waterfall(first, last, Scope(spans), at=now())
        if options["json"]:
            told = {"quarter": str(quarter) if quarter else "all", **_as_json(found)}
            self.stdout.write(json.dumps(told, indent=1))
        else:
            said = quarter.written if quarter else "every quarter"
            self.stdout.write(f"{said}, open on {first} and on {last}\n" + "\n".join(_lines(found)))


def _quarter(said: str, last: date, calendar: FiscalCalendar) -> Quarter | None:
    if said == "all":
        return None
    try:
        return Quarter.parse(said.upper()) if said else calendar.quarter_of(last)
    except ValueError as broken:
        raise CommandError(str(broken)) from broken


def _as_json(found: Waterfall) -> dict[str, Any]:
    return {
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "currency": found.currency,
        "opening": _told(found.opening),
        "reasons": {str(reason): _told(bar) for reason, bar in found.bars.items()},
        "closing": _told(found.closing),
        "came_and_closed_between": len(found.passed),
    }


def _told(bar: Bar) -> dict[str, Any]:
    return {"deals": bar.deals, "amount": f"{bar.amount:.2f}", "unpriced": bar.unpriced}


def _lines(found: Waterfall) -> Iterator[str]:
    named = [(reason.label, bar) for reason, bar in found.bars.items()]
    for name, bar in [("Opening", found.opening), *named, ("Closing", found.closing)]:
        yield f"{name:<18}{bar.deals:>8,}{in_full(bar.amount, found.currency):>22}"

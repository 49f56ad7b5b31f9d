"""``manage.py forecast``: what a quarter's page of the forecast says, along one axis."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from emdesk.fiscal import Quarter
from emdesk.money import in_full
from forecasting.forecast import Forecast
from forecasting.forecast_at import UNKNOWN, PastForecast
from forecasting.roll_up import AXES, Line
from scoping.categories import CUMULATIVE, HORIZONS
from scoping.quarters import quarter_at
from scoping.targets import Reached


def quarter(label: str) -> Quarter:
    return Quarter.parse(label.upper())


class Command(BaseCommand):
    help = "Prints the forecast of a quarter for the whole desk."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quarter", type=quarter, help="like Q322; the running one if unsaid")
        parser.add_argument("--by", choices=list(AXES), default="em")
        parser.add_argument("--at", type=date.fromisoformat, help="as it stood when a day was over")
        parser.add_argument("--json", action="store_true", help="print as JSON")

    def handle(self, *_: Any, by: str, **options: Any) -> None:
        found = asked(options["quarter"], options["at"], now())
        if options["at"] and by == UNKNOWN:
            raise CommandError("Earlier days know regions, not offices. Ask --by region.")
        roll = found.by(by)
        lines = [*roll.lines, roll.whole]
        if options["json"]:
            told = {
                "quarter": str(found.quarter),
                "by": by,
                "currency": found.currency,
                "omitted": roll.omitted.count,
                "lines": [as_json(line, found.reached(line, by)) for line in lines],
            }
            self.stdout.write(json.dumps(told, indent=1))
            return
        heads = [*(category.label for category in CUMULATIVE), *HORIZONS.values(), "Target"]
        self.stdout.write(f"{roll.axis.title:<34}" + "".join(f"{head:>18}" for head in heads))
        for line in lines:
            self.stdout.write(as_text(line, found.reached(line, by), found.currency))


def asked(quarter: Quarter | None, day: date | None, at: datetime) -> Forecast:
    """Of the running quarter unless another is said, now or when a day was over."""
    named = quarter or quarter_at(at)
    return Forecast(named, None, at) if day is None else PastForecast(named, None, at, day)


def as_json(line: Line, reached: Reached | None) -> dict[str, Any]:
    """Amounts to the cent, as texts."""
    return {
        "kind": line.kind,
        "name": line.name,
        "region": line.region,
        "figures": {
            category: {
                "deals": amounts.count,
                "value": f"{amounts.value:.2f}",
                "without_rate": amounts.without_rate,
                "without_value": amounts.without_value,
            }
            for category, amounts in line.figures.items()
        },
        "weighted": {horizon: f"{worth:.2f}" for horizon, worth in line.weighted.items()},
        "target": f"{reached.target:.2f}" if reached else None,
        "to_go": f"{reached.to_go:.2f}" if reached else None,
        "coverage": f"{reached.coverage:.3f}" if reached and reached.coverage else None,
    }


def as_text(line: Line, reached: Reached | None, currency: str) -> str:
    amounts = [line.figures[category].value for category in CUMULATIVE]
    amounts += line.weighted.values()
    cells = "".join(f"{in_full(amount, currency):>18}" for amount in amounts)
    target = in_full(reached.target, currency) if reached else "–"
    return f"{_name(line):<34}{cells}{target:>18}"


def _name(line: Line) -> str:
    return f"  {line.name}, {line.region or 'No region'}" if line.kind == "em" else line.name

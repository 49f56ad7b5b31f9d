"""``manage.py import_opportunities``: accounts and opportunities from a CRM's export."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import now

from scoping.imports.maven import Maven, companions
from scoping.imports.running import Taking, Work, run
from scoping.imports.salesforce import MAPPING, Salesforce

REFUSED = 2


class Command(BaseCommand):
    help = "Imports opportunities. Exit status 2 when the file is refused; then nothing changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", choices=["maven", "salesforce"], required=True)
        parser.add_argument("--accounts", type=Path, help="the CRM's table of accounts")
        parser.add_argument("--products", type=Path, help="the price list")
        parser.add_argument("--teams", type=Path, help="who manages whom, in which office")
        parser.add_argument(
            "--field",
            type=_mapped,
            action="append",
            default=[],
            metavar="NAME=COLUMN",
            help=f"another name of a field in Salesforce: {', '.join(MAPPING)}",
        )
        parser.add_argument("--dry-run", action="store_true", help="report only, change nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *_: Any, file: Path, dry_run: bool, json: bool, **options: Any) -> None:
        report = run([Work(file, lambda: self._taking(options))], dry=dry_run)
        self.stdout.write(report.written(as_json=json))
        if report.refused:
            raise SystemExit(REFUSED)

    def _taking(self, options: dict[str, Any]) -> Taking:
        if options["source"] == "salesforce":
            return Salesforce(options["accounts"], dict(options["field"]), now())
        beside = companions(options["accounts"], options["products"], options["teams"])
        return Maven(beside, now())


def _mapped(text: str) -> tuple[str, str]:
    """``em=Our_Manager__c``: which column of theirs holds which field of ours."""
    name, _, column = text.partition("=")
    if name not in MAPPING or not column:
        raise ArgumentTypeError(f"write NAME=COLUMN, with a name of {', '.join(MAPPING)}")
    return name, column

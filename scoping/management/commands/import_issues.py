"""``manage.py import_issues``: scoping issues and their history from the tracker they lived on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import now

from scoping.imports.files import IssueFile, in_order
from scoping.imports.running import Work, run

REFUSED = 2


class Command(BaseCommand):
    help = "Imports issues. Exit status 2 when a file is refused; of that file nothing changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
        parser.add_argument("--project", default="", help="where issues belong that name no place")
        parser.add_argument("--dry-run", action="store_true", help="report only, change nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(
        self, *_: Any, files: list[Path], project: str, dry_run: bool, json: bool, **__: Any
    ) -> None:
        taking = IssueFile(now(), project)
        report = run([Work(file, lambda: taking) for file in in_order(files)], dry=dry_run)
        self.stdout.write(report.written(as_json=json))
        if report.refused:
            raise SystemExit(REFUSED)

"""``manage.py import_clauses FILE… --by practice@example.com``: clauses out of Markdown files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.transaction import atomic
from django.utils.timezone import now

from emdesk.people.models import User
from emdesk.workflow import Refused
from sow.bringing_in import bring_in, parts_of


class Command(BaseCommand):
    help = (
        "Makes clauses of the library, as drafts, from the headings of Markdown files. "
        "Run again, it renews what changed. Exit status 1 when a file is refused; then none is in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
        parser.add_argument("--by", required=True, help="e-mail of who keeps the library")

    def handle(self, *_: Any, files: list[Path], by: str, **__: Any) -> None:
        keeper = User.objects.active().filter(email=by.lower()).first()
        if keeper is None:
            raise CommandError(f"Nobody here has the address {by}.")
        with atomic():
            for file in files:
                self._take(file, keeper)

    def _take(self, file: Path, keeper: User) -> None:
        try:
            parts = parts_of(file.read_text(encoding="utf-8-sig"))
            found = bring_in(file.stem, parts, by=keeper, at=now())
        except (OSError, UnicodeDecodeError, Refused) as refused:
            raise CommandError(f"{file}: {refused}") from None
        counts = f"{found.made} new, {found.renewed} renewed, {found.same} as they were"
        self.stdout.write(f"{file.name}: {counts}")

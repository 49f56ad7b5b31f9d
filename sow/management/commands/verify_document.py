"""``manage.py verify_document FILE``: is this PDF as it left the desk, and does it still count?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from emdesk.sealing import Unsealable
from sow.verifying import findings

WRONG, UNREADABLE = 1, 2


class Command(BaseCommand):
    help = (
        "Checks a file's seal, whether the desk made it, its legal stamp and the ledger. "
        "Exit status 1 when anything speaks against it, 2 when it cannot be checked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a PDF")

    def handle(self, *_: Any, file: Path, **__: Any) -> None:
        try:
            found = findings(file.read_bytes())
        except OSError as unread:
            reason = unread.strerror or str(unread)
            raise CommandError(f"{file} cannot be read: {reason}.", returncode=UNREADABLE) from None
        except Unsealable as missing:
            raise CommandError(str(missing), returncode=UNREADABLE) from None
        for each in found:
            self.stdout.write(f"{'ok ' if each.good else 'NOT'}  {each.what:<7} {each.said}")
        if not all(each.good for each in found):
            raise CommandError(f"{file.name} is not to be relied on.", returncode=WRONG)
        self.stdout.write(f"{file.name} is as it left the desk.")

"""``manage.py win_rate``: won ÷ (won + lost), along one axis."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scoping.win_rate import as_json, as_table, win_rate
from scoping.win_rate_axes import Basis, axes


class Command(BaseCommand):
    help = "Prints the win rate of closed issues or opportunities."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--basis", type=Basis, choices=list(Basis), default=Basis.ISSUES)
        parser.add_argument("--by", default="quarter", help="quarter, segment, em, office, …")
        parser.add_argument("--json", action="store_true", help="print as JSON")

    def handle(self, *_: Any, basis: Basis, by: str, **options: Any) -> None:
        known = axes(basis)
        if by not in known:
            raise CommandError(f"{basis} have no {by}. Choose one of {', '.join(known)}.")
        found = win_rate(basis, by)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(found), indent=1))
        else:
            self.stdout.write("\n".join(as_table(found, by)))

"""``manage.py demo``: fill an empty desk with a believable quarter."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from emdesk.ledger.models import Event, Origin
from emdesk.people.models import Role, User
from scoping.demo.loading import load
from scoping.demo.people import PASSWORD, STAFF
from scoping.models import ScopingIssue

FEWEST, MOST = 20, 50_000


class Command(BaseCommand):
    help = "Loads the demo into an empty desk: people, accounts, issues and their history."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="another seed, another desk")
        parser.add_argument("--issues", type=int, default=300, help="how many live issues")
        parser.add_argument("--logins", action="store_true", help="print who can sign in, and how")

    def handle(self, *_: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "Everybody knows the demo's password. Load it only where DATABASE_URL is not set."
            )
        if options["issues"] not in range(FEWEST, MOST + 1):
            raise CommandError(f"Ask for {FEWEST} to {MOST:,} issues.")
        self.stdout.write(self._loaded(options["seed"], options["issues"]))
        if options["logins"]:
            self._print_logins()

    def _loaded(self, seed: int, issues: int) -> str:
        if Event.objects.filter(origin=Origin.DEMO).exists():
            return "The demo is here already."
        if ScopingIssue.objects.exists():
            return "This desk has issues of its own. The demo is for an empty one."
        world = load(seed=seed, issues=issues, at=now())
        return f"The demo is loaded: {issues:,} live issues, {len(world.told) - issues:,} closed."

    def _print_logins(self) -> None:
        """One for each role; everybody has the same password."""
        here = set(User.objects.active().values_list("email", flat=True))
        shown: set[Role] = set()
        for person in STAFF:
            if person.email in here and person.role not in shown:
                shown.add(person.role)
                role, name, email = person.role.label, person.name, person.email
                self.stdout.write(f"{role:<32}{name:<22}{email:<40}{PASSWORD}")

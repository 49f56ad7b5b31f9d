"""Who works on one deal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from emdesk.people.models import Role, User
from scoping.demo.world import World
from scoping.models import Account


@dataclass(frozen=True)
class Crew:
    """``team`` is the account team; its first member asked for the scoping."""

    manager: User
    team: list[User]
    architect: User
    delivery: User
    lead: User
    leadership: User
    project_manager: User

    @property
    def requester(self) -> User:
        return self.team[0]

    def called(self, key: str) -> User:
        return self.team[0] if key == "team" else getattr(self, key)


def crew_for(world: World, account: Account, at: datetime, manager: User | None = None) -> Crew:
    """As the account's territory says on that day, unless the manager is known already."""
    cast, rng = world.cast, world.rng
    territory = account.sales_territory
    if manager is None and territory:
        manager = cast.manager_of(territory, at.date(), rng)
    segment = account.segment.name if account.segment else ""
    east_of_ocean = segment.endswith(("EMEA", "APAC"))
    return Crew(
        manager=manager or rng.choice(cast.of(Role.EM)),
        team=cast.account_team_for(account.pk, rng.choice([1, 2, 2, 3])),
        architect=rng.choice(cast.of(Role.TECHNICAL_ARCHITECT)),
        delivery=cast.of(Role.DELIVERY_MANAGER)[0],
        lead=cast.of(Role.EM_LEAD)[0 if east_of_ocean else -1],
        leadership=cast.of(Role.PS_LEADERSHIP)[0],
        project_manager=cast.of(Role.PROJECT_MANAGER)[0],
    )

"""One desk for every sweep: a person for each column of the matrix, and the deals they are on.

Everybody of a column "own" is on the same deals; everybody of a column "other" is on another one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from emdesk.people.models import Role, User
from scoping.models import (
    ScopingIssue,
)
from tests.security.visitor import Visitor

COLUMNS = {
    "EM": Role.EM,
    "EM lead": Role.EM_LEAD,
    "director": Role.DIRECTOR,
    "account team": Role.ACCOUNT_TEAM,
    "architect": Role.TECHNICAL_ARCHITECT,
    "delivery manager": Role.DELIVERY_MANAGER,
    "PS leadership": Role.PS_LEADERSHIP,
    "revenue": Role.REVENUE,
    "legal": Role.LEGAL,
    "signatory": Role.SIGNATORY,
    "deal desk": Role.DEAL_DESK,
    "project manager": Role.PROJECT_MANAGER,
    "practice manager": Role.PRACTICE_MANAGER,
    "viewer": Role.VIEWER,
    "admin": Role.ADMIN,
    "no role": None,
}
# What only those may read who see the deal. Each is a word no page has of its own.
SECRETS = {
    "account": "Quagga Holdings",
    "title": "Move the okapi monolith",
    "description": "Numbat described",
    "next_step": "Ring the axolotl",
    "current_state": "Tapir waits for legal",
    "communication_agreed_with": "Pangolin of sales",
    "comment": "Narwhal said too much",
    "wording": "Narwhal first thought",
    "answer": "Dugong thousand users",
    "notes": "Kakapo noted",
    "paused": "Lemur holiday",
    "guests": "Fossa the guest",
    "place": "Room Aardwolf",
    "label": "gerenuk-label",
    "opportunity": "Saiga services deal",
    "parent": "Dhole licence deal",
    "rationale": "Zorilla thinks so",
    "decided": "Ask the binturong",
    "risk": "Quoll may leave",
    "need": "Serval wants a wiki moved",
    "skills": "Knows the kudu",
    "note": "Kinkajou needs a look",
    "inquiry": "Margay waves or not",
    "remark": "Dingo fears the clause",
    "file": "wombat-prices.txt",
    "bytes": "Bilby prices inside",
}

YEARLY = "173457.88"  # over 1,880 hours: 92.26


def named(column: str) -> str:
    return column.removesuffix(" own").removesuffix(" other")


@dataclass
class World:
    """Everybody and everything, by name; ``pks`` are what addresses are made with.

    ``forms`` are those already looked at, as a browser would send them.
    """

    at: datetime
    people: dict[str, User] = field(default_factory=dict)
    visitors: dict[str, Visitor] = field(default_factory=dict)
    deals: dict[str, ScopingIssue] = field(default_factory=dict)
    pks: dict[str, Any] = field(default_factory=dict)
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __getitem__(self, column: str) -> Visitor:
        """Somebody of this column; signed in by the sign-in page when first asked for."""
        if column not in self.visitors:
            self.visitors[column] = Visitor()
            if column in self.people:
                self.visitors[column].sign_in(self.people[column].email)
        return self.visitors[column]

    def person(self, column: str) -> User:
        """As the database has them now: what a test does to them is undone after it."""
        return User.objects.get(pk=self.people[column].pk)

    def deal(self, name: str = "deal") -> ScopingIssue:
        return ScopingIssue.objects.get(pk=self.pks[name])

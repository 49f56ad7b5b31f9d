"""What is out for signature in the world of the matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoping.models import ScopingIssue
from sow.drafting import draft
from sow.models import StatementOfWork
from sow.settings import CUSTOMER_FIRST, OURS_FIRST
from tests.factories import make_account
from tests.sow.by_hand import linked, out, stamped_by_hand
from tests.sow.making import agreed

if TYPE_CHECKING:
    from tests.security.world import World

TOKEN = "a-link-that-a-customer-was-given"
NAMED = {
    "technical_architect": "architect own",
    "delivery_manager": "delivery manager own",
    "project_manager": "project manager own",
}


def signed(world: World) -> None:
    """Two stamped SOWs are out: one with its customer first, one with our signatory."""
    people, em = world.people, world.people["EM own"]
    first = out(_stamped(world, "out"), [people["signatory"]], em, world.at, CUSTOMER_FIRST)
    then = out(_stamped(world, "ours asked"), [people["signatory"]], em, world.at, OURS_FIRST)
    casey = first.signers.get(side="customer")
    linked(casey, TOKEN)
    world.pks |= {"out": first.statement.issue_id, "ours_asked": then.statement.issue_id}
    world.pks |= {"customer_signer": casey.pk, "signer_link": TOKEN, "ours_hash": then.sha256}
    world.pks["signatory"] = people["signatory"].pk


def _stamped(world: World, name: str) -> StatementOfWork:
    on = {field: world.people[column] for field, column in NAMED.items()}
    on |= {"account": make_account(name=f"Customer {name}"), "communication_owner": "shared"}
    issue = agreed(world.people["EM own"], world.at, on=on)
    issue.account_team.add(world.people["account team own"])
    issue = ScopingIssue.objects.get(pk=issue.pk)
    statement = draft(issue, by=world.people["EM own"], at=world.at).statement
    stamped_by_hand(statement, world.people["legal"], world.at)
    return statement

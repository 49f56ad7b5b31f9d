"""What was written for the deals of the sweeps: an estimate, statements of work, a catalogue."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from emdesk.approvals.inquiring import ask
from emdesk.approvals.links import token
from emdesk.people.models import Segment
from scoping.catalogue.drafting import begin_draft, change_item
from scoping.catalogue.kinds import ACTIVITY
from scoping.catalogue.needs import note_need
from scoping.catalogue.proposing import propose
from scoping.catalogue.rating import give_card, give_sheet
from scoping.estimating import beginning as estimating
from scoping.estimating.reviewing import ask_review
from scoping.estimating.sending import send, token_of
from scoping.models import (
    CatalogueVersion,
    EstimateLine,
    EstimateVersion,
    Opportunity,
    ResourceRole,
    ScopingIssue,
)
from scoping.models.estimate import Addressee
from scoping.states import CommunicationOwner
from sow import documents
from sow.booking import note as note_booking
from sow.commenting import comment as clause_comment
from sow.drafting import draft
from sow.handing_over import amend as amend_handoff
from sow.handing_over import answer as answer_readiness
from sow.handing_over import hand, open_handoff
from sow.legal import open_case
from sow.models import (
    ChangeConfirmation,
    ChangeOrder,
    Clause,
    Done,
    OutsideComment,
    ReviewLink,
    RiskEntry,
    RiskTerm,
    StatementOfWork,
    Template,
    Version,
    WorkAtRisk,
)
from sow.pen import hold, keep_proposal
from sow.reviewing import digest_of
from sow.saving import Typed
from tests.factories import make_account
from tests.security.deals import people_on
from tests.security.world import SECRETS, YEARLY, World
from tests.sow.making import agreed


def priced(world: World) -> None:
    """An estimate in two scenarios, one version of it with the customer."""
    issue, em, at = world.deals["priced"], world.people["EM own"], world.at
    estimate = estimating.begin(issue, by=em, at=at)
    line = EstimateLine.objects.create(
        estimate=estimate, position=100, title="Work", hours=8, rate=330, cost=111
    )
    estimating.begin(issue, by=em, at=at, name="Smaller", like=estimate)
    version = send(estimate, to=Addressee.CUSTOMER, by=em, at=at)
    world.pks |= {"line": line.pk, "sent": version.number, "offer": token_of(version)}
    _asked(world, version)


def _asked(world: World, version: EstimateVersion) -> None:
    """The architect of the deal is asked to review it, and asked back."""
    em, at = world.people["EM own"], world.at
    found = ask_review(version, by=em, at=at, wished=True, note=SECRETS["note"])
    assert found is not None
    step = found.steps.get()
    inquiry = ask(step, SECRETS["inquiry"], by=world.people["architect own"], at=at)
    world.pks |= {"review": found.pk, "review_step": step.pk, "review_digest": found.digest}
    world.pks |= {"inquiry": inquiry.pk, "review_link": token(found.pk, at)}
    world.pks["other_architect"] = world.people["architect other"].pk


def written(world: World) -> None:
    """A deal whose estimate was accepted, two whose SOW is drafted, of one legal holds the pen."""
    em, at = world.people["EM own"], world.at
    own = people_on(world, "own") | {"segment": Segment.objects.get(pk=world.pks["segment"])}
    for name in ("agreed", "written", "turned"):
        on = own | {"account": make_account(name=f"Customer {name}"), "title": "Agreed work"}
        on |= {"communication_owner": CommunicationOwner.ACCOUNT_TEAM}
        issue = agreed(em, at, on=on)
        issue.account_team.add(world.people["account team own"])
        deal = Opportunity.objects.create(name=f"Deal {name}", account=issue.account)
        ScopingIssue.objects.filter(pk=issue.pk).update(opportunity=deal)
        issue = world.deals[name] = ScopingIssue.objects.get(pk=issue.pk)
        world.pks[name] = issue.pk
    statement = draft(world.deals["written"], by=em, at=at).statement
    typed, legal = [Typed("travel", "Travel", "Nobody")], world.people["legal"]
    turned = draft(world.deals["turned"], by=em, at=at)
    hold(turned.statement, by=legal, at=at)
    _after_the_text(world, statement, turned.statement)
    proposed = keep_proposal(statement, typed, seen=1, by=legal, at=at)
    world.pks["paper"] = documents.ask(statement.head, by=em, at=at).pk
    clause, template = Clause.objects.get(key="travel-standard"), Template.objects.get()
    world.pks |= {"clause": clause.pk, "template": template.pk, "proposed": proposed.pk}
    _about_statements(world, statement, turned)


def _about_statements(world: World, statement: StatementOfWork, turned: Version) -> None:
    """What was said of one SOW inside and outside, and a customer's link to another."""
    em, at = world.people["EM own"], world.at
    said: dict[str, Any] = {"statement": statement, "section": "travel", "version": 1, "at": at}
    outside = OutsideComment.objects.create(author="Their lawyer", body="Cheaper?", **said)
    link = ReviewLink.objects.create(
        statement=turned.statement,
        version=turned,
        name="Their lawyer",
        email="law@example.com",
        digest=digest_of("a-secret"),
        made_by=em,
        made_at=at,
        expires_at=at + timedelta(days=14),
    )
    world.pks |= {
        "remark": clause_comment(statement, "travel", SECRETS["remark"], seen=1, by=em, at=at).pk,
        "outside": outside.pk,
        "redline": statement.redlines.get().pk,
        "customer_review": link.pk,
        "review_secret": "a-secret",
    }


def _after_the_text(world: World, written: StatementOfWork, turned: StatementOfWork) -> None:
    """A legal case of one; deeds of a booking and a hand-off under way of the other."""
    said: dict[str, Any] = {"by": world.people["EM own"], "at": world.at}
    open_case(turned, note="They ask for a cap", **said)
    deed = {"on": world.at.date(), "text": "Her mail"}
    note_booking(written, Done.FINANCE_ASKED, **deed, **said)
    world.pks["order"] = note_booking(written, Done.ORDER, **deed, **said).pk
    for statement in (written, turned):
        handoff = open_handoff(statement, **said)
        answer_readiness(handoff, "sponsor", stand="ready", note="Ada", **said)
        amend_handoff(handoff, promised="No downtime", **said)
    handoff = written.handoff
    world.pks["task"] = handoff.tasks.first().pk
    hand(handoff, **said)
    _changes(world, written)


def _changes(world: World, base: StatementOfWork) -> None:
    """A change order, a change confirmed without one, and work at risk."""
    em, at = world.people["EM own"], world.at
    issue, basis = world.deals["agreed"], base.head.estimate_version
    said: dict[str, Any] = {"base": base, "case": "more_scope"}
    own = {"reason": "More", "opened_by": em, "opened_at": at}
    ChangeOrder.objects.create(issue=issue, number=1, basis=basis, **said, **own)
    plan = {"reason": "They begin", "hours": 9, "price": 900, "currency": "USD"}
    work = WorkAtRisk.objects.create(issue=base.issue, asked_by=em, asked_at=at, **plan)
    bounds = {"cap": 900, "expires": at.date(), "reason": "They begin"}
    RiskTerm.objects.create(work=work, number=1, asked_by=em, asked_at=at, **bounds)
    RiskEntry.objects.create(
        work=work, on=at.date(), hours=1, amount=99, note="Hello", by=em, at=at
    )
    kept = {"what": "A swap", "who": "Ada", "evidence": "Her mail", "on": at.date()}
    ChangeConfirmation.objects.create(by=em, at=at, **said, **kept)


def offered(world: World) -> None:
    """A draft with an edit, what the EM asks of the catalogue, and rates of this desk's own."""
    practice, em, at = world.people["practice manager"], world.people["EM own"], world.at
    shipped = CatalogueVersion.objects.get(number=1)
    said = {"text": "A wiki migration", "why": "Asked for twice"}
    world.pks["proposal"] = propose(shipped, by=em, at=at, **said).pk
    world.pks["need"] = note_need(world.deals["deal"], SECRETS["need"], by=em, at=at).pk
    draft = begin_draft(by=practice, at=at)
    item = ACTIVITY.find(draft, "migration_waves_remote")
    change_item(ACTIVITY, item, {"title": "Waves"}, seen={}, by=practice, at=at)
    today, lead = at.date(), world.people["EM lead"]
    given: dict[str, Any] = {"effective_from": today, "reason": "Ours", "by": lead, "at": at}
    card = give_card(region="", currency="USD", rate=Decimal(345), own_rates={}, **given)
    yearly = {role: Decimal(str(YEARLY)) for role in ResourceRole.objects.all()}
    sheet = give_sheet(currency="USD", yearly=yearly, billable_hours=1_880, **given)
    world.pks |= {"card": card.pk, "sheet": sheet.pk}

"""Proposals: an engagement manager says what should change and why, Practice decides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.transaction import atomic

from emdesk.ledger.recording import lock, record
from emdesk.people.models import User
from scoping.catalogue.drafting import begin_draft, change_item
from scoping.catalogue.kinds import KINDS, WRITING, Kind, spell
from scoping.models import CatalogueVersion, Proposal
from scoping.models.catalogue import ProposalStatus

MADE, ACCEPTED = "scoping.catalogue_proposed", "scoping.catalogue_proposal_accepted"
DECLINED = "scoping.catalogue_proposal_declined"
WITHDRAWN = "scoping.catalogue_proposal_withdrawn"
FIELDS = {
    "service": ("title", "customer_text"),
    "activity": ("title", *WRITING),
    "sku": ("title", "price", "terms"),
    "guideline": ("title", "text"),
}


class Decided(Exception):
    """Somebody decided or withdrew it meanwhile."""


class NotApplied(Exception):
    """The item is gone from the draft, or cannot say what was proposed."""


def propose(
    version: CatalogueVersion,
    *,
    kind: str = "",
    key: str = "",
    field: str = "",
    text: str,
    why: str,
    by: User,
    at: datetime,
) -> Proposal:
    """Say what a field of an item should say, or with none named what is missing or wrong."""
    item = KINDS[kind].find(version, key) if kind else None
    was = spell(item, field) if item and field else ""
    with atomic():
        made = Proposal.objects.create(
            version=version,
            kind=kind,
            key=key,
            field=field,
            was=was,
            text=text,
            why=why,
            made_by=by,
            made_at=at,
        )
        told = {"item": item.title if item else "", "field": field, "text": text, "why": why}
        record(made, MADE, by=by, at=at, **told)
    return made


def accept(proposal: Proposal, *, answer: str, by: User, at: datetime) -> Proposal:
    """Take it into the draft, which begins with it if there is none.

    What names no field is only taken note of: Practice writes it into the draft by hand.
    """
    with atomic():
        proposal = _open(proposal)
        draft = begin_draft(by=by, at=at)
        if proposal.field:
            _apply(proposal, draft, by=by, at=at)
        return _decide(
            proposal, ProposalStatus.ACCEPTED, ACCEPTED, answer=answer, by=by, at=at, into=draft
        )


def decline(proposal: Proposal, *, answer: str, by: User, at: datetime) -> Proposal:
    with atomic():
        proposal = _open(proposal)
        status = ProposalStatus.DECLINED
        return _decide(proposal, status, DECLINED, answer=answer, by=by, at=at)


def withdraw(proposal: Proposal, *, by: User, at: datetime) -> Proposal:
    """Its maker takes it back."""
    with atomic():
        proposal = _open(proposal)
        status = ProposalStatus.WITHDRAWN
        return _decide(proposal, status, WITHDRAWN, answer="", by=by, at=at)


def checked(kind: Kind, field: str, text: str) -> Any:
    """The text as a value of this field; ValidationError when it can be none."""
    return kind.model._meta.get_field(field).clean(text or None, None)


def _open(proposal: Proposal) -> Proposal:
    lock(proposal)
    found = Proposal.objects.get(pk=proposal.pk)
    if found.status != ProposalStatus.OPEN:
        raise Decided
    return found


def _apply(proposal: Proposal, draft: CatalogueVersion, *, by: User, at: datetime) -> None:
    kind = KINDS[proposal.kind]
    item = kind.find(draft, proposal.key)
    if item is None:
        raise NotApplied(
            "The draft has no such item any more. Decline it, with that as the reason."
        )
    try:
        value = checked(kind, proposal.field, proposal.text)
    except ValidationError as fault:
        raise NotApplied(" ".join(fault.messages)) from None
    change_item(kind, item, {proposal.field: value}, seen={}, by=by, at=at)


def _decide(
    proposal: Proposal,
    status: str,
    verb: str,
    *,
    answer: str,
    by: User,
    at: datetime,
    into: CatalogueVersion | None = None,
) -> Proposal:
    proposal.status, proposal.answer, proposal.taken_into = status, answer, into
    proposal.decided_by, proposal.decided_at = by, at
    proposal.save()
    told = {"version": into.number} if into else {}
    record(proposal, verb, by=by, at=at, answer=answer, **told)
    return proposal

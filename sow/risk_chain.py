"""PS leadership decides about work at risk: an approval like every other (domain.md §5.1 G17)."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.urls import reverse

from emdesk.approvals.asking import request as ask_for
from emdesk.approvals.chains import Brief, Chain, Evidence, Figure, Gate, register
from emdesk.approvals.models import Request, Standing
from emdesk.approvals.refusals import Refused as NotPossible
from emdesk.people.models import Role, User
from emdesk.workflow import Refused
from scoping.models import ScopingIssue
from sow import rules
from sow.exposure import exposure_of
from sow.models import RiskTerm, Word

KEY = "work_at_risk"
WORDS: dict[str, str] = {
    Standing.APPROVED: Word.GRANTED,
    Standing.SENT_BACK: Word.REFUSED,
    Standing.REJECTED: Word.REFUSED,
}


def put(term: RiskTerm, *, by: User, at: datetime, origin: str) -> None:
    try:
        ask_for(CHAIN, term.work.issue, pinned(term), by=by, at=at, note=term.reason, origin=origin)
    except NotPossible as refusal:
        raise Refused(refusal.reason) from None


def pinned(term: RiskTerm) -> Evidence:
    """Whoever asked, or answers for the deal, does not decide about it."""
    work = term.work
    manager = work.issue.engagement_manager_id
    authors = {work.asked_by_id, term.asked_by_id} | ({manager} if manager else set())
    said = f"{term.pk} {term.cap:.2f} {work.currency} {term.expires} {term.reason}"
    return Evidence(
        title=f"work at risk of PS-{work.issue_id}, term {term.number}",
        value=term.cap,
        currency=work.currency,
        document=term.pk,
        digest=hashlib.sha256(said.encode()).hexdigest(),
        authors=frozenset(authors),
        facts={"term": term.number, "until": term.expires.isoformat()},
    )


def evidence_of(pk: int) -> Evidence | None:
    """None once it is over or was decided."""
    rows = RiskTerm.objects.select_related("work__issue")
    term = rows.filter(pk=pk, work__ended_at=None).first()
    return pinned(term) if term else None


def brief(found: Request, user: User) -> Brief:
    term = RiskTerm.objects.select_related("work").get(pk=found.document_id)
    work, known = term.work, exposure_of(term.work)
    return Brief(
        figures=[
            Figure("Cap", f"{work.currency} {term.cap:,.2f}", f"until {term.expires:%-d %b %Y}"),
            Figure("Planned", f"{work.currency} {work.price:,.2f}", f"{work.hours:g} hours"),
            Figure("Done so far", f"{work.currency} {known.amount:,.2f}", f"{known.hours:g} hours"),
        ],
        notes=[term.reason],
        links=[("Work at risk", reverse("sow:risk", args=[work.issue_id]))],
    )


def follow(request: Request, by: User, at: datetime, origin: str) -> None:
    """What was decided becomes the word about the term."""
    found = Request.objects.get(pk=request.pk)
    term = RiskTerm.objects.filter(pk=found.document_id, word=Word.ASKED)
    if found.standing == Standing.RECALLED:
        term.update(word=Word.RECALLED)
        return
    if word := WORDS.get(found.standing):
        term.update(word=word, decided_by=by, decided_at=at)


CHAIN = register(
    Chain(
        key=KEY,
        name="Work at risk",
        subject=ScopingIssue._meta.label_lower,
        gates=(
            Gate(
                key="risk",
                name="PS leadership's word on work at risk",
                asks="PS leadership",
                roles=(Role.PS_LEADERSHIP,),
            ),
        ),
        evidence=evidence_of,
        brief=brief,
        asks=rules.works_at_risk,
        reassigns=lambda issue, user: user.leads,
        follows=follow,
    )
)

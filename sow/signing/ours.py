"""Our side signs: an approval asked of signatories, so that absence, stand-ins, reminders and the
second factor are the same as for every decision (domain.md Q-06, §5.1 G12).

Who is named signs; their stand-in or the named fallback while they are away. Whoever wrote, sent,
approved or stamped it does not sign it, and sales people never sign (domain.md §5.3).
"""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime

from django.urls import reverse

from emdesk.approvals.asking import request as ask_for
from emdesk.approvals.chains import Brief, Chain, Evidence, Figure, Gate, register
from emdesk.approvals.deciding import decide
from emdesk.approvals.eligible import holders
from emdesk.approvals.models import Decision, Request, Standing, Step, Turn, Verdict
from emdesk.approvals.refusals import Refused as NotPossible
from emdesk.ledger.models import Origin
from emdesk.people.models import Role, User
from emdesk.workflow import Refused
from scoping.models import ScopingIssue
from sow import rules
from sow.approval_brief import KEY as APPROVAL
from sow.approving import authors_of
from sow.models import Progress, Signer, SignerTurn, Signing, SigningSide
from sow.signatories import stands_for
from sow.signing.ceremony import Signature, put_down, turn_down
from sow.signing.holding import RECALLED, read
from sow.signing.turning import advance, deed_done, end
from sow.stamping import standing

KEY = "sow_signature"
SIGN_HERE = "A signature is given on its own page. Open “Read and sign”."
_given: ContextVar[Signature | None] = ContextVar("given", default=None)


def ask_ours(signing: Signing, signers: list[Signer], *, at: datetime, origin: str) -> None:
    """Put it to our signatories of this turn."""
    for each in signers:
        stands_for(each, at)
    try:
        ask_for(
            CHAIN,
            signing.statement.issue,
            evidence_for(signing, signers),
            by=_asker(signing),
            at=at,
            note=signing.note,
            origin=origin,
        )
    except NotPossible as refusal:
        raise Refused(refusal.reason) from None


def _asker(signing: Signing) -> User:
    """Who sent it, or who does that work now."""
    issue = signing.statement.issue
    manager = issue.engagement_manager
    keeps = manager is None or rules.routes_ours(issue, signing.sent_by)
    return signing.sent_by if keeps else manager  # type: ignore[return-value]


def evidence_for(signing: Signing, signers: list[Signer]) -> Evidence:
    version = signing.stamp.version
    estimate = version.estimate_version
    return Evidence(
        title=f"{signing.statement.number} {version.name}",
        value=estimate.final_total,
        currency=estimate.currency,
        document=signers[0].pk,
        digest=signing.sha256,
        authors=barred(signing),
        facts={"signing": signing.pk, "signers": [each.pk for each in signers]},
    )


def barred(signing: Signing) -> frozenset[int]:
    """Who had another part in it, and sales people."""
    words = Decision.objects.filter(
        step__request__in=Request.objects.about(signing.statement.issue).filter(chain=APPROVAL),
        step__gate__in=["leadership", "revenue"],
    )
    decided = set(words.values_list("by", flat=True))
    sales = {user.pk for user in holders([Role.SIGNATORY]) if user.has(Role.ACCOUNT_TEAM)}
    stamped = {signing.stamp.by_id}
    return authors_of(signing.statement) | decided | sales | stamped


def evidence_of(pk: int) -> Evidence | None:
    """None once it is not out for signature any more, or its stamp is gone."""
    signer = Signer.objects.filter(pk=pk).first()
    if signer is None:
        return None
    signing = read(signer.signing_id)
    if not signing.out or standing(signing.statement) != signing.stamp:
        return None
    asked = Request.objects.filter(chain=KEY, document_id=pk).order_by("-pk").first()
    keys = asked.facts["signers"] if asked else [pk]
    return evidence_for(signing, list(signing.signers.filter(pk__in=keys)))


def brief(found: Request, user: User) -> Brief:
    signing = read(found.facts["signing"])
    version, issue = signing.stamp.version, signing.statement.issue_id
    estimate = version.estimate_version
    page = reverse("sow:sign", args=[issue])
    links = [("Read and sign", page)] if signing.out else []
    return Brief(
        figures=[
            Figure("Version", version.name, f"stamped by {signing.stamp.name}"),
            Figure("Total", f"{estimate.currency} {estimate.final_total:,.2f}"),
        ],
        notes=[SIGN_HERE] if signing.out else [],
        links=links,
    )


def sign(step: Step, given: Signature, *, by: User, at: datetime, seen: str) -> None:
    """Give our signature. Raises what :func:`deciding.decide` does."""
    token = _given.set(given)
    try:
        decide(step, Verdict.APPROVED, by=by, at=at, digest=seen)
    finally:
        _given.reset(token)


def follow(request: Request, by: User, at: datetime, origin: str) -> None:
    """What signatories decided, written down as signatures, and whose turn is next."""
    request = Request.objects.get(pk=request.pk)
    signing = read(request.facts["signing"])
    if not signing.out:
        return
    if request.standing == Standing.RECALLED:
        end(signing, Progress.RECALLED, RECALLED, by=by, at=at, why="Recalled", origin=origin)
        return
    signed = [_take(signing, step, at, origin) for step in _decided(request)]
    if any(signed) and Signing.objects.get(pk=signing.pk).out:
        deed_done(signing, "leg_signatory", by, at, origin)
        advance(signing, at=at, origin=origin)


def _decided(request: Request) -> list[Step]:
    done = [Turn.APPROVED, Turn.REJECTED, Turn.SENT_BACK]
    rows = request.steps.filter(turn__in=done)
    return list(rows.select_related("decision__by", "decision__on_behalf_of").order_by("pk"))


def _take(signing: Signing, step: Step, at: datetime, origin: str) -> bool:
    """Whether this decision is a signature that was not written down yet."""
    signer = signer_of(step)
    signer.signing = signing
    if signer.turn != SignerTurn.ASKED:
        return False
    word = step.decision
    if word.verdict != Verdict.APPROVED:
        turn_down(signer, word.reason, by=word.by, at=at, origin=origin)
        return False
    given = _given.get()
    if given is None and origin == Origin.PERSON:
        raise NotPossible(SIGN_HERE)
    instead = word.on_behalf_of.name if word.on_behalf_of else ""
    if signer.user_id != word.by_id:
        signer.name, signer.email = word.by.name, word.by.email
    put_down(
        signer,
        given or Signature(word.by.name),
        by=word.by,
        at=at,
        origin=origin,
        on_behalf_of=instead,
    )
    return True


def signer_of(step: Step) -> Signer:
    """Whose signature this step of an approval is."""
    keys = step.request.facts["signers"]
    rows = Signer.objects.select_related("signing__statement__issue__account", "user")
    return rows.get(pk=keys[GATES.index(step.gate)])


def _named(place: int):  # type: ignore[no-untyped-def]
    """The signer of this place among those who are asked on our side now."""

    def named(issue: ScopingIssue) -> User | None:
        asked = Signer.objects.filter(
            signing__statement__issue=issue,
            signing__standing=Progress.OUT,
            side=SigningSide.OURS,
            turn=SignerTurn.ASKED,
        )
        found = asked.select_related("user").order_by("pk")[place : place + 1]
        return found[0].user if found else None

    return named


def needed(place: int):  # type: ignore[no-untyped-def]
    def why(evidence: Evidence, day: object) -> str:
        return "It is stamped and sent for signature." if place < _many(evidence) else ""

    return why


def _many(evidence: Evidence) -> int:
    return len(evidence.facts["signers"])


GATES = ("signatory", "second_signatory")
NAMES = ("Signature for our side", "Second signature for our side")


def open_steps(issue: ScopingIssue) -> list[Step]:
    """What waits for a signature of our side."""
    found = Request.objects.about(issue).filter(chain=KEY).waiting().with_steps().first()
    steps = [step for step in found.steps.all() if step.asked] if found else []
    for step in steps:
        step.request = found  # type: ignore[assignment]
    return steps


CHAIN = register(
    Chain(
        key=KEY,
        name="Signature of the SOW",
        subject=ScopingIssue._meta.label_lower,
        gates=tuple(
            Gate(
                key=key,
                name=NAMES[place],
                asks="the signatories",
                roles=(Role.SIGNATORY,),
                needed=needed(place),
                named=_named(place),
                anew=True,
            )
            for place, key in enumerate(GATES)
        ),
        evidence=evidence_of,
        brief=brief,
        asks=rules.routes_ours,
        reassigns=lambda issue, user: user.leads,
        follows=follow,
    )
)

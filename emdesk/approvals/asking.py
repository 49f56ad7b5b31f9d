"""Asking for approval: who would be asked, and asking them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.transaction import atomic
from django.utils.timezone import localdate

from emdesk.approvals.chains import Chain, Evidence, Gate
from emdesk.approvals.eligible import insist_on_somebody
from emdesk.approvals.holding import KEPT, SUPERSEDED, end, locked, mark, tell
from emdesk.approvals.models import Decision, Request, Standing, Step, Turn, Verdict
from emdesk.approvals.refusals import NotAllowed, Refused
from emdesk.approvals.turning import Place, advance, announce, awaited, first_asked
from emdesk.ledger.models import Origin
from emdesk.people.models import User

WISHED = "It was asked for."


@dataclass(frozen=True)
class Ask:
    """A gate that is to be asked, why, who would be asked first, and what would spare it."""

    gate: Gate
    why: str
    place: Place
    without: str = ""

    @property
    def whom(self) -> str:
        """“Dana Reyes”, “Ewa Zielonka for Dana Reyes”, “the technical architects”."""
        assignee, delegate, _ = self.place
        if assignee is None:
            return self.gate.asks
        return f"{delegate.name} for {assignee.name}" if delegate else str(assignee.name)


@dataclass(frozen=True)
class Kept:
    """A gate whose earlier approval covers this document too."""

    gate: Gate
    why: str
    decision: Decision


@dataclass(frozen=True)
class Plan:
    """What asking would come to; ``stuck`` says why nobody could complete it."""

    asks: tuple[Ask, ...] = ()
    kept: tuple[Kept, ...] = ()
    stuck: str = ""


def preview(
    chain: Chain,
    subject: Any,
    evidence: Evidence,
    *,
    by: User,
    at: datetime,
    wished: Collection[str] = (),
) -> Plan:
    """Who would be asked if this person asked now; ``wished`` are gates asked in any case.

    Nothing is written.
    """
    asks, kept = [], []
    barred, day = {by.pk, *evidence.authors}, localdate(at)
    for gate in chain.gates:
        why = gate.needed(evidence, day)
        wish = gate.on_request and gate.key in wished
        carried = why and not wish and _carried(chain, subject, gate, evidence, barred, at)
        if carried:
            kept.append(Kept(gate, why, carried))
        elif why or wish:
            place = first_asked(gate, subject, barred, at)
            spared = gate.without(evidence, day) if why else ""
            asks.append(Ask(gate, why or WISHED, place, spared))
    decided = {each.decision.by_id for each in kept}
    try:
        insist_on_somebody(
            [(ask.gate.name, ask.gate.asks, ask.gate.roles) for ask in asks], barred | decided
        )
    except Refused as nobody:
        return Plan(tuple(asks), tuple(kept), nobody.reason)
    return Plan(tuple(asks), tuple(kept))


def _carried(
    chain: Chain,
    subject: Any,
    gate: Gate,
    evidence: Evidence,
    barred: set[int],
    at: datetime,
) -> Decision | None:
    """The last word on this gate, if it was yes and covers this document as well.

    It is always compared with what was really looked at, never with what an approval was carried
    to, so small rises do not add up.
    """
    about = Request.objects.about(subject).of_chain(chain)
    words = Decision.objects.filter(step__request__in=about, step__gate=gate.key, kept_from=None)
    last = words.select_related("step__request", "by").order_by("-at", "-pk").first()
    if last is None or last.verdict != Verdict.APPROVED or last.by_id in barred:
        return None
    covers = gate.carries(last.step.request.evidence, evidence, localdate(at))
    return last if covers else None


def request(
    chain: Chain,
    subject: Any,
    evidence: Evidence,
    *,
    by: User,
    at: datetime,
    note: str = "",
    wished: Collection[str] = (),
    origin: str = Origin.PERSON,
) -> Request | None:
    """Ask everybody whom the chain asks; None when it asks nobody about this document.

    What was open about an earlier document is replaced. Raises :class:`Refused` for a chain that
    nobody can complete, and for a document that was decided about already.
    """
    with atomic():
        subject = locked(subject)
        if not chain.asks(subject, by):
            raise NotAllowed(f"Somebody else asks for “{chain.name}” here.")
        plan = preview(chain, subject, evidence, by=by, at=at, wished=wished)
        if plan.stuck:
            raise Refused(plan.stuck)
        _insist_on_news(chain, subject, evidence)
        supersede(chain, subject, by=by, at=at, origin=origin)
        if not (plan.asks or plan.kept):
            return None
        made = _made(chain, subject, evidence, by=by, at=at, note=note)
        _steps(made, plan, at)
        announce(made, subject, by=by, at=at, origin=origin)
        _tell_kept(made, subject, at=at, origin=origin)
        advance(made, subject, at=at, origin=origin)
        chain.follows(made, by, at, origin)
    return made


def supersede(
    chain: Chain, subject: Any, *, by: User, at: datetime, origin: str = Origin.PERSON
) -> None:
    """End what is open: its document was replaced, or sent back otherwise."""
    with atomic():
        subject = locked(subject)
        for open_one in Request.objects.about(subject).of_chain(chain).waiting():
            said = {"asked": awaited(open_one, at), **mark(subject, chain, Standing.SUPERSEDED)}
            end(open_one, Standing.SUPERSEDED, at)
            tell(open_one, subject, SUPERSEDED, by=by, at=at, origin=origin, **said)


def _insist_on_news(chain: Chain, subject: Any, evidence: Evidence) -> None:
    """A document that is waiting or was decided about is not put to anybody again."""
    about = Request.objects.about(subject).of_chain(chain).filter(document_id=evidence.document)
    known = about.exclude(standing__in=[Standing.RECALLED, Standing.SUPERSEDED]).first()
    if known:
        stands = Standing(known.standing).label.lower()
        raise Refused(f"{known.title} was asked about already: {stands}. Send a new version.")


def _made(
    chain: Chain, subject: Any, evidence: Evidence, *, by: User, at: datetime, note: str
) -> Request:
    return Request.objects.create(
        chain=chain.key,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        about_name=str(subject)[:250],
        document_id=evidence.document,
        title=evidence.title,
        digest=evidence.digest,
        value=evidence.value,
        currency=evidence.currency,
        facts=dict(evidence.facts),
        authors=sorted(evidence.authors),
        requester=by,
        note=note,
        asked_at=at,
    )


def _steps(made: Request, plan: Plan, at: datetime) -> None:
    chain, day = made.declared, localdate(at)
    every: list[Ask | Kept] = [*plan.asks, *plan.kept]
    for each in every:
        step = Step.objects.create(
            request=made,
            gate=each.gate.key,
            name=each.gate.name,
            place=chain.place_of(each.gate, day),
            roles=[str(role) for role in each.gate.roles],
            why=each.why,
            turn=Turn.APPROVED if isinstance(each, Kept) else Turn.LATER,
        )
        if isinstance(each, Kept):
            _carry(step, each.decision, at)


def _carry(step: Step, old: Decision, at: datetime) -> None:
    Decision.objects.create(
        step=step,
        verdict=Verdict.APPROVED,
        by=old.by,
        requester=step.request.requester,
        digest=step.request.digest,
        at=at,
        kept_from=old,
    )


def _tell_kept(made: Request, subject: Any, *, at: datetime, origin: str) -> None:
    for step in made.steps.filter(turn=Turn.APPROVED).select_related(
        "decision__kept_from__by", "decision__kept_from__step__request"
    ):
        old = step.decision.kept_from
        if old is None:
            continue
        said = {"step": step.pk, "name": step.name, "decision": old.pk, "person": old.by.name}
        said["earlier"] = old.step.request.title
        tell(made, subject, KEPT, by=None, at=at, origin=origin, **said)

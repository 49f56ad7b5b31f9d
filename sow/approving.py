"""The approval of a statement of work: whom it asks, and what each of them sees (domain.md §5).

A technical architect, unless the review of the estimate covers it; the regional delivery manager,
while the setting is on; Revenue, before PS leadership or beside it; leads and signatories for the
discounts of the ladder; deal desk for payment, a director for acceptance and two executives for
work that is free. The legal stamp is of one very version and no part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.timezone import localdate

from emdesk.approvals.chains import (
    Chain,
    Evidence,
    Gate,
    register,
    unless_changed,
)
from emdesk.approvals.models import Decision, Request, Verdict
from emdesk.configuration.values import values_on
from emdesk.people.models import Role
from scoping.estimating.limits import REVIEW_ABOVE, STICKY
from scoping.estimating.reviewing import ARCHITECT, until_it_rises
from scoping.estimating.reviewing import CHAIN as ESTIMATES
from scoping.models import EstimateVersion, ScopingIssue
from sow import rules
from sow.approval_brief import KEY, brief
from sow.aspects import RESETS, SCOPE, aspects_of, outlives, within_review
from sow.content import Content
from sow.discounts import (
    finance_needed,
    lead_needed,
    leadership_needed,
    without_discount,
    without_finance,
)
from sow.following import follow
from sow.greenlights import agreed
from sow.models import StatementOfWork, Version
from sow.settings import DELIVERY_APPROVES, ON, REVENUE_PARALLEL
from sow.terms import (
    acceptance_needed,
    free_needed,
    payment_needed,
    terms_of,
    without_acceptance,
    without_free,
    without_payment,
)

BEFORE, LAST = 3, 4
EXECUTIVES = (Role.PS_LEADERSHIP, Role.SIGNATORY)


def architect_needed(evidence: Evidence, day: date) -> str:
    if evidence.facts["reviewed"]:
        return ""
    above, listed = values_on(day)[REVIEW_ABOVE], Decimal(evidence.facts["list_total"])
    if listed > above:
        return f"Its list total of {evidence.currency} {listed:,.2f} is over {above:,.0f}."
    return "No technical architect has seen its scope."


def without_architect(evidence: Evidence, day: date) -> str:
    above = values_on(day)[REVIEW_ABOVE]
    if Decimal(evidence.facts["list_total"]) <= above:
        return ""
    return f"A list total of up to {above:,.0f} asks no architect, once one has seen its scope."


def architect_covers(approved: Evidence, now: Evidence, day: date) -> bool:
    if approved.currency != now.currency or not outlives("architect", approved.facts, now.facts):
        return False
    told = values_on(day)
    then, listed = (Decimal(each.facts["list_total"]) for each in (approved, now))
    return within_review(then, listed, told[REVIEW_ABOVE], told[STICKY])


def delivery_needed(evidence: Evidence, day: date) -> str:
    on = values_on(day)[DELIVERY_APPROVES] == ON
    return "Delivery approves every statement of work." if on else ""


def places(day: date) -> Mapping[str, int]:
    """Revenue beside PS leadership where the setting says so (domain.md Q-01)."""
    return {"revenue": LAST} if values_on(day)[REVENUE_PARALLEL] == ON else {}


def facts_of(version: Version, content: Content, estimate: EstimateVersion) -> dict[str, Any]:
    """What is pinned and compared later. Nothing of cost."""
    statement, totals = version.statement, estimate.content["totals"]
    found = agreed(statement, content)
    facts = {
        "version": version.number,
        "estimate": estimate.number,
        **aspects_of(content),
        "list_total": totals["list"],
        "discount_percent": totals["discount_percent"],
        **terms_of(content, estimate.content),
        "agreed": {
            party: asdict(word) | {"on": word.on.isoformat()} for party, word in found.items()
        },
    }
    return facts | {"reviewed": _reviewed(statement.issue, estimate, facts)}


def _reviewed(issue: ScopingIssue, estimate: EstimateVersion, facts: Mapping[str, Any]) -> str:
    """The estimate an architect approved, if that covers this price and the scope as first put."""
    about = Request.objects.about(issue)
    reviews = about.of_chain(ESTIMATES)
    words = Decision.objects.filter(step__request__in=reviews, step__gate=ARCHITECT.key)
    last = (
        words.filter(kept_from=None).select_related("step__request").order_by("-at", "-pk").first()
    )
    if last is None or last.verdict != Verdict.APPROVED:
        return ""
    now = Evidence("", estimate.list_total, estimate.currency)
    if not until_it_rises(last.step.request.evidence, now, localdate(estimate.sent_at)):
        return ""
    same = {"facts__estimate": estimate.number}
    first = about.filter(chain=KEY, **same).order_by("asked_at", "pk").first()
    drawn = first is None or first.facts[SCOPE] == facts[SCOPE]
    return last.step.request.title if drawn else ""


def pinned(
    version: Version,
    content: Content | None = None,
    *more: int,
    estimate: EstimateVersion | None = None,
) -> Evidence:
    """A version as it is put to people, or what it would be with other words by these people."""
    statement, estimate = version.statement, estimate or version.estimate_version
    return Evidence(
        title=f"{statement.number} {version.name}",
        value=estimate.final_total,
        currency=estimate.currency,
        document=version.pk,
        digest=version.digest,
        authors=authors_of(statement) | frozenset(more),
        facts=facts_of(version, content or version.said, estimate),
    )


def authors_of(statement: StatementOfWork) -> frozenset[int]:
    """Whoever saved a version of it, and the issue's EM, who answers for it."""
    wrote = {*statement.versions.order_by().values_list("saved_by", flat=True)}
    manager = statement.issue.engagement_manager_id
    return frozenset({*wrote, manager} if manager else wrote)


def evidence_of(pk: int) -> Evidence | None:
    """None once a later version was saved."""
    rows = Version.objects.select_related("statement__issue", "estimate_version")
    version = rows.filter(pk=pk).first()
    stands = version is not None and version.number == version.statement.latest
    return pinned(version) if version and stands else None


CHAIN = register(
    Chain(
        key=KEY,
        name="Approval of the SOW",
        subject=ScopingIssue._meta.label_lower,
        gates=(
            Gate(
                key="architect",
                name="Architect's approval",
                asks="the technical architects",
                roles=(Role.TECHNICAL_ARCHITECT,),
                needed=architect_needed,
                named=lambda issue: issue.technical_architect,
                carries=architect_covers,
                place=1,
                without=without_architect,
            ),
            Gate(
                key="delivery",
                name="Delivery's approval",
                asks="the delivery managers",
                roles=(Role.DELIVERY_MANAGER,),
                needed=delivery_needed,
                named=lambda issue: issue.delivery_manager,
                carries=unless_changed(*RESETS["delivery"]),
                place=2,
            ),
            Gate(
                key="revenue",
                name="Revenue's approval",
                asks="Revenue",
                roles=(Role.REVENUE,),
                carries=unless_changed(*RESETS["revenue"]),
                place=BEFORE,
            ),
            Gate(
                key="discount_lead",
                name="Lead's word on the discount",
                asks="the leads",
                roles=(Role.EM_LEAD, Role.DIRECTOR),
                needed=lead_needed,
                carries=unless_changed(*RESETS["discount_lead"]),
                place=LAST,
                without=without_discount,
            ),
            Gate(
                key="leadership",
                name="PS leadership's approval",
                asks="PS leadership",
                roles=(Role.PS_LEADERSHIP,),
                needed=leadership_needed,
                carries=unless_changed(*RESETS["leadership"]),
                place=LAST,
            ),
            Gate(
                key="discount_finance",
                name="Signatory's word on the discount",
                asks="the signatories",
                roles=(Role.SIGNATORY,),
                needed=finance_needed,
                carries=unless_changed(*RESETS["discount_finance"]),
                place=LAST,
                without=without_finance,
            ),
            Gate(
                key="payment_terms",
                name="Deal desk's word on payment",
                asks="the deal desk",
                roles=(Role.DEAL_DESK,),
                needed=payment_needed,
                carries=unless_changed(*RESETS["payment_terms"]),
                place=LAST,
                without=without_payment,
            ),
            Gate(
                key="acceptance",
                name="Director's word on acceptance",
                asks="the directors",
                roles=(Role.DIRECTOR, Role.PS_LEADERSHIP),
                needed=acceptance_needed,
                carries=unless_changed(*RESETS["acceptance"]),
                place=LAST,
                without=without_acceptance,
            ),
            Gate(
                key="free_services",
                name="Services' word on free work",
                asks="an executive of services",
                roles=EXECUTIVES,
                needed=free_needed,
                carries=unless_changed(*RESETS["free_services"]),
                place=LAST,
                without=without_free,
            ),
            Gate(
                key="free_sales",
                name="Sales' word on free work",
                asks="an executive of sales",
                roles=EXECUTIVES,
                needed=free_needed,
                carries=unless_changed(*RESETS["free_sales"]),
                place=LAST,
                without=without_free,
            ),
        ),
        evidence=evidence_of,
        brief=brief,
        asks=rules.asks_approval,
        reassigns=lambda issue, user: user.leads,
        places=places,
        follows=follow,
    )
)

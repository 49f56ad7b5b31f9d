"""The review of an estimate by a technical architect (domain.md §5.1 G1, Q-11, Q-12).

It is asked for when the list total is over the threshold, services and education, before discount
and without travel; and whenever the EM wishes. An approval holds for later versions until the list
total has risen by more than so many percent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate

from emdesk.approvals.asking import Plan, preview, request, supersede
from emdesk.approvals.chains import Brief, Chain, Evidence, Figure, Gate, register
from emdesk.approvals.models import Decision, Request, Standing
from emdesk.approvals.refusals import Refused as NotPossible
from emdesk.approvals.standings import approval_of, requests_about
from emdesk.configuration.values import value_of
from emdesk.ledger.models import Origin
from emdesk.people.models import Role, User
from emdesk.workflow import Refused
from scoping import rules
from scoping.estimating.difference import difference, margin_change
from scoping.estimating.freezing import digest_of
from scoping.estimating.limits import STICKY, limits_on
from scoping.models import Estimate, EstimateVersion, ScopingIssue
from scoping.models.estimate import Standing as Sent
from scoping.states import Review

REPLACED = {Sent.SUPERSEDED, Sent.REWORK}
MARKS = {Standing.WAITING: Review.NEEDED.value, Standing.APPROVED: Review.APPROVED.value}


def over_the_threshold(evidence: Evidence, day: date) -> str:
    """Strictly over: exactly the threshold asks nobody."""
    above = limits_on(day).review_above
    if evidence.value <= above:
        return ""
    return f"Its list total of {evidence.currency} {evidence.value:,.2f} is over {above:,.0f}."


def until_it_rises(approved: Evidence, now: Evidence, day: date) -> bool:
    """Up to the tolerance above what was looked at, in the same currency."""
    if approved.currency != now.currency:
        return False
    return now.value <= approved.value * (100 + Decimal(value_of(STICKY, day))) / 100


def evidence_of(pk: int) -> Evidence | None:
    """None once it was replaced, or sent back by whom it was sent to."""
    version = EstimateVersion.objects.select_related("estimate", "issue").filter(pk=pk).first()
    return None if version is None or version.standing in REPLACED else _pinned(version)


def _pinned(version: EstimateVersion) -> Evidence:
    return Evidence(
        title=f"Estimate v{version.number}",
        value=version.list_total,
        currency=version.currency,
        document=version.pk,
        digest=digest_of(version.content),
        authors=authors_of(version.estimate, version.issue) | {version.sent_by_id},
        facts={"version": version.number},
    )


def authors_of(estimate: Estimate, issue: ScopingIssue) -> frozenset[int]:
    """Whoever wrote in it, and the issue's EM, who answers for it."""
    wrote: set[int | None] = {*estimate.steps.values_list("by", flat=True)}
    wrote |= {estimate.begun_by_id, estimate.changed_by_id, issue.engagement_manager_id}
    return frozenset(pk for pk in wrote if pk)


def brief(found: Request, user: User) -> Brief:
    """Price and hours for everybody who sees the issue, margin for those alone who see cost."""
    version = EstimateVersion.objects.select_related("issue").get(pk=found.document_id)
    totals = version.content["totals"]
    costs = rules.sees_cost_of(version.issue, user)
    earlier = _looked_at_before(found)
    told = difference(earlier.content, version.content) if earlier else []
    if earlier and costs and (margin := margin_change(earlier.costs, version.costs)):
        told.append(margin)
    return Brief(
        figures=_figures(version, totals, costs=costs),
        since=f"v{earlier.number}" if earlier else "",
        told=told,
        links=_links(version, earlier),
    )


def _figures(version: EstimateVersion, totals: Mapping[str, str], *, costs: bool) -> list[Figure]:
    price = f"{version.currency} {version.list_total:,.2f}"
    list_total = Figure("List total", price, _discounted(totals))
    ranges = f"delivery P50 {totals['p50']}, P80 {totals['p80']}"
    hours = Figure("Hours", totals["hours"], ranges)
    percent = version.costs["total"]["margin_percent"] if costs else None
    if percent is not None:
        return [list_total, hours, Figure("Margin", f"{percent} %")]
    total = Figure("Total", f"{version.currency} {version.final_total:,.2f}")
    return [list_total, total, hours]


def _discounted(totals: Mapping[str, str]) -> str:
    if not Decimal(totals["discount"]):
        return ""
    return f"less {totals['discount_percent']} %: {Decimal(totals['net']):,.2f}"


def _links(version: EstimateVersion, earlier: EstimateVersion | None) -> list[tuple[str, str]]:
    links = [(f"Estimate v{version.number} as sent", version.get_absolute_url())]
    if earlier:
        compare = reverse("scoping:compare_estimates", args=[version.issue_id])
        sides = f"?a=v{earlier.number}&b=v{version.number}"
        links.append((f"Compare with v{earlier.number}", f"{compare}{sides}"))
    questions = reverse("scoping:questions", args=[version.issue_id])
    return [*links, ("Scoping answers", questions)]


def _looked_at_before(found: Request) -> EstimateVersion | None:
    """The last version somebody really decided about, else the one sent before."""
    before = Decision.objects.filter(
        step__request__subject_type=found.subject_type,
        step__request__subject_id=found.subject_id,
        step__request__chain=found.chain,
        step__request__document_id__lt=found.document_id,
        kept_from=None,
    )
    versions = EstimateVersion.objects.filter(
        issue=found.subject_id, pk__lt=found.document_id
    ).order_by("-number")
    decided = versions.filter(pk__in=before.values("step__request__document_id")).first()
    return decided or versions.first()


ARCHITECT = Gate(
    key="architect",
    name="Architect's review",
    asks="the technical architects",
    roles=(Role.TECHNICAL_ARCHITECT,),
    needed=over_the_threshold,
    named=lambda issue: issue.technical_architect,
    carries=until_it_rises,
    on_request=True,
)
CHAIN = register(
    Chain(
        key="estimate",
        name="Estimate review",
        subject=ScopingIssue._meta.label_lower,
        gates=(ARCHITECT,),
        evidence=evidence_of,
        brief=brief,
        asks=rules.edits_estimate,
        reassigns=lambda issue, user: user.leads,
        marks=lambda standing: {"architect_review": MARKS.get(Standing(standing), "")},
    )
)


def foreseen(
    estimate: Estimate, issue: ScopingIssue, list_total: Decimal, *, by: User, at: datetime
) -> Plan:
    """Whom sending the estimate as it is now would ask."""
    authors = authors_of(estimate, issue)
    evidence = Evidence("", list_total, estimate.currency, authors=authors)
    return preview(CHAIN, issue, evidence, by=by, at=at)


def ask_review(
    version: EstimateVersion,
    *,
    by: User,
    at: datetime,
    wished: bool = False,
    note: str = "",
    origin: str = Origin.PERSON,
) -> Request | None:
    """Ask the architect about a version, if the threshold or the EM wants it."""
    asked = {ARCHITECT.key} if wished else set[str]()
    facts: dict[str, Any] = {"note": note, "wished": asked, "origin": origin}
    try:
        return request(CHAIN, version.issue, _pinned(version), by=by, at=at, **facts)
    except NotPossible as refusal:
        raise Refused(refusal.reason) from None


def review_of(issue: ScopingIssue, version: EstimateVersion, user: User) -> dict[str, Any]:
    """For the page of a version: its review, and whether this person may ask for one."""
    found = approval_of(CHAIN, issue, version.pk)
    open_to_ask = found is None or found.standing in {Standing.RECALLED, Standing.SUPERSEDED}
    asks = open_to_ask and issue.live and version.standing not in REPLACED
    return {"review": found, "asks": asks and rules.edits_estimate(issue, user)}


def with_reviews(issue: ScopingIssue) -> list[tuple[EstimateVersion, Request | None]]:
    """Every version sent, newest first, with the last request about it."""
    versions = issue.estimate_versions.select_related("sent_by").defer("content", "costs")
    newest_last = reversed(requests_about(issue, CHAIN))
    asked = {found.document_id: found for found in newest_last}
    return [(version, asked.get(version.pk)) for version in versions]


def drop_review(issue: ScopingIssue, *, by: User, at: datetime, origin: str) -> None:
    """Whoever the version was sent to wants it reworked: nobody need review it any more."""
    supersede(CHAIN, issue, by=by, at=at, origin=origin)


def review_missing(issue: ScopingIssue, by: User | None, at: datetime) -> str:
    """What stands between the last version and its SOW; nothing when no review is needed.

    The threshold is that of the day it was sent.
    """
    version = issue.estimate_versions.defer("content", "costs").first()
    if version is None:
        return ""
    draft = Evidence("", version.list_total, version.currency)
    why = over_the_threshold(draft, localdate(version.sent_at))
    if not why:
        return ""
    missing = _still_missing(version, approval_of(CHAIN, issue, version.pk))
    return f"{missing} {why}" if missing else ""


def _still_missing(version: EstimateVersion, found: Request | None) -> str:
    name = f"estimate v{version.number}"
    if found and (found.standing, found.digest) == (Standing.APPROVED, version.digest):
        return ""
    if found is None or found.standing in {Standing.RECALLED, Standing.SUPERSEDED}:
        return f"A technical architect reviews {name} first: ask for it on its page."
    if found.standing == Standing.WAITING:
        return f"{name.capitalize()} waits for the technical architect's review."
    return f"The technical architect did not approve {name}: send a new version."

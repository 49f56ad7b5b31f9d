"""Sending an estimate freezes a version, moves the card and stops the clock; and what is answered.

The account team's review alone does not deliver an estimate: only a version for the customer
notes the deed that stops the clock (domain.md §2.2).
"""

from __future__ import annotations

from datetime import datetime

from django.core import signing
from django.db.transaction import atomic
from django.utils.timezone import localdate

from emdesk.ledger.models import Origin
from emdesk.ledger.recording import record
from emdesk.people.models import User
from emdesk.workflow import Move, NotAllowed, Refused, fresh, perform
from scoping import rules
from scoping.deeds import DEEDS
from scoping.estimating.difference import difference
from scoping.estimating.freezing import content_of, costs_of, digest_of
from scoping.estimating.limits import limits_on
from scoping.estimating.reckoning import Reckoned, Roles, reckon, roles_and_rates
from scoping.estimating.reviewing import ask_review, drop_review
from scoping.estimating.sheets import in_hand
from scoping.models import Estimate, EstimateVersion, ScopingIssue
from scoping.models.estimate import Addressee, Standing
from scoping.promises import note as note_deed
from scoping.states import State

SENT, ACCEPTED = "scoping.estimate_sent", "scoping.estimate_accepted"
REWORK, LINKED = "scoping.estimate_rework", "scoping.estimate_linked"
SALT = "scoping.estimate.link"
WAY: dict[str, tuple[str, ...]] = {
    State.OPEN: ("start_strawman", "send_estimate"),
    State.AWAITING_DISCOVERY: ("start_strawman", "send_estimate"),
    State.STRAWMAN_WIP: ("send_estimate",),
    State.ESTIMATE_FEEDBACK: (),
    State.SOW_WIP: ("revise_scope",),
}


def send(
    estimate: Estimate,
    *,
    to: str,
    by: User,
    at: datetime,
    note: str = "",
    seen: int | None = None,
    review: bool = False,
    origin: str = Origin.PERSON,
) -> EstimateVersion:
    """Freeze the estimate as it is. Raises :class:`Refused`, saying what would make it possible.

    ``seen`` is the token of the estimate the person looked at. Over the threshold a technical
    architect is asked to review it, below it with ``review`` alone.
    """
    with atomic():
        sheet = in_hand(estimate.issue, estimate.position)
        if seen is not None and seen != sheet.estimate.token:
            raise Refused("Somebody changed the estimate since you looked. Look again, then send.")
        issue = fresh(estimate.issue)
        if not rules.edits_estimate(issue, by):
            raise NotAllowed("Its EM or a lead sends the estimate.")
        roles, rates = roles_and_rates(sheet.estimate, costs=True)
        uplift = limits_on(localdate(at)).uplift
        reckoned = reckon(sheet.estimate, sheet.lines, rates, uplift)
        version = _freeze(reckoned, issue, roles, to=to, note=note, by=by, at=at, origin=origin)
        ask_review(version, by=by, at=at, wished=review, origin=origin)
        _bring_to_feedback(issue, by=by, at=at, origin=origin)
        if to == Addressee.CUSTOMER:
            make_link(version, by=by, at=at)
    return version


def _freeze(
    reckoned: Reckoned,
    issue: ScopingIssue,
    roles: Roles,
    *,
    to: str,
    note: str,
    by: User,
    at: datetime,
    origin: str,
) -> EstimateVersion:
    if not any(line.title for line in reckoned.lines):
        raise Refused("The estimate has no activity with a name yet. Write one line at least.")
    content = content_of(reckoned, issue, roles)
    earlier = issue.estimate_versions.first()
    issue.estimate_versions.filter(standing__in=[Standing.SENT, Standing.ACCEPTED]).update(
        standing=Standing.SUPERSEDED
    )
    version = EstimateVersion.objects.create(
        issue=issue,
        estimate=reckoned.estimate,
        number=earlier.number + 1 if earlier else 1,
        content=content,
        costs=costs_of(reckoned),
        digest=digest_of(content),
        currency=reckoned.estimate.currency,
        list_total=reckoned.priced.list_total,
        final_total=reckoned.priced.final_total,
        sent_to=to,
        note=note,
        sent_by=by,
        sent_at=at,
    )
    told = difference(earlier.content, content) if earlier else []
    said = {"version": version.number, "to": to, "total": content["totals"]["final"]}
    said |= {"currency": version.currency, "digest": version.digest, "difference": told}
    record(issue, SENT, by=by, at=at, origin=origin, **said)
    return version


def _bring_to_feedback(issue: ScopingIssue, *, by: User, at: datetime, origin: str) -> None:
    if issue.state not in WAY:
        raise Refused(
            f"{issue.reference} is in {State(issue.state).label}. Move it back to SOW WIP or "
            "resume it first, then send."
        )
    for name in WAY[issue.state]:
        move: Move = getattr(issue, name)
        perform(move, by=by, at=at, origin=origin)
        issue = fresh(issue)


def decide(
    version: EstimateVersion,
    standing: str,
    *,
    answer: str = "",
    by: User,
    at: datetime,
    origin: str = Origin.PERSON,
) -> None:
    """Write down what was answered to a version; a rework takes the card back to the strawman."""
    with atomic():
        issue = fresh(version.issue)
        if not rules.edits_estimate(issue, by):
            raise NotAllowed("Its EM or a lead notes what was answered.")
        open_ones = issue.estimate_versions.filter(pk=version.pk, standing=Standing.SENT)
        if not open_ones.update(standing=standing, answer=answer, decided_by=by, decided_at=at):
            raise Refused(f"v{version.number} was answered or superseded already.")
        verb = ACCEPTED if standing == Standing.ACCEPTED else REWORK
        said = {"version": version.number, "answer": answer}
        record(issue, verb, by=by, at=at, origin=origin, **said)
        if standing == Standing.REWORK:
            drop_review(issue, by=by, at=at)
        if standing == Standing.REWORK and issue.state == State.ESTIMATE_FEEDBACK:
            perform(issue.rework_estimate, by=by, at=at)


def make_link(version: EstimateVersion, *, by: User, at: datetime) -> str:
    """A link for the customer; one made earlier opens no more. It stops the estimate's clock."""
    with atomic():
        issue = fresh(version.issue)
        if not rules.sends_link(issue, by):
            raise NotAllowed("Who speaks with the customer makes the link.")
        found = EstimateVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
        if not found.stands:
            raise Refused(
                f"v{found.number} is {found.get_standing_display().lower()}. Send a new one."
            )
        found.links += 1
        found.save(update_fields=["links"])
        record(issue, LINKED, by=by, at=at, version=found.number)
        note_deed(issue, DEEDS["estimate_delivered"], by=by, at=at)
    version.links = found.links
    return token_of(version)


def token_of(version: EstimateVersion) -> str:
    """What the address of a customer's page ends with; empty before there is a link."""
    return signing.dumps([version.pk, version.links], salt=SALT) if version.links else ""


def version_behind(token: str, *, days: int) -> EstimateVersion | None:
    """The version a link opens, unless it is forged, too old or was replaced by a newer link."""
    try:
        pk, links = signing.loads(token, salt=SALT, max_age=days * 86_400)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return EstimateVersion.objects.filter(pk=pk, links=links).defer("costs").first()

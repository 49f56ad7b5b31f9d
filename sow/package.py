"""The checklist of a booking package, each point with what speaks for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from emdesk.approvals.models import Standing as Approval
from emdesk.approvals.standings import approval_of
from emdesk.people.models import User
from emdesk.workflow import Guard
from scoping.models import Opportunity, ScopingIssue
from sow.amending import delta_of, order_of
from sow.approving import CHAIN
from sow.booking import Standing, executed_in, standing
from sow.models import BookingDeed, Done, StatementOfWork, Version


@dataclass(frozen=True)
class Point:
    """``says`` is what is known of it; ``wants`` what would meet it; ``deeds`` are its proof."""

    key: str
    title: str
    says: str
    wants: str = ""
    deeds: list[BookingDeed] = field(default_factory=list)

    @property
    def met(self) -> bool:
        return not self.wants


def package(statement: StatementOfWork, head: Version, done: Standing) -> list[Point]:
    """Every point in the order they come together."""
    return [
        _quote(statement.issue.opportunity, head, worth_of(statement, head)),
        _approved(statement, head),
        _costs(head, done),
        _order(done),
        _finance(head, done),
        _signed(statement, done),
    ]


def missing(statement: StatementOfWork) -> list[str]:
    """What is still wanted before it may be booked."""
    points = package(statement, statement.head, standing(statement))
    return [point.wants for point in points if not point.met]


def worth_of(statement: StatementOfWork, head: Version) -> Decimal:
    """What is booked with it: all of a SOW, of a change order what it adds."""
    if not statement.amends_id:
        return head.estimate_version.final_total
    return delta_of(order_of(statement.issue_id), head.estimate_version).price.by


def _quote(deal: Opportunity | None, head: Version, total: Decimal) -> Point:
    currency, adds = head.estimate_version.currency, bool(head.statement.amends_id)
    key, sow = "quote", f"{'Change' if adds else 'SOW'} {currency} {total:,.2f}"
    title = "Quote is what the change order adds" if adds else "Quote is the SOW's total"
    if adds and not total and deal is None:
        return Point(key, title, f"{sow}: nothing to quote")
    if deal is None:
        return Point(key, title, sow, "Link the opportunity.")
    if deal.quoted_value is None:
        return Point(key, title, f"{sow}, no quote", "Enter the quote of the deal.")
    says = f"{sow}, quote {deal.currency} {deal.quoted_value:,.2f}"
    same = (deal.quoted_value, deal.currency) == (total, currency)
    return Point(key, title, says, "" if same else "Bring quote and SOW to one amount.")


def _approved(statement: StatementOfWork, head: Version) -> Point:
    found = approval_of(CHAIN, statement.issue, head.pk)
    stands = found.get_standing_display().lower() if found else "not asked"
    met = found is not None and found.standing == Approval.APPROVED
    wants = "" if met else f"Get {head.name} approved."
    return Point("approved", "SOW is approved", f"{head.name}: {stands}", wants)


def _costs(head: Version, done: Standing) -> Point:
    """That there is a cost sheet, never what stands in it."""
    estimate, key, title = head.estimate_version, "cogs", "Cost sheet is frozen and attached"
    if estimate.costs["total"]["cogs"] is None:
        says = f"v{estimate.number} of the estimate has no cost for every line"
        return Point(key, title, says, "Give every line of the estimate a cost.")
    deed, says = done.get(Done.COGS), f"frozen with v{estimate.number} of the estimate"
    if deed and of_estimate(deed, head):
        return Point(key, title, says, deeds=[deed])
    said = f"{says}; what is attached is of v{deed.version}" if deed else says
    wants = "Attach the cost sheet to the opportunity."
    return Point(key, title, said, wants, [deed] if deed else [])


def of_estimate(deed: BookingDeed, head: Version) -> bool:
    """Whether a deed about one version holds for the newest: they are of the same estimate."""
    if deed.version == head.number:
        return True
    rows = head.statement.versions.filter(number=deed.version)
    return rows.filter(estimate_version=head.estimate_version_id).exists()


def _order(done: Standing) -> Point:
    deeds = [done[key] for key in (Done.ORDER, Done.NO_ORDER) if key in done]
    wants = "Note the purchase order, or the evidence that none is needed."
    title, says = "Purchase order, or none needed", "" if deeds else "not known yet"
    return Point("order", title, says, "" if deeds else wants, deeds)


def _finance(head: Version, done: Standing) -> Point:
    keys = (Done.FINANCE_ASKED, Done.FINANCE_YES, Done.FINANCE_NO)
    deeds, yes = [done[key] for key in keys if key in done], done.get(Done.FINANCE_YES)
    says, wants = "", ""
    if yes and not of_estimate(yes, head):
        says, wants = "the estimate changed since", "Ask finance again: the estimate changed."
    elif Done.FINANCE_NO in done:
        says, wants = "refused", "Ask finance again once it is mended."
    elif Done.FINANCE_ASKED in done and not yes:
        says, wants = "requested", "Finance decides."
    elif not yes:
        says, wants = "not asked yet", "Ask finance for its approval."
    return Point("finance", "Finance agrees", says, wants, deeds)


def _signed(statement: StatementOfWork, done: Standing) -> Point:
    found, title = executed_in(done, statement), "Signed by both"
    deeds = [done[key] for key in (Done.SIGNED_US, Done.SIGNED_THEM) if key in done]
    if found is None:
        return Point("signed", title, _left(statement, deeds), "Get both signatures.", deeds)
    says = f"fully executed on {found.on:%-d %b %Y}, v{found.version}"
    return Point("signed", title, says, deeds=deeds)


def _left(statement: StatementOfWork, deeds: list[BookingDeed]) -> str:
    return "; ".join(_stale(statement, deeds)) or f"{len(deeds)} of 2"


def _stale(statement: StatementOfWork, deeds: list[BookingDeed]) -> Iterator[str]:
    for deed in deeds:
        if deed.version != statement.latest:
            yield f"{deed.get_key_display().lower()} was of v{deed.version}"


def not_together(issue: ScopingIssue, by: User | None, at: datetime) -> str:
    """Somebody closes it won by hand; what follows a deal that is won waits for nothing."""
    if by is None or (issue.opportunity and issue.opportunity.won):
        return ""
    statement = StatementOfWork.objects.filter(issue=issue).select_related("issue").first()
    found = missing(statement) if statement else []
    return f"The booking package is not together. {' '.join(found)}" if found else ""


ScopingIssue.guards += [Guard("booking package", lambda move: move == "win", not_together)]

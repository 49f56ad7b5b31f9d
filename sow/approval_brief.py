"""What the page of a decision shows of a statement of work: version, price, what changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from emdesk.approvals.chains import Brief, Figure
from emdesk.approvals.models import Request, Standing
from emdesk.people.models import User
from scoping.rules import sees_cost_of
from sow.amending import delta_of, order_of
from sow.differing import sentences
from sow.greenlights import Party
from sow.models import Version

KEY = "sow"


def brief(found: Request, user: User) -> Brief:
    rows = Version.objects.select_related("statement__issue", "estimate_version")
    version = rows.get(pk=found.document_id)
    earlier, words = approved_before(version), found.facts["agreed"]
    return Brief(
        figures=_figures(found, version, user),
        since=earlier.name if earlier else "",
        told=sentences(earlier.said, version.said) if earlier else [],
        notes=[_noted(party, words[party]) for party in Party if party in words],
        links=_links(version, earlier),
    )


def _figures(found: Request, version: Version, user: User) -> list[Figure]:
    totals, currency = version.estimate_version.content["totals"], found.currency
    figures = [
        Figure("Version", version.name, f"from v{version.estimate_version.number} of the estimate"),
        Figure("Total", f"{currency} {found.value:,.2f}", _before_discount(totals, currency)),
        Figure("Hours", totals["hours"]),
    ]
    if version.statement.amends_id:
        figures.insert(1, _change(version))
    if sees_cost_of(version.statement.issue, user):
        percent = version.estimate_version.costs["total"]["margin_percent"]
        figures += [Figure("Margin", f"{percent} %")] if percent else []
    return figures


def _change(version: Version) -> Figure:
    """What a change order adds to what both have signed."""
    order = order_of(version.statement.issue_id)
    found = delta_of(order, version.estimate_version)
    hours = f"{found.hours.by.normalize():+f} hours"
    amount = f"{found.currency} {found.price.by:+,.2f}"
    return Figure(f"{order.name} to {order.base.number}", amount, hours)


def _before_discount(totals: Mapping[str, str], currency: str) -> str:
    if not Decimal(totals["discount"]):
        return ""
    return f"{totals['discount_percent']} % off {currency} {Decimal(totals['list']):,.2f}"


def _noted(party: Party, word: Mapping[str, Any]) -> str:
    said = f"{party.label}: {word['who']}, {date.fromisoformat(word['on']):%-d %b %Y}"
    return f"{said}, of v{word['version']}. {word['evidence']}"


def _links(version: Version, earlier: Version | None) -> list[tuple[str, str]]:
    issue = version.statement.issue_id
    read = reverse("sow:version", args=[issue, version.number])
    links = [(f"Read {version.name}", read)]
    if earlier:
        sides = f"?a={earlier.number}&b={version.number}"
        links.append((f"Compare with {earlier.name}", reverse("sow:compare", args=[issue]) + sides))
    return [*links, ("The SOW", version.statement.get_absolute_url())]


def approved_before(version: Version) -> Version | None:
    """The last version before this one that everybody approved."""
    done = Request.objects.about(version.statement.issue).filter(
        chain=KEY, standing=Standing.APPROVED, document_id__lt=version.pk
    )
    rows = version.statement.versions.filter(pk__in=done.order_by().values("document_id"))
    return rows.first()

"""The text of a change order: what both have signed, with the parts its estimate tells built anew
and a section before them that says what changes (domain.md §11.4).

So it goes through the checks, gates and signatures of every SOW, about the price that results.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scoping.models import EstimateVersion
from sow.building import HOURS_TOTAL, money
from sow.content import DRAFT, Section, source
from sow.deltas import Delta, LineChange, delta
from sow.fields import WRITTEN, escaped
from sow.joining import ORDER, built, joined
from sow.kinds import Kind
from sow.models import ChangeOrder, Version
from sow.models.order import Touch
from sow.signed import signed_version

BEFORE, CHANGE, AFTER = "Signed so far", "This change order", "New total"
Fields = Mapping[str, str]


def order_of(issue: int) -> ChangeOrder:
    rows = ChangeOrder.objects.select_related("base__issue", "basis", "issue")
    return rows.get(issue=issue)


def delta_of(order: ChangeOrder, estimate: EstimateVersion) -> Delta:
    return delta(order.basis.content, estimate.content)


def amended(
    order: ChangeOrder,
    estimate: EstimateVersion,
    fields: Fields,
    sections: Sequence[Section],
) -> tuple[dict[str, str], list[Section]]:
    """Fields and sections of its draft. ``fields`` and ``sections`` are those of a new SOW."""
    before = signed_version(order.base)
    kept = {field.name: before.said.fields.get(field.name, "") for field in WRITTEN}
    top = section(order, estimate, before)
    rest = [each for each in before.said.sections if each.key != ORDER]
    return {**fields, **kept}, [top, *joined(rest, built(sections))]


def section(order: ChangeOrder, estimate: EstimateVersion, before: Version) -> Section:
    text = "\n".join(_text(order, estimate, before))
    title = f"Change order {order.name} to {order.base.number}"
    return Section(ORDER, Kind.OTHER, title, text, source(DRAFT, text))


def _text(order: ChangeOrder, estimate: EstimateVersion, before: Version) -> Iterator[str]:
    found = delta_of(order, estimate)
    yield (
        f"This change order amends {before.statement.number} and becomes part of it once both "
        "parties have signed. What it does not change stays as it was signed.\n"
    )
    yield f"Reason: {escaped(order.reason)}\n"
    if order.touches:
        yield f"It changes: {', '.join(Touch(each).label.lower() for each in order.touches)}.\n"
    yield "| Item | Amount |\n| --- | ---: |"
    amounts = (found.price.before, found.price.by, found.price.after)
    for label, amount in zip((BEFORE, CHANGE, AFTER), amounts, strict=True):
        yield f"| {label} | {found.currency} {money(str(amount))} |"
    yield ""
    by_hours = estimate.content["pricing"] == "tm" and not estimate.content["marketplace"]
    if by_hours and found.hours.by:
        yield "| Role | Before | Change | After |\n| --- | ---: | ---: | ---: |"
        yield from (_hours(each.name, each) for each in found.roles if each.hours.by)
        yield _hours(HOURS_TOTAL, LineChange(HOURS_TOTAL, found.hours, found.price))
        yield ""
    ours = {extra["name"] for extra in estimate.content["extras"]}
    activities = [each for each in found.lines if each.name not in ours]
    yield from (f"- {each.kind.capitalize()}: {escaped(each.name)}" for each in activities)


def _hours(name: str, change: LineChange) -> str:
    hours = change.hours
    cells = (f"{each.normalize():f}" for each in (hours.before, hours.by, hours.after))
    return f"| {escaped(name)} | {' | '.join(cells)} |"

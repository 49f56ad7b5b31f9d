"""An estimate in hand: locked, with all its lines; and every change of it as one step.

Whoever changes an estimate takes it in hand, changes its lines and terms freely, and keeps them.
What differs is written, with the step that takes it back. The estimate is locked before its issue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import Any

from django.shortcuts import get_object_or_404

from emdesk.ledger.recording import record
from emdesk.people.models import User
from scoping.models import Estimate, EstimateLine, EstimateStep, ScopingIssue
from scoping.models.estimate import MOST_LINES

CONTENT = (
    *("position", "phase", "title", "key", "type", "customer_text", "deliverable", "assumptions"),
    *("role_id", "hours", "low", "high", "formula", "overridden", "risk", "rate", "quantity"),
    *("unit_price", "delivered_by", "cost", "optional"),
)
TERMS = ("name", "pricing", "currency", "pm_percent", "discount_percent", "marketplace", "travel")
PINS = ("catalogue_id", "rate_card_id", "cost_sheet_id")
GAP = 100
SITTING = timedelta(minutes=30)
CHANGED = "scoping.estimate_changed"
Values = dict[str, Any]
Row = tuple[Any, ...]
told = itemgetter(*CONTENT)


class TooMany(ValueError):
    """More lines than an estimate holds; nothing was changed."""


@dataclass
class Sheet:
    """The estimate, its lines in order, and what both were when taken in hand."""

    estimate: Estimate
    lines: list[EstimateLine]
    were: dict[int, Row] = field(default_factory=dict)
    terms: Values = field(default_factory=dict)

    def line(self, pk: int) -> EstimateLine | None:
        return next((line for line in self.lines if line.pk == pk), None)

    def add(self, *lines: EstimateLine, after: EstimateLine | None = None) -> None:
        """New lines, or moved ones, behind another or at the end."""
        place = self.lines.index(after) + 1 if after else len(self.lines)
        for line in lines:
            line.position = 0
        self.lines[place:place] = lines


def in_hand(issue: ScopingIssue, position: int) -> Sheet:
    """Locked until the transaction ends; 404 when there is none."""
    rows = Estimate.objects.select_for_update(of=("self",))
    rows = rows.select_related("rate_card", "cost_sheet", "catalogue")
    found = get_object_or_404(rows, issue=issue, position=position)
    found.issue = issue
    sheet = Sheet(found, list(EstimateLine.objects.filter(estimate=found)))
    sheet.were = {line.pk: contents(line) for line in sheet.lines}
    sheet.terms = {name: getattr(found, name) for name in (*TERMS, *PINS)}
    return sheet


def looked_at(estimate: Estimate) -> Sheet:
    """The same to read only: lines as plain rows, which is a good deal faster."""
    rows: Any = EstimateLine.objects.filter(estimate=estimate)
    return Sheet(estimate, list(rows.values_list("pk", *CONTENT, named=True)))


def by_phase(lines: list[EstimateLine]) -> list[EstimateLine]:
    """Lines of one phase together, phases in the order in which lines first name them."""
    order = {
        phase: place for place, phase in enumerate(dict.fromkeys(each.phase for each in lines))
    }
    return sorted(lines, key=lambda each: order[each.phase])


def contents(line: EstimateLine) -> Row:
    """What the line says, in the order of ``CONTENT``."""
    row: Row = told(line.__dict__)
    return row


def keep(sheet: Sheet, *, by: User, at: datetime, undone: bool = False) -> EstimateStep | None:
    """Write what differs; None when nothing does. ``undone``: it takes an earlier step back."""
    if len(sheet.lines) > MOST_LINES:
        raise TooMany(
            f"An estimate holds {MOST_LINES} lines, this would make it {len(sheet.lines):,}. "
            "Nothing was changed."
        )
    sheet.lines = by_phase(sheet.lines)
    _place(sheet.lines)
    before, after = _differences(sheet)
    if before == after:
        return None
    estimate = sheet.estimate
    _tell(estimate, by, at)
    estimate.token += 1
    estimate.changed_by, estimate.changed_at = by, at
    _write(sheet, before["lines"], after["lines"])
    terms = [name.removesuffix("_id") for name in after["terms"]]
    estimate.save(update_fields=["token", "changed_by", "changed_at", *terms])
    if None in after["lines"]:  # new lines have their keys now
        before, after = _differences(sheet)
    return _step(estimate, before, after, by=by, at=at, undone=undone)


def _place(lines: list[EstimateLine]) -> None:
    """Ascending positions that leave the lines that stayed where they are."""
    last = 0
    for index, line in enumerate(lines):
        if line.position > last:
            last = line.position
            continue
        later = next((each.position for each in lines[index + 1 :] if each.position > last), None)
        room = last + GAP if later is None else last + (later - last) // 2
        if room == last:
            for number, each in enumerate(lines, start=1):
                each.position = number * GAP
            return
        line.position = last = room


def _differences(sheet: Sheet) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of lines by key and of terms: only what changed; None stands for a line that is not there."""
    now = {line.pk: contents(line) for line in sheet.lines}
    before: dict[str, Any] = {"lines": {}, "terms": {}}
    after: dict[str, Any] = {"lines": {}, "terms": {}}
    for pk in {**sheet.were, **now}:
        was, becomes = sheet.were.get(pk), now.get(pk)
        if was is None or becomes is None:
            before["lines"][pk], after["lines"][pk] = _whole(was), _whole(becomes)
        elif was != becomes:
            pairs = list(zip(CONTENT, was, becomes, strict=True))
            before["lines"][pk] = {name: old for name, old, new in pairs if old != new}
            after["lines"][pk] = {name: new for name, old, new in pairs if old != new}
    for name, was in sheet.terms.items():
        if (becomes := getattr(sheet.estimate, name)) != was:
            before["terms"][name], after["terms"][name] = was, becomes
    return before, after


def _whole(row: Row | None) -> Values | None:
    return dict(zip(CONTENT, row, strict=True)) if row else None


def _write(sheet: Sheet, before: Mapping[Any, Any], after: Mapping[Any, Any]) -> None:
    gone = [pk for pk, becomes in after.items() if becomes is None]
    fresh = [line for line in sheet.lines if line.pk not in sheet.were]
    changed = [line for line in sheet.lines if line.pk in after and line.pk in sheet.were]
    for line in [*fresh, *changed]:
        line.changed = sheet.estimate.token
    if gone:
        EstimateLine.objects.filter(pk__in=gone).delete()
    if fresh:
        EstimateLine.objects.bulk_create(fresh)
    if changed:
        names = {name for line in changed for name in before[line.pk]}
        fields = [name.removesuffix("_id") for name in names]
        EstimateLine.objects.bulk_update(changed, [*fields, "changed"], batch_size=100)


def _tell(estimate: Estimate, by: User, at: datetime) -> None:
    """One event for a sitting: the first change after somebody else's, or after a while."""
    last = estimate.changed_at
    if estimate.changed_by_id != by.pk or last is None or at - last > SITTING:
        said = {"estimate": estimate.position, "name": estimate.name}
        record(estimate.issue, CHANGED, by=by, at=at, **said)


def _step(
    estimate: Estimate, before: Values, after: Values, *, by: User, at: datetime, undone: bool
) -> EstimateStep:
    return EstimateStep.objects.create(
        estimate=estimate,
        number=estimate.token,
        by=by,
        at=at,
        before=plain(before),
        after=plain(after),
        taken_back=undone,
    )


def plain(value: Any) -> Any:
    """As JSON keeps it."""
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value

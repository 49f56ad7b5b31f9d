"""How many hours of whom the estimates say that count: of each issue one, without options.

It is the newest version a customer accepted, else the newest that was sent and stands, else the
primary scenario as it is. Its hours add up to those the estimate itself shows (domain.md §6.2).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, repeat
from typing import Any

from django.db.models import Case, Func, JSONField, QuerySet, When
from django.db.models.fields.json import KeyTransform

from scoping.estimating.reckoning import MANAGER, Rates, reckon
from scoping.models import BillRate, Estimate, EstimateVersion, ResourceRole
from scoping.models.estimate import DeliveredBy, Standing
from scoping.pricing import ZERO

OWN = DeliveredBy.OWN.value
CONTINGENCY, MANAGEMENT = "Contingency", "Project management"
Who = tuple[str, str]
"""Who delivers, and the role's name; contingency is nobody's yet and has both words the same."""


@dataclass(frozen=True)
class Effort:
    """``delivery`` are the hours that make it long: neither project management nor contingency."""

    name: str
    url: str
    hours: Mapping[Who, Decimal]
    delivery: Decimal

    @property
    def total(self) -> Decimal:
        return sum(self.hours.values(), ZERO)

    def beyond(self, before: Effort) -> Effort:
        """What it adds to an effort that was agreed before."""
        more = {who: hours - before.hours.get(who, ZERO) for who, hours in self.hours.items()}
        added = {who: hours for who, hours in more.items() if hours > 0}
        return replace(self, hours=added, delivery=max(self.delivery - before.delivery, ZERO))


class Efforts:
    """Of these issues, in five queries however many they are. Costs are never read."""

    def __init__(self, issues: Collection[int]) -> None:
        self._roles = list(ResourceRole.objects.all())
        manager = next((each for each in self._roles if each.key == MANAGER), None)
        self._manager = manager.name if manager else MANAGEMENT
        sent = self._sent(issues)
        self.by_issue = sent | self._unsent(set(issues) - set(sent), manager)

    @property
    def order(self) -> list[str]:
        """The roles' names as people put them."""
        return [each.name for each in self._roles]

    def _sent(self, issues: Collection[int]) -> dict[int, Effort]:
        rows = EstimateVersion.objects.filter(
            issue__in=issues, standing__in=[Standing.ACCEPTED, Standing.SENT]
        )
        accepted_first = Case(When(standing=Standing.ACCEPTED, then=0), default=1)
        newest = rows.order_by("issue", accepted_first, "-number").distinct("issue")
        return {each.issue_id: self._frozen(each) for each in _narrow(newest)}

    def as_sent(self, versions: Collection[int]) -> dict[int, Effort]:
        """Of these versions, whatever became of them."""
        rows = EstimateVersion.objects.filter(pk__in=versions)
        return {each.pk: self._frozen(each) for each in _narrow(rows)}

    def _frozen(self, version: Any) -> Effort:
        """As it was sent: roles by the names they had then."""
        hours: dict[Who, Decimal] = defaultdict(Decimal)
        delivery = ZERO
        delivered = chain(version.delivered or (), repeat(OWN))
        for line, by in zip(version.lines or (), delivered, strict=False):
            spent = Decimal(line["hours"] or 0)
            if line["optional"] or not spent:
                continue
            hours[by, line["role"]] += spent
            delivery += ZERO if line["role"] == self._manager else spent
        extras = ((each["name"], Decimal(each["hours"] or 0)) for each in version.extras or ())
        self._add(hours, extras)
        standing = version.get_standing_display().lower()
        return Effort(f"{version.name}, {standing}", version.get_absolute_url(), hours, delivery)

    def _unsent(self, issues: Collection[int], manager: ResourceRole | None) -> dict[int, Effort]:
        estimates = Estimate.objects.filter(issue__in=issues, primary=True)
        found = list(estimates.select_related("rate_card").prefetch_related("lines"))
        bill: dict[int, dict[int, Decimal]] = defaultdict(dict)
        cards = {each.rate_card_id for each in found}
        for rate in BillRate.objects.filter(card__in=cards):
            bill[rate.card_id][rate.role_id] = rate.rate
        names = {each.pk: each.name for each in self._roles}
        return {
            each.issue_id: self._scenario(
                each,
                names,
                Rates(
                    usual=each.rate_card.rate if each.rate_card else ZERO,
                    bill=bill[each.rate_card_id or 0],
                    cost={},
                    manager=manager.pk if manager else None,
                ),
            )
            for each in found
        }

    def _scenario(self, estimate: Estimate, names: Mapping[int, str], rates: Rates) -> Effort:
        hours: dict[Who, Decimal] = defaultdict(Decimal)
        reckoned = reckon(estimate, list(estimate.lines.all()), rates, ZERO)
        delivery = ZERO
        for line, priced in zip(reckoned.lines, reckoned.priced.lines, strict=True):
            if line.optional or not priced.billed_hours:
                continue
            hours[line.delivered_by, names.get(line.role_id or 0, "")] += priced.billed_hours
            delivery += priced.billed_hours if priced.delivers else ZERO
        self._add(hours, ((each.name, each.hours) for each in reckoned.priced.extras))
        return Effort(f"{estimate.name}, not sent", estimate.get_absolute_url(), hours, delivery)

    def _add(self, hours: dict[Who, Decimal], extras: Iterable[tuple[str, Decimal]]) -> None:
        """Management is its role's work; whose hours contingency will be nobody knows."""
        for name, spent in extras:
            managed = name == MANAGEMENT
            hours[(OWN, self._manager) if managed else (CONTINGENCY, CONTINGENCY)] += spent


def _narrow(versions: QuerySet[EstimateVersion]) -> Any:
    return versions.defer("content", "costs").annotate(
        lines=KeyTransform("lines", "content"),
        extras=KeyTransform("extras", "content"),
        delivered=_EachDeliverer("costs"),
    )


class _EachDeliverer(Func):
    """Who delivers each line of a frozen estimate, and nothing else of its costs."""

    template = "jsonb_path_query_array(%(expressions)s, '$.lines[*].delivered_by')"
    output_field = JSONField()

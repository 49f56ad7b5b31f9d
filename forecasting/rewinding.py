"""Deals as the ledger says they stood: from what they are now, back in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from emdesk.ledger.models import Event
from emdesk.people.models import Segment
from scoping.deals import AMENDED
from scoping.imports.deals import IMPORTED
from scoping.imports.undoing import UNDONE
from scoping.judging import CONFIRMED, TAKEN_BACK
from scoping.models import Opportunity

DEAL, SEGMENT = Opportunity._meta.label_lower, Segment._meta.label_lower
CREATED = "scoping.deal_created"
CHANGING = (CREATED, AMENDED, IMPORTED, CONFIRMED, TAKEN_BACK, UNDONE)
FIELDS = (
    *("stage", "close_date", "engagement_manager_id", "segment_id", "office", "kind", "product"),
    *("currency", "quoted_value", "services_value", "amount", "confidence"),
    *("forecast_category", "deleted"),
)
READ: dict[str, Any] = {
    field.attname: field.to_python
    for field in Opportunity._meta.concrete_fields
    if field.attname in FIELDS
}
Row = dict[str, Any]
Change = tuple[int, str, datetime, Any, Any]


class Rewind:
    """Goes back from now to ``since`` at most; each call of :meth:`to` goes further back.

    ``relevant`` leaves out deals it does not fit, unless they changed since.
    """

    def __init__(self, since: datetime, relevant: Q | None = None) -> None:
        changes = Event.objects.filter(subject_type=DEAL, verb__in=CHANGING, at__gt=since)
        deals = Opportunity.objects.order_by()
        if relevant is not None:
            deals = deals.filter(relevant | Q(pk__in=changes.values("subject_id")))
        self.deals: dict[int, Row] = {row["pk"]: row for row in deals.values("pk", *FIELDS)}
        self.segments: dict[int, str] = dict(Segment.objects.values_list("pk", "name"))
        told = changes.order_by("-at", "-pk").values_list(
            "subject_id", "verb", "at", F("data__changed"), F("data__was")
        )
        self._changes = _Backwards(told.iterator(chunk_size=5_000))
        named = Event.objects.filter(subject_type=SEGMENT, verb=Segment.verbs.changed, at__gt=since)
        renamed = named.order_by("-at", "-pk").values_list(
            "subject_id", "verb", "at", F("data__name"), F("data__name")
        )
        self._renamed = _Backwards(iter(renamed))

    def to(self, moment: datetime) -> dict[int, Row]:
        """The deals that were there, by key; each call hands out the same rows, changed."""
        for pk, verb, _, changed, was in self._changes.after(moment):
            if verb == CREATED or (verb == IMPORTED and was is None):
                self.deals.pop(pk, None)
            elif row := self.deals.get(pk):
                olds = {name: pair[0] for name, pair in (changed or {}).items()} | (was or {})
                row.update((name, READ[name](old)) for name, old in olds.items() if name in READ)
        for pk, _, _, names, _ in self._renamed.after(moment):
            if names:
                self.segments[pk] = names[0]
        return self.deals


class _Backwards:
    """Changes, the newest first, taken off as far as one goes back."""

    def __init__(self, changes: Iterator[Any]) -> None:
        self._changes = changes
        self._next: Change | None = next(changes, None)

    def after(self, moment: datetime) -> Iterator[Change]:
        while self._next is not None and self._next[2] > moment:
            change, self._next = self._next, next(self._changes, None)
            yield change

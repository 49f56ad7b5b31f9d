"""Writing opportunities: a thousand at a time, in the transaction of their file.

What the CRM said last is kept beside each opportunity. A field somebody changed here since differs
from it and stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from emdesk.ledger.models import Origin
from emdesk.ledger.recording import append, event_of
from scoping.deals import JUDGED, close_with_deals, is_push
from scoping.imports.linking import link
from scoping.imports.merging import merge, plain
from scoping.imports.report import Judge, Rejected
from scoping.imports.values import Notes
from scoping.models import Opportunity

BATCH = 1_000
IMPORTED = "scoping.deal_imported"
Told = tuple[Opportunity, dict[str, Any]]
Changed = tuple["Deal", Opportunity, dict[str, Any], dict[str, Any]]
OURS = frozenset(
    {
        *{"confidence", "confidence_rationale", "engagement_manager_id", "notes"},
        *{"services_value", "edu_override", "investment_value"},
    }
)
FOLLOWING = ("push_count", "judged_at")


@dataclass
class Deal:
    """One opportunity as a file tells it. ``fields`` holds only what the file speaks of."""

    record: int
    line: int
    external_id: str
    fields: dict[str, Any]
    issue_link: str = ""
    modified_at: datetime | None = None
    deleted: bool = False
    notes: Notes = field(default_factory=Notes)

    @property
    def content(self) -> int:
        return hash(repr((sorted(self.fields.items()), self.deleted)))


class Deals:
    """Takes the deals of one source in and keeps count in the judge's report."""

    def __init__(self, source: str, judge: Judge, at: datetime) -> None:
        self._source, self._judge, self._at = source, judge, at
        self._waiting: dict[str, Deal] = {}
        self._seen: dict[str, int] = {}

    def take(self, deal: Deal) -> None:
        """Judge a deal against those of the same id before it in the file."""
        before = self._seen.get(deal.external_id)
        if before == deal.content:
            deal.notes.say(f"{deal.external_id} is there twice with the same content")
            self._count("unchanged", deal)
            return
        if before is not None and deal.modified_at is None:
            raise Rejected(f"{deal.external_id} is there twice and differs; the first one is kept.")
        if deal.external_id in self._waiting or len(self._waiting) >= BATCH:
            self.write()
        self._seen[deal.external_id] = deal.content
        self._waiting[deal.external_id] = deal

    def write(self) -> None:
        """Write those that wait."""
        found = Opportunity.objects.select_for_update().filter(external_id__in=self._waiting)
        here = {deal.external_id: deal for deal in found.order_by("pk")}
        made: list[tuple[Deal, Opportunity]] = []
        changed: list[Changed] = []
        for deal in self._waiting.values():
            standing = here.get(deal.external_id)
            if standing is None and not deal.deleted:
                made.append((deal, self._new(deal)))
            elif standing and (change := self._changes(deal, standing)):
                changed.append((deal, standing, *change))
            else:
                self._count("unchanged", deal)
        self._make(made)
        self._change(changed)
        self._waiting.clear()
        self._judge.go_on()

    def _make(self, made: Sequence[tuple[Deal, Opportunity]]) -> None:
        Opportunity.objects.bulk_create([each for _, each in made])
        self._note([(each, {"fields": each.imported}) for _, each in made])
        self._follow([(deal, each) for deal, each in made], {each.pk for _, each in made})
        for deal, _ in made:
            self._count("created", deal)

    def _change(self, changed: Sequence[Changed]) -> None:
        for _, each, fields, _ in changed:
            each.save(update_fields=[*fields, "imported"])
        self._note([(each, {"fields": plain(fields)} | was) for _, each, fields, was in changed])
        closing = {each.pk for _, each, fields, _ in changed if "stage" in fields}
        self._follow([(deal, each) for deal, each, *_ in changed], closing)
        for deal, *_ in changed:
            self._count("updated", deal)

    def _changes(
        self, deal: Deal, here: Opportunity
    ) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """What of this record is new, and what stood there before; nothing when it has no say."""
        if not self._speaks(deal, here):
            return None
        fields, said = self._fields(deal), here.imported
        before = plain({name: getattr(here, name) for name in {*fields, *FOLLOWING}})
        closed_before = here.close_date
        changed = merge(here, said, fields, OURS)
        changed |= self._following(deal, here, changed, closed_before)
        here.imported = said | plain(fields)
        was = {name: before[name] for name in changed}
        return (changed, {"was": was, "said": said}) if changed else None

    def _following(
        self, deal: Deal, here: Opportunity, changed: Mapping[str, Any], closed_before: date | None
    ) -> dict[str, Any]:
        """What follows from what is new, unless the file tells it itself."""
        found: dict[str, Any] = {}
        if "push_count" not in deal.fields and is_push(closed_before, here.close_date):
            found["push_count"] = here.push_count + 1
        if not JUDGED.isdisjoint(changed):
            found["judged_at"] = deal.modified_at or self._at
        for name, value in found.items():
            setattr(here, name, value)
        return found

    def _speaks(self, deal: Deal, here: Opportunity) -> bool:
        """Whether this record has a say about an opportunity that is here already."""
        if here.source not in ("", self._source):
            deal.notes.say(f"{here.external_id} came from {here.source}; it is left as it is")
            return False
        if deal.modified_at and here.modified_at and deal.modified_at < here.modified_at:
            deal.notes.say("older than what is here; ignored")
            return False
        return True

    def _fields(self, deal: Deal) -> dict[str, Any]:
        fields = deal.fields | {"deleted": deal.deleted, "source": self._source}
        return fields | ({"modified_at": deal.modified_at} if deal.modified_at else {})

    def _new(self, deal: Deal) -> Opportunity:
        fields = self._fields(deal)
        new = Opportunity(external_id=deal.external_id, imported=plain(fields), **fields)
        new.judged_at = (deal.modified_at or self._at) if new.confidence_rationale else None
        return new

    def _note(self, told: Sequence[Told]) -> None:
        append(
            [
                event_of(deal, IMPORTED, by=None, at=self._at, origin=Origin.IMPORT, **data)
                for deal, data in told
            ]
        )

    def _follow(self, written: Sequence[tuple[Deal, Opportunity]], closing: set[int]) -> None:
        """Find the issues of these deals, and close those whose deal has closed."""
        linked = link(
            {each.external_id: (each, deal.issue_link) for deal, each in written}, at=self._at
        )
        issues = Q(pk__in=linked) | Q(opportunity__in=closing)
        refused = close_with_deals(issues, at=self._at)
        for deal, each in written:
            deal.notes += [refused[each.pk]] if each.pk in refused else []

    def _count(self, outcome: str, deal: Deal) -> None:
        report = self._judge.report
        setattr(report, outcome, getattr(report, outcome) + 1)
        self._judge.warn(deal.record, deal.line, deal.notes)

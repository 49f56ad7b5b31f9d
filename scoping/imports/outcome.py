"""What an import did or would do, as the ledger tells it, and the problems it met."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Max, Min, Q, QuerySet

from emdesk.ledger.models import Event, EventQuerySet
from emdesk.people.models import User
from scoping.imports.report import COUNTS, Report, Verdict
from scoping.models import Account, ImportRun, Opportunity, ScopingIssue

ISSUE, DEAL, ACCOUNT = (each._meta.label_lower for each in (ScopingIssue, Opportunity, Account))
PERSON = User._meta.label_lower
MOST_NAMES = 200


def events_of(run: ImportRun) -> EventQuerySet:
    """Everything the ledger has of an import."""
    return Event.objects.filter(data__has_key="import_run", data__import_run=run.pk)


def began_it() -> Q:
    """Events by which an import made something."""
    made = Q(verb="scoping.deal_imported") & ~Q(data__has_key="was")
    return Q(verb__in=["scoping.opened", "people.joined"]) | made | Q(data__created=True)


def created(run: ImportRun, label: str) -> QuerySet[Any]:
    """Keys of what an import made."""
    return events_of(run).filter(began_it(), subject_type=label).values("subject_id")


def changed(run: ImportRun, label: str) -> QuerySet[Any]:
    """Keys of what was here before and an import changed."""
    found = events_of(run).filter(subject_type=label)
    return found.exclude(subject_id__in=created(run, label)).values("subject_id").distinct()


def summary(run: ImportRun) -> dict[str, Any]:
    """Counts of what was made and changed, and the people who come in switched off."""
    found: dict[str, Any] = {}
    for name, label in (("issues", ISSUE), ("deals", DEAL), ("accounts", ACCOUNT)):
        found[name] = [created(run, label).count(), changed(run, label).count()]
    people = User.objects.filter(pk__in=created(run, PERSON)).order_by("name")
    names = list(people.values_list("name", flat=True)[: MOST_NAMES + 1])
    found["people"] = names[:MOST_NAMES]
    found["more_people"] = people.count() - len(found["people"])
    return found


def counts(report: Report) -> dict[str, int]:
    found = {name: getattr(report, name) for name in COUNTS}
    return found | {"problems": len(report.problems)}


@dataclass(frozen=True)
class Noted:
    """A problem as it was kept."""

    file: str
    line: int
    record: int
    verdict: str
    reason: str

    @property
    def word(self) -> str:
        if self.verdict == Verdict.REJECT:
            return "Left out"
        return "Refused" if self.verdict == Verdict.REFUSE else "Warning"


def problems(run: ImportRun, start: int = 0, most: int | None = None) -> Iterator[Noted]:
    """Problems of the last check or run, as far as they are still kept."""
    try:
        with run.problems_path.open() as lines:
            end = None if most is None else start + most
            for line in islice(lines, start, end):
                yield Noted(*json.loads(line))
    except FileNotFoundError:
        return


def span(run: ImportRun) -> QuerySet[Any]:
    """For each subject an import touched: its kind, key, and the first and last event of it."""
    rows = events_of(run).order_by().values("subject_type", "subject_id")
    return rows.annotate(first=Min("number"), last=Max("number"))

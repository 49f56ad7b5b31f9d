"""Taking a whole import back: what it made goes, what it changed is as it was.

Whatever people or later imports touched since stays as it is, and is named. Events are never
deleted: what goes gets a last event, what is set back a reverting one. People who came in with an
import stay, switched off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from emdesk.activity.sentences import describe
from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import append, carrying, event_of
from emdesk.people.models import User
from scoping.imports import outcome
from scoping.imports.outcome import ACCOUNT, DEAL, ISSUE
from scoping.imports.reverting import revert_account, revert_deal, revert_issue
from scoping.models import Account, ImportRun, Opportunity, ScopingIssue, Step

BATCH = 500
UNDONE = "scoping.import_undone"
TALK = ("activity.", "files.")
Heard = Callable[[int], None]


@dataclass(frozen=True)
class Kept:
    """Something that stays as it is, and why."""

    what: str
    url: str
    reason: str

    def as_json(self) -> list[str]:
        return [self.what, self.url, self.reason]


@dataclass
class Plan:
    """What an undo would do: keys of what goes and of what is set back, and what stays."""

    gone: dict[str, list[int]] = field(default_factory=dict)
    back: dict[str, list[int]] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)


def plan(run: ImportRun) -> Plan:
    found = Plan()
    undone = set(ImportRun.objects.filter(step=Step.UNDONE).values_list("pk", flat=True))
    for label, model in ((ISSUE, ScopingIssue), (DEAL, Opportunity), (ACCOUNT, Account)):
        made = set(outcome.created(run, label).values_list("subject_id", flat=True))
        rows = outcome.span(run).filter(subject_type=label).order_by("subject_id")
        last = dict(rows.values_list("subject_id", "last"))
        here = set(model._base_manager.filter(pk__in=last).values_list("pk", flat=True))
        reasons = _since(run, label, {pk: last[pk] for pk in here}, made, undone)
        if label == DEAL:
            reasons |= _with_issues(here & made, found, reasons)
        found.gone[label] = sorted((here & made) - reasons.keys())
        found.back[label] = sorted(here - made - reasons.keys())
        if label != ACCOUNT:
            found.kept += _named(model, reasons)
    return found


def undo(run: ImportRun, *, by: User, at: datetime, heard: Heard) -> list[Kept]:
    """Take an import back, and say what stays. ``heard`` is told how many records are through."""
    planned = plan(run)
    through = 0
    with carrying(import_undone=run.pk):
        for label, put_back in ((ISSUE, revert_issue), (DEAL, revert_deal)):
            for batch in _batches(planned.back[label]):
                put_back(run, batch, by=by, at=at)
                heard(through := through + len(batch))
            for batch in _batches(planned.gone[label]):
                _let_go(label, batch, by=by, at=at)
                heard(through := through + len(batch))
        for batch in _batches(planned.back[ACCOUNT]):
            revert_account(run, batch, by=by, at=at)
        for batch in _batches(planned.gone[ACCOUNT]):
            _let_go(ACCOUNT, _unused(batch), by=by, at=at)
    return planned.kept


def _let_go(label: str, pks: Sequence[int], *, by: User, at: datetime) -> None:
    """Write the last event of each, and take the rows away."""
    model = {ISSUE: ScopingIssue, DEAL: Opportunity, ACCOUNT: Account}[label]
    rows = list(model._base_manager.select_for_update().filter(pk__in=pks).order_by("pk"))
    if not rows:
        return
    append(
        [
            event_of(
                row, UNDONE, by=by, at=at, origin=Origin.IMPORT, before=getattr(row, "state", "")
            )
            for row in rows
        ]
    )
    model._base_manager.filter(pk__in=[row.pk for row in rows]).delete()


def _since(
    run: ImportRun, label: str, last: dict[int, int], made: set[int], undone: set[int]
) -> dict[int, str]:
    """What happened to these subjects after the import and was not taken back itself."""
    reasons: dict[int, str] = {}
    for batch in _batches(sorted(last)):
        later = Event.objects.filter(subject_type=label, subject_id__in=batch)
        later = later.exclude(data__has_key="import_run", data__import_run=run.pk)
        for event in later.exclude(data__has_key="import_undone").select_related("actor"):
            pk, other = event.subject_id, event.data.get("import_run")
            only_talk = event.verb.startswith(TALK) and pk not in made
            if event.number > last[pk] and other not in undone and not only_talk:
                reasons.setdefault(pk, _reason(event, other))
        if label == ISSUE:
            reasons |= _bound(batch, made)
    return reasons


def _reason(event: Event, other: Any) -> str:
    if other:
        return f"Import {other} changed it since. Undo that one first."
    return f"{describe(event)} since."


def _bound(pks: Sequence[int], made: set[int]) -> dict[int, str]:
    """Issues that others are merged into, or revive, and that are not to go alone."""
    own = set(pks) & made
    merged = ScopingIssue.objects.filter(merged_into__in=own).values_list("merged_into", "pk")
    revived = ScopingIssue.objects.filter(revives__in=own).values_list("revives", "pk")
    return {pk or 0: f"PS-{other} refers to it." for pk, other in [*merged, *revived]}


def _with_issues(made: set[int], found: Plan, reasons: dict[int, str]) -> dict[int, str]:
    """Deals that issues which stay belong to."""
    leaving = {*found.gone[ISSUE], *found.back[ISSUE]}
    staying = ScopingIssue.objects.filter(opportunity__in=made - reasons.keys())
    pairs = staying.exclude(pk__in=leaving).values_list("opportunity_id", "pk")
    return {deal or 0: f"PS-{issue} belongs to it." for deal, issue in pairs}


def _unused(pks: Sequence[int]) -> list[int]:
    """Accounts of these that nothing belongs to."""
    used: set[int] = set()
    for each in Account._meta.related_objects:
        model: Any = each.related_model
        name = each.field.name
        used |= set(model._base_manager.filter(**{f"{name}__in": pks}).values_list(name, flat=True))
    return [pk for pk in pks if pk not in used]


def _named(model: Any, reasons: dict[int, str]) -> Iterator[Kept]:
    for row in model._base_manager.filter(pk__in=reasons).order_by("pk"):
        what = row.reference if isinstance(row, ScopingIssue) else str(row)
        yield Kept(what, row.get_absolute_url(), reasons[row.pk])


def _batches(pks: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(pks), BATCH):
        yield pks[start : start + BATCH]

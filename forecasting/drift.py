"""Telling the ledger when desk and CRM begin and cease to disagree about a deal.

A sweep compares what disagrees with what was told of; each change is an event of the issue, told
once however many sweep at the same time. The rows of :class:`Drift` follow from these events.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.transaction import atomic
from django.utils.timezone import localdate

from emdesk.ledger.models import Event, EventQuerySet, Origin
from emdesk.ledger.recording import Projection, append, event_about
from forecasting.drift_rules import Rule, rules_on, with_amounts
from forecasting.models import Drift
from scoping.models import Opportunity, ScopingIssue

BEGAN, ENDED = "forecasting.drift_began", "forecasting.drift_ended"
LABEL = ScopingIssue._meta.label_lower
BATCH = 200


class Told(NamedTuple):
    """An issue and the rule by which it disagrees with its deal."""

    issue: int
    rule: str


def disagreeing(issues: Any, rules: Sequence[Rule], day: date) -> Any:
    """Those of these issues that disagree with their deals, with a truth for each rule.

    What the CRM books for the deal comes along as ``crm_amount``.
    """
    truth: Any = BooleanField()
    flags: dict[str, Any] = {
        flag(place): ExpressionWrapper(rule.where(day), output_field=truth)
        for place, rule in enumerate(rules)
    }
    found = with_amounts(issues).annotate(**flags)
    any_of = Q(pk__in=())
    for name in flags:
        any_of |= Q(**{name: True})
    return found.filter(any_of)


def flag(place: int) -> str:
    return f"disagrees_{place}"


def sweep(at: datetime, origin: str = Origin.PERSON) -> int:
    """Tell what began and ceased since the last time; how many events that took."""
    rules, day = rules_on(localdate(at)), localdate(at)
    changed = sorted({each.issue for each in _now(rules, day).keys() ^ _told()})
    count = 0
    for first in range(0, len(changed), BATCH):
        with atomic():
            count += _tell(_locked(changed[first : first + BATCH]), rules, at, origin)
    return count


def _locked(pks: Sequence[int]) -> list[int]:
    """What somebody else holds is left for the next sweep; deals first, as whoever amends one."""
    issues = ScopingIssue.objects.filter(pk__in=pks).order_by("pk")
    deals = Opportunity.objects.filter(pk__in=issues.order_by().values("opportunity"))
    held = deals.order_by("pk").select_for_update(skip_locked=True, no_key=True)
    mine = Q(opportunity__in=[*held.values_list("pk", flat=True)]) | Q(opportunity=None)
    rows = issues.filter(mine).select_for_update(skip_locked=True, no_key=True)
    return [*rows.values_list("pk", flat=True)]


def _tell(pks: Sequence[int], rules: Sequence[Rule], at: datetime, origin: str) -> int:
    """Look again under the lock, and write what changed."""
    here, about = Q(pk__in=pks), Q(issue__in=pks)
    now, told = _now(rules, localdate(at), here), _told(about)
    known = {rule.name for rule in rules}
    events = [began(each, deal, at, origin) for each, deal in now.items() if each not in told]
    events += [
        ended(each, at, mended=each.rule in known, origin=origin)
        for each in sorted(told - now.keys())
    ]
    if events:
        append(events)
    return len(events)


def _now(rules: Sequence[Rule], day: date, which: Q | None = None) -> dict[Told, int]:
    """What disagrees, with the key of the deal."""
    flags = [flag(place) for place in range(len(rules))]
    rows = disagreeing(ScopingIssue.objects.filter(which or Q()), rules, day)
    return {
        Told(pk, rule.name): deal
        for pk, deal, *truths in rows.order_by("pk").values_list("pk", "opportunity", *flags)
        for rule, disagrees in zip(rules, truths, strict=True)
        if disagrees
    }


def _told(which: Q | None = None) -> set[Told]:
    rows = Drift.objects.filter(which or Q(), ended_at=None)
    return {Told(*row) for row in rows.values_list("issue", "rule")}


def began(each: Told, deal: int, at: datetime, origin: str = Origin.PERSON) -> Event:
    said: dict[str, Any] = {"rule": each.rule, "opportunity": deal}
    return event_about((LABEL, each.issue), BEGAN, by=None, at=at, origin=origin, **said)


def ended(each: Told, at: datetime, *, mended: bool, origin: str = Origin.PERSON) -> Event:
    said: dict[str, Any] = {"rule": each.rule, "mended": mended}
    return event_about((LABEL, each.issue), ENDED, by=None, at=at, origin=origin, **said)


# The rows, as the ledger tells them.


def follow(events: Sequence[Event]) -> None:
    for event in events:
        if event.verb == BEGAN:
            _row(event).save(force_insert=True)
        elif event.verb == ENDED:
            about = Drift.objects.filter(issue=event.subject_id, rule=event.data["rule"])
            ending = {"ended_at": event.at, "mended": event.data["mended"]}
            about.under_way().update(**ending)


def rebuild() -> None:
    Drift.objects.all().delete()
    Drift.objects.bulk_create(_derived(_ledger()))


def differences() -> int:
    kept = Counter(_facts(row) for row in Drift.objects.all())
    told = Counter(_facts(row) for row in _derived(_ledger()))
    return ((kept - told) + (told - kept)).total()


def _ledger() -> EventQuerySet:
    return Event.objects.filter(verb__in=(BEGAN, ENDED)).order_by("subject_id", "number")


def _derived(events: Iterable[Event]) -> list[Drift]:
    """The rows these events tell of, of issues and deals that are still here."""
    issues = {*ScopingIssue.objects.values_list("pk", flat=True)}
    deals = {*Opportunity.objects.values_list("pk", flat=True)}
    rows: list[Drift] = []
    open_rows: dict[Told, Drift] = {}
    for event in events:
        key = Told(event.subject_id, event.data["rule"])
        if event.verb == BEGAN:
            rows.append(open_rows.setdefault(key, _row(event)))
        elif row := open_rows.pop(key, None):
            row.ended_at, row.mended = event.at, event.data["mended"]
    return [row for row in rows if row.issue_id in issues and row.opportunity_id in deals]


def _row(event: Event) -> Drift:
    said = event.data
    return Drift(
        issue_id=event.subject_id,
        opportunity_id=said["opportunity"],
        rule=said["rule"],
        began_at=event.at,
    )


def _facts(row: Drift) -> tuple[object, ...]:
    ended = (row.ended_at, row.mended)
    return row.issue_id, row.opportunity_id, row.rule, row.began_at, *ended


DRIFTS = Projection("what desk and CRM disagree about", follow, rebuild, differences)

"""Publishing a new version of a policy. What ran keeps its own, unless it is migrated by name.

Source: promises T4; peers on versioned policies. A version never reaches back: it takes effect
now or later.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.transaction import atomic

from emdesk.ledger.models import Event
from emdesk.ledger.recording import append, event_about, record
from emdesk.people.models import User
from emdesk.sla.models import Clock, Policy
from emdesk.sla.projecting import rederive
from emdesk.sla.signs import MIGRATED, labels, watched

PUBLISHED = "sla.policy_published"
FIELDS = (
    *("budget_minutes", "hours", "pauses", "warn_at", "lead_at", "director_at", "enabled"),
    *("name", "promise", "position"),
)


class Overtaken(Exception):
    """Somebody else published a version meanwhile."""


def publish(
    current: Policy,
    *,
    by: User,
    at: datetime,
    effective_from: datetime,
    reason: str,
    migrate: bool = False,
    **changed: Any,
) -> Policy:
    """Let a changed policy hold from a moment on; ``migrate`` moves running clocks to it too."""
    with atomic():
        latest = Policy.objects.select_for_update().filter(key=current.key).latest("version")
        if latest.version != current.version:
            raise Overtaken
        kept = {name: getattr(latest, name) for name in FIELDS} | changed
        new = Policy.objects.create(
            key=latest.key,
            version=latest.version + 1,
            effective_from=max(effective_from, at),
            set_by=by,
            set_at=at,
            reason=reason,
            **kept,
        )
        _tell(latest, new, by=by, at=at)
        _hear(new)
        if migrate:
            move_running(new, by=by, at=at)
    return new


def differences(old: Policy, new: Policy) -> dict[str, list[Any]]:
    """Each field that changed, old and new."""
    pairs = {name: [getattr(old, name), getattr(new, name)] for name in FIELDS}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def move_running(policy: Policy, *, by: User, at: datetime) -> int:
    """Move every running clock of this promise to this version, each with an event of its own."""
    running = Clock.objects.filter(key=policy.key).live()
    moved = 0
    for label in labels():
        clocks = running.filter(subject_type=label).exclude(policy=policy)
        events = [_migration(clock, policy, by=by, at=at) for clock in _locked(label, clocks)]
        if events:
            append(events)
        moved += len(events)
    return moved


def _locked(label: str, clocks: Any) -> list[Clock]:
    """These clocks, read again after their subjects were locked."""
    subjects = set(clocks.values_list("subject_id", flat=True))
    rows = apps.get_model(label)._base_manager.filter(pk__in=subjects).order_by("pk")
    list(rows.select_for_update().values_list("pk"))
    return list(clocks.order_by("subject_id").select_related("policy"))


def _migration(clock: Clock, policy: Policy, *, by: User, at: datetime) -> Event:
    place = (clock.subject_type, clock.subject_id)
    told: dict[str, Any] = {"policy": clock.key, "name": policy.name, "clock": clock.number}
    told |= {"version": clock.policy.version, "to": policy.version}
    return event_about(place, MIGRATED, by=by, at=at, **told)


def _tell(old: Policy, new: Policy, *, by: User, at: datetime) -> None:
    told = {
        "policy": new.key,
        "version": new.version,
        "effective_from": new.effective_from.isoformat(),
        "reason": new.reason,
        "changed": differences(old, new),
    }
    record(new, PUBLISHED, by=by, at=at, **told)


def _hear(policy: Policy) -> None:
    """Clocks that a fast server's clock started after the version took effect are its own."""
    begun = Clock.objects.filter(key=policy.key, started_at__gte=policy.effective_from)
    for label in labels():
        clocks = _locked(label, begun.filter(subject_type=label))
        if clocks and (watch := watched(label)):
            rederive(watch, {clock.subject_id for clock in clocks})

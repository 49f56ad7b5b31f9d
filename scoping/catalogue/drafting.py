"""Writing the next version of the catalogue: one draft, every edit of it in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.db.models import F, Max
from django.db.transaction import atomic

from emdesk.ledger.recording import append, event_of, record
from emdesk.people.models import User
from scoping.catalogue.copying import copy_items
from scoping.catalogue.kinds import SERVICE, Kind, spell_bands
from scoping.facts import Overtaken, revise
from scoping.models import CatalogueVersion, PriceBand, RoleHours
from scoping.models.catalogue import ProposalStatus

BEGUN, EDITED = "scoping.catalogue_draft_begun", "scoping.catalogue_edited"
DISCARDED = "scoping.catalogue_draft_discarded"
Hours = Mapping[int, tuple[Decimal, str]]


class NoDraft(Exception):
    """The draft was published or discarded meanwhile."""


def begin_draft(*, by: User, at: datetime) -> CatalogueVersion:
    """A copy of the newest version to work on; the one that exists where somebody began before."""
    if found := CatalogueVersion.objects.draft():
        return found
    try:
        with atomic():
            return _begin(by=by, at=at)
    except IntegrityError:
        if found := CatalogueVersion.objects.draft():
            return found
        raise


def _begin(*, by: User, at: datetime) -> CatalogueVersion:
    newest = CatalogueVersion.objects.published().order_by("-number").first()
    last = CatalogueVersion.objects.aggregate(last=Max("number"))["last"] or 0
    draft = CatalogueVersion.objects.create(
        number=last + 1, based_on=newest, begun_by=by, begun_at=at
    )
    if newest:
        copy_items(newest, draft)
    told = {"number": draft.number, "based_on": newest.number if newest else None}
    record(draft, BEGUN, by=by, at=at, **told)
    return draft


def discard_draft(draft: CatalogueVersion, *, by: User, at: datetime) -> None:
    """Give it up. Proposals that were taken into it wait for a decision again."""
    with atomic():
        draft = locked(draft)
        record(draft, DISCARDED, by=by, at=at, number=draft.number, edits=draft.edits)
        draft.proposals.update(
            status=ProposalStatus.OPEN, decided_by=None, decided_at=None, answer="", taken_into=None
        )
        draft.delete()


def locked(draft: CatalogueVersion) -> CatalogueVersion:
    """The draft as it is now, nobody else writing in it; :class:`NoDraft` when it is none."""
    rows = CatalogueVersion.objects.select_for_update().filter(pk=draft.pk)
    found = rows.first()
    if found is None or not found.is_draft:
        raise NoDraft
    return found


def add_item(
    kind: Kind,
    item: Any,
    draft: CatalogueVersion,
    *,
    by: User,
    at: datetime,
    hours: Hours | None = None,
) -> Any:
    """``item`` is not saved yet, and checked."""
    with atomic():
        item.version = locked(draft)
        item.save(force_insert=True)
        _set_hours(item, hours or {})
        _tell(kind, item, {"how": "added"}, by=by, at=at)
    return item


def change_item(
    kind: Kind,
    item: Any,
    said: Mapping[str, Any],
    *,
    seen: Mapping[str, Any],
    by: User,
    at: datetime,
    hours: Hours | None = None,
    hours_seen: Hours | None = None,
) -> bool:
    """Set these fields; False when nothing changed. ``seen`` holds what the person saw in them.

    ``hours`` are those of the roles to change, by role. ``scoping.facts.Overtaken`` when somebody
    else changed the same meanwhile.
    """
    with atomic():
        locked(item.version)
        item = kind.model.objects.select_related("version").get(pk=item.pk)
        changed = revise(item, seen, said)
        changed |= _set_hours(item, hours or {}, hours_seen or {})
        if not changed:
            return False
        item.save()
        _tell(kind, item, {"how": "changed", "changed": changed}, by=by, at=at)
    return True


def remove_item(kind: Kind, item: Any, *, by: User, at: datetime) -> None:
    with atomic():
        locked(item.version)
        _tell(kind, item, {"how": "withdrawn"}, by=by, at=at)
        item.delete()


def set_bands(
    service: Any, bands: list[tuple[int, int, Decimal, Decimal]], *, by: User, at: datetime
) -> bool:
    """Its price bands as they shall be: users, projects, low and high of each."""
    with atomic():
        locked(service.version)
        was = spell_bands(service.bands.all())
        service.bands.all().delete()
        PriceBand.objects.bulk_create(
            PriceBand(
                version=service.version,
                service=service,
                users=users,
                projects=projects,
                low=low,
                high=high,
            )
            for users, projects, low, high in bands
        )
        now = spell_bands(service.bands.all())
        if was == now:
            return False
        told = {"how": "changed", "changed": {"bands": [was, now]}}
        _tell(SERVICE, service, told, by=by, at=at)
    return True


def _set_hours(activity: Any, hours: Hours, seen: Hours | None = None) -> dict[str, list[str]]:
    """Make the hours of these roles these; what changed, by role."""
    changed: dict[str, list[str]] = {}
    if not hours:
        return changed
    had = {each.role_id: each for each in activity.hours.select_related("role")}
    _refuse_overtaken(had, hours, seen or {})
    for role_id, (base, drivers) in hours.items():
        row = had.get(role_id) or RoleHours(activity=activity, role_id=role_id)
        was = row.spelled if row.pk else ""
        row.base, row.drivers = base, drivers
        if base or drivers:
            row.save()
        elif row.pk:
            row.delete()
        now = row.spelled if row.pk else ""
        if was != now:
            changed[f"hours of {row.role.name}"] = [was, now]
    return changed


def _refuse_overtaken(had: Mapping[int, RoleHours], hours: Hours, seen: Hours) -> None:
    overtaken: dict[str, Any] = {}
    for role_id, theirs in seen.items():
        row = had.get(role_id)
        now = (row.base, row.drivers) if row else (Decimal(0), "")
        if now not in (theirs, hours[role_id]):
            overtaken |= {f"base_{role_id}": now[0], f"drivers_{role_id}": now[1]}
    if overtaken:
        raise Overtaken(overtaken)


def _tell(kind: Kind, item: Any, told: dict[str, Any], *, by: User, at: datetime) -> None:
    version = item.version
    CatalogueVersion.objects.filter(pk=version.pk).update(edits=F("edits") + 1)
    told = {"kind": kind.name, "key": getattr(item, kind.key), "title": item.title, **told}
    append([event_of(version, EDITED, by=by, at=at, **told)])

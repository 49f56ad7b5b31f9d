"""Publishing the draft: looked at with its difference first, in force from a day on, for good."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Max
from django.db.transaction import atomic

from emdesk.ledger.recording import record
from emdesk.people.models import User
from scoping.catalogue.comparing import difference, tally
from scoping.catalogue.drafting import locked
from scoping.catalogue.formulas import fault_of, numeric_questions
from scoping.models import CatalogueVersion, RoleHours
from scoping.models.catalogue import VersionStatus

PUBLISHED = "scoping.catalogue_published"


class Refused(Exception):
    """Why it cannot be published, each with its fix."""

    def __init__(self, *why: str) -> None:
        super().__init__(" ".join(why))
        self.why = why


def publish(
    draft: CatalogueVersion,
    *,
    seen: int,
    effective_from: date,
    reason: str,
    by: User,
    at: datetime,
    today: date,
) -> CatalogueVersion:
    """Let the draft hold from a day on; ``seen`` is how many edits it had when it was looked at.

    :class:`Refused` when it may not be, ``NoDraft`` when it is none any more.
    """
    with atomic():
        draft = locked(draft)
        _insist(draft, seen, effective_from, today)
        changes = difference(draft.based_on, draft)
        if not changes:
            raise Refused("It is no different from the version before. Discard it instead.")
        draft.status, draft.reason = VersionStatus.PUBLISHED, reason
        draft.effective_from, draft.published_by, draft.published_at = effective_from, by, at
        draft.save()
        told = {"number": draft.number, "effective_from": effective_from.isoformat()}
        record(draft, PUBLISHED, by=by, at=at, reason=reason, **told, **tally(changes))
    return draft


def _insist(draft: CatalogueVersion, seen: int, effective_from: date, today: date) -> None:
    if draft.edits != seen:
        raise Refused("Somebody edited it since you looked. Look at the difference again.")
    if effective_from < earliest(today):
        raise Refused(f"Choose {earliest(today):%-d %b %Y} or a later day.")
    if found := faults(draft):
        raise Refused(*found)


def earliest(today: date) -> date:
    """Not before today, nor before a version already published takes effect."""
    published = CatalogueVersion.objects.published()
    last: date | None = published.aggregate(last=Max("effective_from"))["last"]
    return max(today, last or today)


def faults(version: CatalogueVersion) -> list[str]:
    """What an estimate could not go by."""
    known = numeric_questions()
    rows = RoleHours.objects.filter(activity__version=version).select_related("activity", "role")
    found = [
        f"{row.activity.title}, {row.role.name}: {fault}"
        for row in rows.exclude(drivers="").order_by("activity_id", "role_id")
        if (fault := fault_of(row.drivers, known))
    ]
    idle = version.activities.filter(hours=None).values_list("title", flat=True)
    return found + [f"{title} has no hours. Give some role its hours." for title in idle]

"""What deals said a week ago, read from the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from emdesk.ledger.models import Event
from scoping.models import Opportunity

WEEK = timedelta(days=7)
Was = dict[str, Any]


def a_week_ago(pks: Iterable[int], at: datetime) -> dict[int, Was]:
    """By deal, each field that changed since, with its value then; in one query.

    Values are as the ledger keeps them. A field that was changed and changed back is in it too:
    whoever shows it compares with what stands now.
    """
    label = Opportunity._meta.label_lower
    events = Event.objects.filter(subject_type=label, subject_id__in=list(pks), at__gt=at - WEEK)
    rows = events.order_by("subject_id", "number").values_list("subject_id", "data")
    found: dict[int, Was] = {}
    for pk, data in rows:
        was = found.setdefault(pk, {})
        for name, old in _olds(data):
            was.setdefault(name, old)
    return found


def _olds(data: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """From an edit, or from an import, which tells what was apart from what is."""
    yield from ((name, pair[0]) for name, pair in data.get("changed", {}).items())
    yield from data.get("was", {}).items()

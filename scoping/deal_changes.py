"""What deals said before, read from the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from emdesk.ledger.models import Event
from emdesk.people.models import User
from scoping.models import Confidence, Opportunity

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
        for name, old in olds(data):
            was.setdefault(name, old)
    return found


def olds(data: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """What stood before, by field: from an edit, or from an import, which tells what was apart from what is."""
    yield from ((name, pair[0]) for name, pair in data.get("changed", {}).items())
    yield from data.get("was", {}).items()


@dataclass(frozen=True)
class Word:
    """What a deal said from a moment on: colour, rationale and close date."""

    at: datetime
    by: User | None
    colour: str
    rationale: str
    close_date: date | None

    @property
    def name(self) -> str:
        return Confidence(self.colour).label


def word_history(deal: Opportunity) -> list[Word]:
    """Newest first: one for each time that colour, rationale or close date changed."""
    said = {
        "confidence": deal.confidence,
        "confidence_rationale": deal.confidence_rationale,
        "close_date": deal.close_date and deal.close_date.isoformat(),
    }
    words = []
    for event in Event.objects.about(deal).select_related("actor").reverse():
        was = {name: old for name, old in olds(event.data) if name in said}
        if was:
            closes = said["close_date"]
            day = date.fromisoformat(closes) if closes else None
            colour, why = str(said["confidence"]), str(said["confidence_rationale"])
            words.append(Word(event.at, event.actor, colour, why, day))
            said |= was
    return words

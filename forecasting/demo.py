"""What the demo's desk and CRM disagreed about: close dates left behind, and what is so today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from emdesk.ledger.models import Event, Origin
from forecasting.drift import Told, began, ended, sweep
from forecasting.drift_rules import CLOSE_DATE_PAST
from scoping.models.opportunity import UNDER_WAY, Opportunity

if TYPE_CHECKING:
    from scoping.demo.story import Story

MORNING = time(6, 15)
HOUR = timedelta(hours=1)


def tell_drift(stories: Sequence[Story]) -> Iterable[Event]:
    """Close dates that were past until somebody moved them, and those that still are."""
    for story in stories:
        if deal := story.issue.opportunity:
            yield from _left_behind(story, deal)


def _left_behind(story: Story, deal: Opportunity) -> Iterator[Event]:
    pair = Told(story.issue.pk, CLOSE_DATE_PAST)
    over = story.issue.created_at
    for act in story.acts:
        was, _ = act.changed.get("close_date", (None, None))
        begins = max(_morning_after(was), over + HOUR) if was else act.at
        if begins < act.at < story.now - HOUR:
            over = act.at + HOUR
            yield began(pair, deal.pk, begins, Origin.DEMO)
            yield ended(pair, over, mended=True, origin=Origin.DEMO)
    if story.issue.live and deal.stage in UNDER_WAY and deal.close_date:
        begins = max(_morning_after(deal.close_date.isoformat()), over + HOUR)
        if begins < story.now:
            yield began(pair, deal.pk, begins, Origin.DEMO)


def see_drift(at: datetime) -> None:
    """Everything else is first seen by the night's sweep."""
    sweep(at, Origin.DEMO)


def _morning_after(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day) + timedelta(days=1), MORNING, UTC)

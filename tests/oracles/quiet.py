"""The two-months rule once more, a day at a time, from raw events; written from the domain alone.

An event is a plain dictionary: at, verb, person (whether somebody did it here), before, after and
data. A night is the moment in which the rule was applied; between two of them days may lie.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Raw = dict[str, Any]
ONE = timedelta(days=1)
ORDER = ("six_weeks", "one_week", "two_months")
WORK = {
    "activity.commented",
    "scoping.amended",
    "scoping.status_set",
    "scoping.call_held",
    "scoping.meeting_planned",
    "scoping.answered",
}


def months_later(day: date, months: int) -> date:
    """The same number in a later month; where there is none, the day before, and so on."""
    year, month = day.year, day.month
    for _ in range(months):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    number = day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


def nights(
    events: Sequence[Raw], moments: Iterable[datetime], zone: str, grace: int
) -> list[tuple[datetime, str, date]]:
    """What each night did: its moment, a mark or “closed”, and the day the two months were over."""
    done: list[tuple[datetime, str, date]] = []
    told: list[tuple[str, date, date]] = []
    for moment in moments:
        before = [event for event in events if event["at"] <= moment]
        over = _day(moment, zone) - ONE
        if not before or before[-1]["at"] > moment or _closed(before, done):
            continue
        active = _active(before, zone)
        said, until = _kept(before, zone)
        due, governed = months_later(active, 2), False
        if until is not None and until > due:
            due, governed = until, True
        mine = [(mark, night) for mark, about, night in told if about == due]
        if mine and _closes(over, due, mine[0][1], grace):
            done.append((moment, "closed", due))
            continue
        mark = _reached(active, due, over, said if governed else None)
        if mark and (not mine or ORDER.index(mark) > max(ORDER.index(each) for each, _ in mine)):
            told.append((mark, due, over))
            done.append((moment, mark, due))
    return done


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _closed(events: Sequence[Raw], done: Sequence[tuple[datetime, str, date]]) -> bool:
    """Closed by the rule, or by anybody, and not opened again since."""
    moved = [(event["at"], event["after"]) for event in events if event["before"] != event["after"]]
    moved += [(at, "closed") for at, what, _ in done if what == "closed"]
    return max(moved)[1] == "closed"


def _active(events: Sequence[Raw], zone: str) -> date:
    """Day by day: whoever worked on it, and every day of a hold up to its review."""
    active, held, review, since = None, False, None, None
    for event in events:
        day = _day(event["at"], zone)
        moved = event["before"] != event["after"]
        if active is None or (event["person"] and (moved or event["verb"] in WORK)):
            active = max(active or day, day)
        if moved:
            held = event["after"] == "on_hold"
            if held:
                said = event["data"].get("review_date")
                review = date.fromisoformat(said) if said else review
                since = since if event["verb"].endswith("moved_back") else day
    assert active is not None
    if held and review is not None and since is not None:
        end = min(review, months_later(since, 6))
        while active < end:
            active += ONE
    return active


def _kept(events: Sequence[Raw], zone: str) -> tuple[date | None, date | None]:
    kept = [event for event in events if event["verb"] == "scoping.kept"]
    if not kept:
        return None, None
    return _day(kept[-1]["at"], zone), date.fromisoformat(kept[-1]["data"]["until"])


def _reached(active: date, due: date, over: date, said: date | None) -> str:
    """The last mark that the days up to ``over`` came past. ``said`` is when a keep was given."""
    reached, day = "", min(active, due) - timedelta(days=120)
    while day <= over:
        if said is None and (day - active).days == 42:
            reached = "six_weeks"
        if (due - day).days == 7 and (said is None or day > said):
            reached = "one_week"
        if day == due:
            reached = "two_months"
        day += ONE
    return reached


def _closes(over: date, due: date, first: date, grace: int) -> bool:
    """Whether as many days of grace are over, since the two months and since the first notice."""
    day, left = max(due, first), grace
    while day < over and left:
        day += ONE
        left -= 1
    return left == 0 and day <= over

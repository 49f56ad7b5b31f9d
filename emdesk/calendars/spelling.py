"""Working time as people write it: ``09:00–12:00, 13:00–17:00``, nothing for a closed day."""

from __future__ import annotations

import re
from collections.abc import Sequence

from emdesk.calendars.hours import Window, Windows

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?"
SPAN = re.compile(rf"{CLOCK}\s*(?:-|–|—|to)\s*{CLOCK}")
BETWEEN = re.compile(r"[,;\n]|\band\b")
LONGEST = 200


class NotWorkingTime(ValueError):
    """What is wrong with a written working time, for whoever wrote it."""


def read(text: str) -> Windows:
    """The windows in order, those that touch as one. Raises :class:`NotWorkingTime`."""
    parts = [part.strip() for part in BETWEEN.split(text) if part.strip()]
    windows = sorted(_window(part) for part in parts)
    found: list[Window] = []
    for window in windows:
        if found and window.opens < found[-1].closes:
            raise NotWorkingTime(f"{spell([found[-1]])} and {spell([window])} overlap.")
        if found and window.opens == found[-1].closes:
            window = Window(found.pop().opens, window.closes)
        found.append(window)
    return tuple(found)


def spell(windows: Sequence[Window]) -> str:
    return ", ".join(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in windows)


def spell_week(week: Sequence[Windows]) -> str:
    """“Mon–Fri 09:00–17:00; Sat 10:00–12:00”: days of the same hours together."""
    runs: list[tuple[int, int, Windows]] = []
    for day, windows in enumerate(week):
        if runs and runs[-1][2] == windows:
            runs[-1] = (runs[-1][0], day, windows)
        else:
            runs.append((day, day, windows))
    return "; ".join(f"{_days(*run[:2])} {spell(run[2])}" for run in runs if run[2])


def _window(part: str) -> Window:
    found = SPAN.fullmatch(part)
    if not found:
        raise NotWorkingTime(f"“{part[:40]}” is not a working time. Write it like 09:00–17:00.")
    opens, closes = _minutes(found[1], found[2]), _minutes(found[3], found[4])
    if closes <= opens:
        raise NotWorkingTime(
            f"{_clock(opens)}–{_clock(closes)} ends before it starts. Work past midnight belongs"
            " to two days: until 24:00 on the first, from 00:00 on the next."
        )
    return Window(opens, closes)


def _minutes(hour: str, minute: str | None) -> int:
    minutes = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or minutes > 24 * 60:
        raise NotWorkingTime(f"{hour}:{minute or '00'} is no time of day. 24:00 is the latest.")
    return minutes


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _days(first: int, last: int) -> str:
    names = [WEEKDAYS[day][:3] for day in (first, last)]
    return names[0] if first == last else "–".join(names)

"""The promises of domain.md §2.2, kept with a pencil: one list of what happened, read slowly.

Events are ``(name, at)`` or ``(name, at, detail)``: raised, contact, call, estimate, intent, draft,
final, sent, hold, resume, pen, pen back, leg, closed, reopened, strawman (the card comes to Strawman_WIP or
Estimate_Feedback), sow (to SOW_WIP), approval (to Ready For Approval or Approved); halt and go on,
whose last detail names the promise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

HOURS = {"first_contact": 24, "estimate": 72, "sow_draft": 48, "stamped_sow": 72}
SAID_START = {
    "raised": "first_contact",
    "call": "estimate",
    "intent": "sow_draft",
    "final": "stamped_sow",
}
SHOWN_START = {"sow": "sow_draft", "approval": "stamped_sow"}
SAID_STOP = {
    "contact": ["first_contact"],
    "call": ["first_contact"],
    "estimate": ["estimate"],
    "draft": ["sow_draft"],
    "sent": ["stamped_sow"],
}
SHOWN_STOP = {
    "estimate": ["first_contact"],
    "intent": ["estimate"],
    "final": ["sow_draft"],
    "strawman": ["first_contact"],
    "sow": ["first_contact", "estimate"],
    "approval": ["first_contact", "estimate", "sow_draft"],
}


@dataclass
class Promise:
    key: str
    start: datetime
    shown: bool = False
    end: datetime | None = None
    kept: bool = False
    end_shown: bool = False
    halts: list[tuple[datetime, datetime | None]] = field(default_factory=list)


def promises(events: list[tuple]) -> list[Promise]:
    """Every time each promise was made, in the order they were."""
    made: list[Promise] = []
    for name, at, *detail in events:
        if name in ("halt", "go on"):
            _halted(made, name, at, detail[-1])
        for key in SAID_STOP.get(name, []):
            _kept(made, key, at, shown=False)
        for key in SHOWN_STOP.get(name, []):
            _kept(made, key, at, shown=True)
        _made(made, name, at)
        if name == "closed":
            _given_up(made, at)
        if name == "reopened":
            _taken_up(made, at)
    return made


def _made(made: list[Promise], name: str, at: datetime) -> None:
    if name in SAID_START:
        _said(made, SAID_START[name], at)
    if name in SHOWN_START and not any(each.key == SHOWN_START[name] for each in made):
        made.append(Promise(SHOWN_START[name], at, shown=True))


def _halted(made: list[Promise], name: str, at: datetime, key: str) -> None:
    own = [each for each in made if each.key == key and each.end is None]
    if not own:
        return
    stands = bool(own[-1].halts) and own[-1].halts[-1][1] is None
    if name == "halt" and not stands:
        own[-1].halts.append((max(at, own[-1].start), None))
    if name == "go on" and stands:
        begin = own[-1].halts[-1][0]
        own[-1].halts[-1] = (begin, max(at, begin))


def _given_up(made: list[Promise], at: datetime) -> None:
    for each in made:
        if each.end is None:
            each.end, each.end_shown = max(at, each.start), True


def _taken_up(made: list[Promise], at: datetime) -> None:
    for key in HOURS:
        own = [each for each in made if each.key == key]
        if own and own[-1].end is not None and not own[-1].kept:
            made.append(Promise(key, at, shown=True))


def _said(made: list[Promise], key: str, at: datetime) -> None:
    own = [each for each in made if each.key == key]
    if not own or own[-1].end is not None:
        made.append(Promise(key, at))
    elif own[-1].shown:
        own[-1].start, own[-1].shown = at, False


def _kept(made: list[Promise], key: str, at: datetime, *, shown: bool) -> None:
    own = [each for each in made if each.key == key]
    if not own:
        return
    last = own[-1]
    better = last.end is not None and last.end_shown and not shown and at <= last.end
    if last.end is None or better:
        last.end, last.kept, last.end_shown = max(at, last.start), True, shown


def holds(events: list[tuple]) -> list[tuple[datetime, datetime | None]]:
    spells: list[tuple[datetime, datetime | None]] = []
    for name, at, *_ in events:
        open_one = bool(spells) and spells[-1][1] is None
        if name == "hold" and not open_one:
            spells.append((at, None))
        if open_one and name in ("resume", "closed") and _[:1] != ["not held"]:
            spells[-1] = (spells[-1][0], max(at, spells[-1][0]))
    return spells


def pens(events: list[tuple]) -> list[tuple[datetime, datetime | None]]:
    """When the customer held the pen."""
    spells: list[tuple[datetime, datetime | None]] = []
    for name, at, *_ in events:
        with_them = bool(spells) and spells[-1][1] is None
        if name == "pen" and not with_them:
            spells.append((at, None))
        if with_them and name in ("pen back", "final"):
            spells[-1] = (spells[-1][0], max(at, spells[-1][0]))
    return spells


def due(
    start: datetime, seconds: int, spells: list[tuple[datetime, datetime | None]]
) -> datetime | None:
    """Second by second in whole numbers: those of a hold do not count. None: held for ever."""
    base = start.timestamp()
    cut = [
        (max(begin.timestamp() - base, 0), end.timestamp() - base if end else None)
        for begin, end in spells
        if end is None or end > start
    ]
    moment, left = 0.0, float(seconds)
    for begin, end in sorted(cut, key=lambda each: each[0]):
        if begin > moment:
            used = begin - moment
            if used >= left:
                break
            left -= used
        if end is None:
            return None
        moment = max(moment, end)
    return start + timedelta(seconds=moment + left)


def state(promise: Promise, spells: list[tuple[datetime, datetime | None]]) -> str:
    """Where a promise stands before anybody announced anything."""
    until = [
        (begin, min(end, promise.end) if end and promise.end else end or promise.end)
        for begin, end in [*spells, *promise.halts]
        if promise.end is None or begin < promise.end
    ]
    time_up = due(promise.start, HOURS[promise.key] * 3600, until)
    if promise.end is None:
        return "paused" if time_up is None else "running"
    if not promise.kept:
        return "cancelled"
    return "met" if time_up is None or promise.end <= time_up else "late"


def report(rows: list[dict], by: str) -> dict[str, dict[str, float]]:
    """Each group's counts, share kept, median and 85th percentile of hours, read one by one.

    A row has ``part``, ``hours`` (what counted until it was kept, or None) and the ``by`` field.
    """
    found: dict[str, dict[str, float]] = {}
    for name in {row[by] for row in rows}:
        own = [row for row in rows if row[by] == name]
        line: dict[str, float] = {}
        for row in own:
            line[row["part"]] = line.get(row["part"], 0) + 1
        judged = [row for row in own if row["part"] in ("met", "late", "overdue")]
        met = [row for row in own if row["part"] == "met"]
        line["rate"] = len(met) / len(judged) if judged else -1
        lengths = sorted(row["hours"] for row in own if row["hours"] is not None)
        line["median"], line["p85"] = _at(lengths, 0.5), _at(lengths, 0.85)
        found[name] = line
    return found


def _at(lengths: list[float], share: float) -> float:
    """As a ruler laid through the sorted lengths would read it."""
    if not lengths:
        return -1
    place = share * (len(lengths) - 1)
    below = int(place // 1)
    if below == len(lengths) - 1:
        return lengths[below]
    return lengths[below] * (below + 1 - place) + lengths[below + 1] * (place - below)

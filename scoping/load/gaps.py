"""Gaps in coverage: territories and segments nobody works, today or from a day soon.

A territory is covered by whoever covers it or, as a whole, its segment; a segment by whoever
covers it, or when every one of its territories is. Covering takes somebody active, who is
an engagement manager and at work that day or has a delegate who acts for them (domain.md §2.5).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import Coalesce

from emdesk.people.models import Absence, Coverage, Role, Segment, Territory, User
from scoping.models import Account
from scoping.models.finding import ScopingIssueQuerySet

HORIZON = timedelta(days=92)
A_DAY = timedelta(days=1)
Covered = Callable[[date], bool]


@dataclass(frozen=True)
class Gap:
    """``until`` is its last day, None when no end is known. ``kind`` is territory or segment."""

    kind: str
    part: Territory | Segment
    since: date
    until: date | None
    because: str
    accounts: int = 0
    issues: int = 0


@dataclass(frozen=True)
class Covering:
    """All coverage and every absence still to end, and what follows from them for a day."""

    coverage: Sequence[Coverage]
    absences: dict[int, list[Absence]]

    def at_work(self, user: User, day: date) -> bool:
        """They are an engagement manager, and there themselves or by a delegate."""
        if not (user.is_active and user.has(Role.EM)):
            return False
        return self.absence(user.pk, day) is None or self.stand_in(user, day) is not None

    def absence(self, pk: int, day: date) -> Absence | None:
        days = self.absences.get(pk, ())
        return next((each for each in days if each.first_day <= day <= each.last_day), None)

    def stand_in(self, user: User, day: date) -> User | None:
        """As :meth:`User.delegate_on`, without a query for each day."""
        first = self.absence(user.pk, day)
        if first is None:
            return None
        second = self.absence(first.delegate_id, day)
        found = second.delegate if second else first.delegate
        return found if found.is_active and found != user else None

    def covered(self, rows: Sequence[Coverage], day: date) -> bool:
        return any(in_force(row, day) and self.at_work(row.user, day) for row in rows)

    def breaks(self, today: date) -> list[date]:
        """Days on which anything can change, within the horizon, today first."""
        days = {today}
        for row in self.coverage:
            days |= {row.since} | ({row.until + A_DAY} if row.until else set())
        for absence in (each for rows in self.absences.values() for each in rows):
            days |= {absence.first_day, absence.last_day + A_DAY}
        return sorted(day for day in days if today <= day <= today + HORIZON)

    def why(self, rows: Sequence[Coverage], day: date) -> str:
        """Why nobody works it that day, by the coverage that came closest."""
        for row in rows:
            if in_force(row, day) and not self.at_work(row.user, day):
                return self._why_not(row.user, day)
        ended = [row for row in rows if row.until and row.until < day]
        if not ended:
            return "Nobody is named for it"
        last = max(ended, key=lambda row: row.until or day)
        return f"The coverage of {last.user} ends on {last.until:%-d %b %Y}"

    def _why_not(self, user: User, day: date) -> str:
        if not user.is_active:
            return f"{user} has left"
        if not user.has(Role.EM):
            return f"{user} is no engagement manager any more"
        away = self.absence(user.pk, day)
        until = f" until {away.last_day:%-d %b}" if away else ""
        return f"{user} is away{until} and nobody can stand in"


def in_force(row: Coverage, day: date) -> bool:
    return row.since <= day and (row.until is None or day <= row.until)


def covering(today: date) -> Covering:
    absences: dict[int, list[Absence]] = defaultdict(list)
    for absence in Absence.objects.ahead(today).select_related("delegate"):
        absences[absence.user_id].append(absence)
    return Covering(list(Coverage.objects.select_related("user")), absences)


def gaps(issues: ScopingIssueQuerySet, today: date) -> list[Gap]:
    """The first gap of every part within the horizon, those of today first; eight queries."""
    known = covering(today)
    territories = list(Territory.objects.select_related("segment"))
    segments = list(Segment.objects.filter(is_active=True))
    found = [_of_territory(known, each, today) for each in territories]
    found += [_of_segment(known, each, territories, today) for each in segments]
    counts = _counts(issues.live())
    return sorted(
        (_counted(gap, counts) for gap in found if gap),
        key=lambda gap: (gap.since, gap.kind, str(gap.part)),
    )


def _of_territory(known: Covering, territory: Territory, today: date) -> Gap | None:
    rows = _rows_of(known, territory)
    return _gap(known, "territory", territory, rows, lambda day: known.covered(rows, day), today)


def _rows_of(known: Covering, territory: Territory) -> list[Coverage]:
    """Coverage of the territory, for all of it, and of its segment."""
    whole = {None, territory.segment_id}
    return [
        row
        for row in known.coverage
        if (row.territory_id == territory.pk and row.segment_id in whole)
        or (row.territory_id is None and row.segment_id == territory.segment_id)
    ]


def _of_segment(
    known: Covering, segment: Segment, territories: Sequence[Territory], today: date
) -> Gap | None:
    own = [r for r in known.coverage if r.territory_id is None and r.segment_id == segment.pk]
    within = [_rows_of(known, each) for each in territories if each.segment_id == segment.pk]

    def covered(day: date) -> bool:
        parts = bool(within) and all(known.covered(rows, day) for rows in within)
        return known.covered(own, day) or parts

    return _gap(known, "segment", segment, own, covered, today)


def _gap(
    known: Covering,
    kind: str,
    part: Territory | Segment,
    rows: Sequence[Coverage],
    covered: Covered,
    today: date,
) -> Gap | None:
    days = known.breaks(today)
    since = next((day for day in days if not covered(day)), None)
    if since is None:
        return None
    back = next((day for day in days if day > since and covered(day)), None)
    return Gap(kind, part, since, back and back - A_DAY, known.why(rows, since))


Counts = dict[tuple[str, str], dict[int, int]]


def _counts(issues: ScopingIssueQuerySet) -> Counts:
    """Accounts and live issues by territory and by segment."""
    accounts, segment = Account.objects.order_by(), Coalesce("segment", "account__segment")
    return {
        ("territory", "accounts"): _tally(accounts, "sales_territory"),
        ("territory", "issues"): _tally(issues.order_by(), "account__sales_territory"),
        ("segment", "accounts"): _tally(accounts, "segment"),
        ("segment", "issues"): _tally(issues.order_by().annotate(of=segment), "of"),
    }


def _tally(rows: Any, by: str) -> dict[int, int]:
    return dict(rows.values_list(by).annotate(count=Count("pk")))


def _counted(gap: Gap, counts: Counts) -> Gap:
    numbers = {what: counts[gap.kind, what].get(gap.part.pk, 0) for what in ("accounts", "issues")}
    return Gap(gap.kind, gap.part, gap.since, gap.until, gap.because, **numbers)

"""What the rule would do tonight and in the coming week, and what that does to the win rate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from emdesk.people.models import User
from scoping.models import ScopingIssue
from scoping.models.finding import ScopingIssueQuerySet
from scoping.quarters import FiscalCalendar
from scoping.quiet.days import Mark
from scoping.quiet.silences import Quiet, silent
from scoping.win_rate import Tally, win_rate
from scoping.win_rate_axes import Basis

NIGHTS = timedelta(days=6)  # tonight is the first of seven


class Phase(StrEnum):
    """Where an issue stands with the rule; each in exactly one."""

    TONIGHT = "tonight"
    WEEK = "week"
    KEPT = "kept"
    LATER = "later"


@dataclass(frozen=True)
class Foreseen:
    """One quiet issue: when it closes unless something happens, and what it is told tonight."""

    quiet: Quiet
    closes_on: date
    phase: Phase
    tells: Mark | None


@dataclass(frozen=True)
class Effect:
    """One quarter's rate as it is, after tonight, and after the seven nights."""

    now: Tally
    tonight: Tally
    week: Tally

    @property
    def lost_tonight(self) -> int:
        return self.tonight.lost - self.now.lost

    @property
    def lost_in_week(self) -> int:
        return self.week.lost - self.now.lost


def quiet_of(user: User) -> ScopingIssueQuerySet:
    """All for leads, one's own for an engagement manager."""
    visible = ScopingIssue.objects.visible_to(user)
    return visible if user.leads else visible.worked_by(user)


def foresee(issues: ScopingIssueQuerySet, at: datetime, today: date) -> list[Foreseen]:
    """Quiet issues, what closes first on top."""
    return [_foreseen(each, today) for each in silent(issues, at, ahead=NIGHTS)]


def _foreseen(quiet: Quiet, today: date) -> Foreseen:
    silence = quiet.silence
    closes_on, reached = silence.closes_on(today), silence.reached(today)
    tells = reached[-1][0] if reached and closes_on > today else None
    return Foreseen(quiet, closes_on, _phase(silence.kept, closes_on, today), tells)


def _phase(kept: bool, closes_on: date, today: date) -> Phase:  # noqa: FBT001 (a fact)
    if closes_on <= today:
        return Phase.TONIGHT
    if closes_on <= today + NIGHTS:
        return Phase.WEEK
    return Phase.KEPT if kept else Phase.LATER


def refusals(foreseen: Iterable[Foreseen], at: datetime) -> dict[int, str]:
    """Why some that would close in the week cannot."""
    pks = [each.quiet.pk for each in foreseen if each.phase in (Phase.TONIGHT, Phase.WEEK)]
    closing = ScopingIssue.objects.filter(pk__in=pks) if pks else []
    unmet = {issue.pk: issue.unmet("lose", None, at) for issue in closing}
    return {pk: " ".join(each.reason for each in found) for pk, found in unmet.items() if found}


def effect(foreseen: Sequence[Foreseen], refused: Iterable[int], user: User) -> list[Effect]:
    """Each quarter that tonight or the week changes, the oldest first."""
    calendar, held_back = FiscalCalendar(), set(refused)
    lost: dict[Phase, Counter[str]] = {Phase.TONIGHT: Counter(), Phase.WEEK: Counter()}
    for each in foreseen:
        if each.phase in lost and each.quiet.pk not in held_back:
            lost[each.phase][str(calendar.quarter_of(each.quiet.silence.due))] += 1
    keys = {*lost[Phase.TONIGHT], *lost[Phase.WEEK]}
    if not keys:
        return []
    rows = {row.key: row for row in win_rate(Basis.ISSUES, "quarter", user).rows}
    return [
        Effect(
            now := rows.get(key, Tally(key)),
            tonight := _with_lost(now, lost[Phase.TONIGHT][key]),
            _with_lost(tonight, lost[Phase.WEEK][key]),
        )
        for key in sorted(keys, key=lambda key: (key[2:], key[1]))
    ]


def _with_lost(tally: Tally, lost: int) -> Tally:
    return replace(tally, lost=tally.lost + lost, timed_out=tally.timed_out + lost)

"""The week's calls as pages show them: each figure spelled, and how far it is from the deals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime

from emdesk.money import in_full, in_short
from forecasting.calls import ASKED, CallLine, Calls, Entry
from forecasting.models import Kind, Submission


@dataclass(frozen=True)
class Called:
    """One figure of a call; ``apart`` is how far it is from what deals add up to."""

    short: str
    full: str
    apart: str = ""


@dataclass(frozen=True)
class CallShown:
    name: str
    url: str
    computed: list[Called]
    own: list[Called]
    lead: list[Called]
    led_by: str
    note: str
    when: str
    late: bool = False
    missing: bool = False


@dataclass(frozen=True)
class EntryShown:
    """One line of a call's history."""

    entry: Entry
    who: str
    figures: list[Called]
    computed: list[Called]


class CallsShown:
    def __init__(self, calls: Calls) -> None:
        self.calls, self.currency = calls, calls.forecast.currency

    @property
    def lines(self) -> list[CallShown]:
        return [self._line(line) for line in self.calls.lines]

    @property
    def desk(self) -> CallShown:
        """All of them together, and what a lead says of the whole."""
        line = self.calls.desk
        together = [self.calls.called(str(each)) for each in ASKED]
        own = self._beside(together, line) if self.calls.handed_in else []
        return replace(self._shown(line, "Together", own, self._in_words), missing=False)

    @property
    def _in_words(self) -> str:
        return f"{self.calls.handed_in} of {len(self.calls.lines)} called"

    def _line(self, line: CallLine) -> CallShown:
        shown = self._shown(line, str(line.em), self.said(line.own, line), when(line))
        return shown if line.own else replace(shown, note=self._last(line.before))

    def _last(self, said: Submission | None) -> str:
        """What was called the week before, in words."""
        if said is None:
            return ""
        commit, best = (in_short(each, said.currency) for each in (said.commit, said.best_case))
        return f"On {localtime(said.at):%-d %b} {commit} and {best}"

    def _shown(self, line: CallLine, name: str, own: list[Called], told: str) -> CallShown:
        quarter, whose = str(self.calls.forecast.quarter), line.em.pk if line.em else 0
        return CallShown(
            name,
            reverse("forecasting:call", args=[quarter, whose]),
            [self.spelled(line.computed[str(each)]) for each in ASKED],
            own,
            self.said(line.lead, line),
            str(line.lead.by) if line.lead else "",
            line.own.note if line.own else "",
            told,
            late=bool(line.own and line.own.late),
            missing=line.missed,
        )

    def said(self, said: Submission | None, line: CallLine) -> list[Called]:
        """What was called, beside what deals say now."""
        if said is None:
            return []
        figures = [said.commit, said.best_case]
        if said.currency != self.currency:
            return [self.spelled(each, said.currency) for each in figures]
        return self._beside(figures, line)

    def _beside(self, figures: list[Decimal], line: CallLine) -> list[Called]:
        return [
            self.spelled(figure, apart=apart(figure - line.computed[str(each)], self.currency))
            for figure, each in zip(figures, ASKED, strict=True)
        ]

    def entries(self, history: Iterable[Entry]) -> list[EntryShown]:
        """Beside each line what deals added up to when it was said."""
        return [self._entry(entry) for entry in history]

    def _entry(self, entry: Entry) -> EntryShown:
        said = entry.line
        if said is None:
            return EntryShown(entry, f"Reopened by {entry.by}", [], [])
        pairs = [
            (said.commit, said.computed_commit),
            (said.best_case, said.computed_best_case),
        ]
        figures = [
            self.spelled(called, said.currency, apart(called - then, said.currency))
            for called, then in pairs
        ]
        computed = [self.spelled(then, said.currency) for _, then in pairs]
        who = f"{said.by}, beside it" if said.kind == Kind.LEAD else str(said.by)
        return EntryShown(entry, who, figures, computed)

    def spelled(self, worth: Decimal, currency: str = "", apart: str = "") -> Called:
        code = currency or self.currency
        return Called(in_short(worth, code), in_full(worth, code), apart)


def when(line: CallLine) -> str:
    """When it was called or has to be, by the clock of who reads it."""
    if line.own:
        return f"{localtime(line.own.at):%a %-d %b %H:%M}"
    if line.reopened:
        return "Reopened, not called yet"
    locks = localtime(line.week.locks_at)
    return "Not called" if line.locked else f"Not yet; locks {locks:%a %H:%M}"


def apart(difference: Decimal, currency: str) -> str:
    """How far a call is from the deals; nothing when it is what they say."""
    if not difference:
        return ""
    more = "above" if difference > 0 else "below"
    return f"{in_short(abs(difference), currency)} {more} the deals"


def asking(shown: CallsShown, line: CallLine) -> dict[str, Any]:
    """What the form of a call is shown with."""
    computed = [shown.spelled(worth) for worth in line.computed.values()]
    return {"line": line, "computed": computed, "before": shown.said(line.before, line)}

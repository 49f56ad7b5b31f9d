"""A quiet issue as a row of the page: what was done last, the day of each mark, what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from emdesk.activity.sentences import describe
from emdesk.ledger.models import Event
from emdesk.people.models import User
from scoping import rules
from scoping.models import ScopingIssue
from scoping.quarters import FiscalCalendar
from scoping.quiet.days import Mark, Silence
from scoping.quiet.foreseeing import Foreseen

MARKS = {
    Mark.SIX_WEEKS: "Six weeks",
    Mark.ONE_WEEK: "A week before",
    Mark.TWO_MONTHS: "Two months",
}
TELLS = {
    Mark.SIX_WEEKS: "six weeks are over",
    Mark.ONE_WEEK: "a week is left of two months",
    Mark.TWO_MONTHS: "two months are over",
}


@dataclass(frozen=True)
class Line:
    """``acted_on`` is the day of the last activity, ``refused`` why it cannot close."""

    issue: ScopingIssue
    foreseen: Foreseen
    last: Event | None
    acted_on: date
    quarter: str
    refused: str
    may_keep: bool
    today: date

    @property
    def silence(self) -> Silence:
        return self.foreseen.quiet.silence

    @property
    def says(self) -> str:
        """What was done last, and by whom."""
        return describe(self.last) if self.last else "Nothing was done here yet"

    @property
    def marks(self) -> list[tuple[str, date | None, bool]]:
        """Name, day and whether it is over; no day for a mark that a keep leaves out."""
        days = dict(self.silence.marks)
        found = [(name, days.get(mark)) for mark, name in MARKS.items()]
        return [(name, day, day is not None and day <= self.today) for name, day in found]

    @property
    def tells(self) -> str:
        return TELLS[self.foreseen.tells] if self.foreseen.tells else ""


def lines(
    shown: Sequence[Foreseen], refused: Mapping[int, str], user: User, today: date
) -> list[Line]:
    """Rows for a person, in a fixed number of queries."""
    issues = ScopingIssue.objects.with_people().in_bulk([each.quiet.pk for each in shown])
    keys = [each.quiet.activity for each in shown if each.quiet.activity]
    events = Event.objects.select_related("actor").in_bulk(keys)
    calendar = FiscalCalendar()
    return [
        Line(
            issue := issues[each.quiet.pk],
            each,
            last := events.get(each.quiet.activity or 0),
            calendar.day_at(last.at) if last else each.quiet.silence.active_on,
            str(calendar.quarter_of(each.quiet.silence.due)),
            refused.get(issue.pk, ""),
            rules.closes(issue, user),
            today,
        )
        for each in shown
        if each.quiet.pk in issues
    ]

"""What to show of everybody's load, and whom to give it to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import QueryDict

from emdesk.people.models import Segment, Territory, User
from scoping.forms.board import SegmentField
from scoping.load.desks import matching
from scoping.models.finding import ScopingIssueQuerySet
from scoping.roster import Roster
from scoping.states import LIVE

NOBODY = "none"
SPREAD = "spread"
GIVEN = re.compile(r"([0-9]{1,9}):([0-9]{1,9}):([0-9]{1,9}):([0-9]{1,9})", re.ASCII)


class RowsFilter(forms.Form):
    """Which live issues: whose, where, and how pressing. What it does not know it ignores."""

    em = forms.ModelChoiceField(User.objects.all(), required=False, label="Engagement manager")
    state = forms.ChoiceField(
        choices=[("", "All columns"), *((state.value, state.label) for state in LIVE)],
        required=False,
        label="Column",
    )
    segment = SegmentField(Segment.objects.all(), required=False, empty_label="All segments")
    territory = forms.ModelChoiceField(
        Territory.objects.all(), required=False, empty_label="All territories"
    )
    due = forms.ChoiceField(
        choices=[("", "Any date"), ("overdue", "Overdue"), ("soon", "Due in 7 days")],
        required=False,
        label="Next step",
    )
    status = forms.ChoiceField(choices=[("", "Any status"), ("todo", "To do")], required=False)
    quiet = forms.BooleanField(required=False, label="No next step")

    def __init__(self, data: QueryDict, people: list[User]) -> None:
        super().__init__(data, auto_id="rows-%s")
        self.nobody = data.get("em") == NOBODY
        names = [(person.pk, person.name) for person in people]
        self.fields["em"].widget.choices = [("", "Everybody"), (NOBODY, "Nobody yet"), *names]
        self.is_valid()

    @property
    def person(self) -> User | None:
        return self.cleaned_data.get("em")

    @property
    def address(self) -> str:
        kept = [(name, value) for name in self.fields for value in self._values(name)]
        return urlencode(kept)

    def _values(self, name: str) -> list[str]:
        data: Any = self.data
        return [value for value in data.getlist(name) if value]

    def applied(self, issues: ScopingIssueQuerySet, today: date) -> ScopingIssueQuerySet:
        chosen = self.cleaned_data
        issues = issues.live()
        if self.nobody:
            issues = issues.unassigned()
        elif chosen.get("em"):
            issues = issues.worked_by(chosen["em"])
        if chosen.get("state"):
            issues = issues.filter(state=chosen["state"])
        if segment := chosen.get("segment"):
            issues = issues.filter(Q(segment=segment) | Q(segment=None, account__segment=segment))
        if chosen.get("territory"):
            issues = issues.filter(account__sales_territory=chosen["territory"])
        if chosen.get("status"):
            issues = issues.to_do()
        if chosen.get("quiet"):
            issues = issues.without_next_step()
        return matching(issues, chosen.get("due", ""), today)


class Choice(forms.Form):
    """Whom to give issues to: one engagement manager, or those whom coverage and load name."""

    to = forms.ChoiceField(label="Give them to")
    anyone = forms.BooleanField(
        required=False,
        label="When spreading, give what nobody covers to whoever has the fewest live issues",
    )

    def __init__(self, roster: Roster, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.roster = roster
        spread = (SPREAD, "Whoever covers them, the least busy first")
        self.fields["to"].choices = [spread, *map(_choice, roster.managers)]  # type: ignore[attr-defined]


def _choice(manager: Any) -> tuple[str, str]:
    away = f", away until {manager.away.last_day:%-d %b}" if manager.away else ""
    return str(manager.user.pk), f"{manager.user.name}: {manager.load.live} live{away}"


@dataclass(frozen=True)
class Given:
    """One issue of a hand-over: how it stood when it was planned, and who is to get it."""

    pk: int
    moves: int
    had_by: int | None
    to: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        found = GIVEN.fullmatch(text)
        if found is None:
            return None
        pk, moves, had_by, to = map(int, found.groups())
        return cls(pk, moves, had_by or None, to)

    def __str__(self) -> str:
        return f"{self.pk}:{self.moves}:{self.had_by or 0}:{self.to}"


class ReasonForm(forms.Form):
    reason = forms.CharField(
        required=False,
        max_length=300,
        label="Why outside coverage",
        help_text="Kept in the history of each issue that goes to somebody who does not cover it.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: QueryDict | None = None, *, needed: bool) -> None:
        super().__init__(data)
        self.fields["reason"].required = needed
        self.fields["reason"].error_messages["required"] = (
            "Say why these go to somebody who does not cover them."
        )

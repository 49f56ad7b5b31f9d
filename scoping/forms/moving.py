"""What a move asks for before it can be made: the drop sheet.

A move asks the fields that unmet guards name, what the move itself needs (a hold its reason and
review date, a close its outcome), and a reason where a guard may be overridden.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.timezone import localdate

from emdesk.fiscal import Quarter
from emdesk.people.models import Segment, User
from emdesk.web import DayInput
from emdesk.workflow import Unmet
from scoping.deeds import Deed
from scoping.forms.deeds import HappenedAt
from scoping.models import ScopingIssue
from scoping.quarters import proposed_quarter
from scoping.states import (
    LOST_REASONS,
    UNCOUNTED_REASONS,
    WON_REASONS,
    CloseReason,
    State,
)

ASKED = ("segment", "engagement_manager")
OUTCOMES = [("win", "Closed won"), ("lose", "Closed lost"), ("dismiss", "Counts nowhere")]
REASONS = {"win": WON_REASONS, "lose": LOST_REASONS, "dismiss": UNCOUNTED_REASONS}
DISMISSALS = (CloseReason.DUPLICATE, CloseReason.DECLINED, CloseReason.UNQUALIFIED)


class MoveForm(forms.Form):
    """A move with nothing to ask but what its guards miss."""

    own: tuple[str, ...] = ()

    def __init__(
        self,
        issue: ScopingIssue,
        unmet: tuple[Unmet, ...],
        data: Any,
        *,
        user: User,
        at: datetime,
        deed: Deed | None = None,
    ) -> None:
        self.issue, self.unmet, self.user, self.deed = issue, unmet, user, deed
        asked = {name for each in unmet for name in each.guard.asks}
        super().__init__(data if self._answered(data, asked) else None)
        if "segment" in asked:
            self.fields["segment"] = forms.ModelChoiceField(
                Segment.objects.filter(is_active=True),
                required=False,
                initial=issue.account.segment_id,
            )
        if "engagement_manager" in asked:
            self.fields["engagement_manager"] = forms.ModelChoiceField(
                User.objects.engagement_managers(), required=False, initial=user.pk
            )
        if unmet and self.may_override:
            self.fields["override"] = forms.CharField(
                label="Or go on without, because", max_length=300, required=not asked
            )
        if deed:
            self.fields["deed"] = forms.BooleanField(label=deed.title, required=False)
            self.fields["happened_at"] = HappenedAt(f"{deed.title}: when")

    def _answered(self, data: Any, asked: set[str]) -> bool:
        return any(name in data for name in (*asked, *self.own, "override"))

    @property
    def may_override(self) -> bool:
        passable = all(each.guard.overridable for each in self.unmet)
        return passable and self.issue.may_override(self.user)

    def clean(self) -> dict[str, Any]:
        """What is asked is answered, unless there is a reason to go on without."""
        for name in ASKED:
            if name in self.fields and not self.cleaned_data.get(name) and not self.override:
                self.add_error(name, "Choose one.")
        return self.cleaned_data

    @property
    def fill(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ASKED if self.cleaned_data.get(name)}

    @property
    def override(self) -> str:
        return str(self.cleaned_data.get("override", ""))

    @property
    def details(self) -> dict[str, Any]:
        """The move's own arguments."""
        return {}


class HoldForm(MoveForm):
    own = ("reason", "review_date")

    reason = forms.CharField(label="Why is it on hold?", max_length=300)
    review_date = forms.DateField(label="Look again on", widget=DayInput())

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, at=at, **kwargs)
        self.today = localdate(at)

    def clean_review_date(self) -> date:
        day: date = self.cleaned_data["review_date"]
        if day <= self.today:
            raise forms.ValidationError("Choose a day after today.")
        return day

    @property
    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.own}


class CloseForm(MoveForm):
    own = ("outcome", "reason", "quarter", "note")

    outcome = forms.ChoiceField(choices=OUTCOMES, widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        choices=[
            ("", "Choose a reason"),
            ("Won", [(r, r.label) for r in WON_REASONS]),
            ("Lost", [(r, r.label) for r in LOST_REASONS if r != CloseReason.OTHER]),
            ("Counts nowhere", [(r, r.label) for r in DISMISSALS]),
        ]
    )
    quarter = forms.CharField(
        label="Close quarter", max_length=4, required=False, help_text="As on the label, like Q322."
    )
    note = forms.CharField(max_length=500, required=False)

    def __init__(
        self, issue: ScopingIssue, unmet: tuple[Unmet, ...], data: Any, *, at: datetime, **kw: Any
    ) -> None:
        super().__init__(issue, unmet, data, at=at, **kw)
        self.fields["quarter"].initial = str(proposed_quarter(issue, at))

    def clean_quarter(self) -> str:
        typed = self.cleaned_data["quarter"].strip().upper()
        if self.cleaned_data.get("outcome") == "dismiss":
            return ""
        try:
            return str(Quarter.parse(typed))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        super().clean()
        outcome, reason = self.cleaned_data.get("outcome"), self.cleaned_data.get("reason")
        if outcome and reason and reason not in REASONS[outcome]:
            label = dict(OUTCOMES)[outcome].lower()
            self.add_error("reason", f"This is not a reason for “{label}”. Choose one that is.")
        if reason == CloseReason.OTHER and not self.cleaned_data.get("note"):
            self.add_error("note", "Say in a few words what the other reason was.")
        return self.cleaned_data

    @property
    def details(self) -> dict[str, Any]:
        names = ("reason", "note") if self.dismisses else ("reason", "note", "quarter")
        return {name: self.cleaned_data[name] for name in names}

    @property
    def dismisses(self) -> bool:
        return bool(self.cleaned_data["outcome"] == "dismiss")


FORMS: dict[str, type[MoveForm]] = {State.ON_HOLD: HoldForm, State.CLOSED: CloseForm}


def form_for(target: str) -> type[MoveForm]:
    return FORMS.get(target, MoveForm)

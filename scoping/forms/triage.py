"""What each verdict of triage asks for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.timezone import localdate

from emdesk.people.models import Segment, User
from emdesk.web import DayInput
from scoping.forms.issue import MergeForm
from scoping.models import Awaited, ScopingIssue
from scoping.roster import Manager, roster
from scoping.states import CloseReason
from scoping.triage.asking import unanswered
from scoping.triage.proposing import Proposal, propose_manager, propose_segment
from scoping.triage.queue import kin
from scoping.triage.verdicts import DECLINED_FOR, next_call

LONGEST_SNOOZE = timedelta(days=366)
MOST_OWN = 20


class VerdictForm(forms.Form):
    """A form about one issue in triage."""

    def __init__(self, issue: ScopingIssue, data: Any = None, *, user: User, at: datetime) -> None:
        super().__init__(data)
        self.issue, self.user, self.at = issue, user, at
        self.today = localdate(at)
        self.prepare()

    def prepare(self) -> None:
        """Fill in what is proposed."""


class AcceptForm(VerdictForm):
    """Segment and engagement manager, proposed by the rules; another needs a reason."""

    segment = forms.ChoiceField()
    em = forms.ChoiceField(label="Engagement manager", widget=forms.RadioSelect)
    why = forms.CharField(
        label="Why somebody else?",
        max_length=300,
        required=False,
        help_text="Only if you choose another than the one proposed.",
    )

    def prepare(self) -> None:
        segments = list(Segment.objects.filter(is_active=True))
        self.segments = {str(segment.pk): segment for segment in segments}
        self.by_segment = propose_segment(self.issue, segments)
        self.choose("segment", self.segments, self.by_segment.segment, "Choose a segment")
        self.roster = roster(self.today)
        self.proposal = self.propose(self.by_segment.segment)
        self.managers = {str(each.user.pk): each for each in self.roster.managers}
        users = {pk: each.user for pk, each in self.managers.items()}
        self.choose("em", users, self.proposal.user)

    def choose(self, name: str, rows: Any, proposed: Any, empty: str = "") -> None:
        field: Any = self.fields[name]
        field.choices = [("", empty)] * bool(empty) + [(pk, str(row)) for pk, row in rows.items()]
        field.initial = str(proposed.pk) if proposed else ""

    def propose(self, segment: Segment | None) -> Proposal:
        territory = self.issue.account.sales_territory
        return propose_manager(territory, segment, self.roster)

    @property
    def choices(self) -> list[tuple[str, Manager, bool]]:
        """The proposed one first, then the others by load, those away last."""
        chosen = self["em"].value()
        ranked = sorted(self.managers.items(), key=lambda each: self._rank(each[1]))
        return [(pk, manager, pk == chosen) for pk, manager in ranked]

    def _rank(self, manager: Manager) -> tuple[Any, ...]:
        proposed = manager.user == self.proposal.user
        return not proposed, manager.away is not None, manager.load.live, manager.user.name

    def clean(self) -> dict[str, Any]:
        """The proposal follows from the segment that was chosen."""
        segment = self.segments.get(self.cleaned_data.get("segment", ""))
        manager = self.managers.get(self.cleaned_data.get("em", ""))
        if segment and manager:
            self.proposal = self.propose(segment)
            self.cleaned_data |= {"segment": segment, "em": manager.user}
            proposed = self.proposal.user
            if proposed not in {None, manager.user} and not self.cleaned_data.get("why"):
                self.add_error("why", f"Say why it goes to {manager.user} and not to {proposed}.")
        return self.cleaned_data


class DuplicateForm(VerdictForm):
    """The issue that goes on: one of the same account, or any other by its number."""

    into = forms.ChoiceField(label="It goes on in", widget=forms.RadioSelect, required=False)
    other = forms.CharField(
        label="Or in another issue", required=False, max_length=20, help_text="Like PS-1092."
    )

    def prepare(self) -> None:
        self.kin = {str(each.pk): each for each in kin(self.issue, self.user)}
        field: Any = self.fields["into"]
        field.choices = [
            (pk, f"{each.reference} {each.title} ({each.get_state_display()})")
            for pk, each in self.kin.items()
        ]
        field.initial = next(iter(self.kin), "")

    def clean(self) -> dict[str, Any]:
        named = self.cleaned_data.get("other", "")
        form = MergeForm(self.user, {"into": named})
        if named and not form.is_valid():
            self.add_error("other", form.errors["into"].as_data())
        elif named:
            self.cleaned_data["into"] = form.cleaned_data["into"]
        elif chosen := self.kin.get(self.cleaned_data.get("into", "")):
            self.cleaned_data["into"] = chosen
        else:
            self.add_error("other", "Choose the issue that goes on, or write its number.")
        return self.cleaned_data


class DeclineForm(VerdictForm):
    reason = forms.ChoiceField(
        choices=[(reason, CloseReason(reason).label) for reason in DECLINED_FOR],
        widget=forms.RadioSelect,
        initial=CloseReason.DECLINED,
    )
    note = forms.CharField(
        max_length=500, required=False, help_text="What you would tell the requester."
    )


class SnoozeForm(VerdictForm):
    """Until a day, or until something happens and at the latest until that day."""

    until = forms.ChoiceField(
        label="Until",
        choices=[("day", "the day below"), *Awaited.choices],
        widget=forms.RadioSelect,
        initial="day",
    )
    day = forms.DateField(
        label="Day",
        required=False,
        widget=DayInput(),
        help_text="Whatever a person does to the issue brings it back earlier.",
    )

    def prepare(self) -> None:
        field: Any = self.fields["until"]
        if next_call(self.issue, self.at) is None:
            field.choices = [each for each in field.choices if each[0] != Awaited.CALL]
        self.fields["day"].initial = self.today + timedelta(days=2)

    @property
    def awaited(self) -> str:
        until = self.cleaned_data["until"]
        return "" if until == "day" else str(until)

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day is None and self.cleaned_data.get("until") == "day":
            raise forms.ValidationError("Choose a day, or what it waits for.")
        return ahead(day, self.today)


class AskForm(VerdictForm):
    """Which of the open questions go to the requester, and what else."""

    questions = forms.MultipleChoiceField(required=False)
    own = forms.CharField(
        label="Questions of your own",
        required=False,
        max_length=3_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One a line.",
    )
    note = forms.CharField(
        required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    until = forms.DateField(
        label="Back in the queue at the latest on",
        required=False,
        widget=DayInput(),
    )

    def prepare(self) -> None:
        self.open = {row["key"]: row for row in unanswered(self.issue)}
        field: Any = self.fields["questions"]
        field.choices = [(key, row["prompt"]) for key, row in self.open.items()]
        field.initial = [key for key, row in self.open.items() if row["required"]]
        self.fields["until"].initial = self.today + timedelta(days=3)

    @property
    def needed(self) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["required"]]

    @property
    def others(self) -> list[dict[str, Any]]:
        return [row for row in self.rows if not row["required"]]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The open questions, each ticked or not."""
        ticked = self["questions"].value() or []
        return [row | {"ticked": key in ticked} for key, row in self.open.items()]

    @property
    def asked(self) -> list[str]:
        """The questions as they go out."""
        own = [line.strip() for line in self.cleaned_data["own"].splitlines()]
        chosen = [self.open[key]["prompt"] for key in self.cleaned_data["questions"]]
        return [*chosen, *filter(None, own)][: len(chosen) + MOST_OWN]

    def clean_until(self) -> date | None:
        return ahead(self.cleaned_data["until"], self.today)


def ahead(day: date | None, today: date) -> date | None:
    """A day to wait for: after today, and within a year."""
    if day and not today < day <= today + LONGEST_SNOOZE:
        raise forms.ValidationError("Choose a day after today and within a year.")
    return day


FORMS: dict[str, type[VerdictForm]] = {
    "accept": AcceptForm,
    "duplicate": DuplicateForm,
    "decline": DeclineForm,
    "snooze": SnoozeForm,
    "ask": AskForm,
}

"""A policy as a sentence with gaps, and the question when a clock would be due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.timezone import localtime

from emdesk.calendars.hours import Hours
from emdesk.calendars.models import WorkingCalendar
from emdesk.sla.models import Policy
from emdesk.sla.signs import pause_reasons
from emdesk.sla.states import BREACH

LONGEST_HOURS = 2_000
MOST_MARKS = 5
MOMENT = "%Y-%m-%dT%H:%M"
MINUTES = 60
FRIDAY = 4


def moment_field(**options: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(
        widget=widget, input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S"], **options
    )


class Shares(forms.CharField):
    """Shares of the budget in percent, such as ``50, 80``."""

    def to_python(self, value: Any) -> Any:
        text = str(super().to_python(value) or "").replace("%", " ").replace(",", " ")
        shares = set()
        for word in text.split():
            if not (word.isascii() and word.isdigit() and 0 < int(word[:4]) < BREACH):
                raise forms.ValidationError(
                    "Write whole percents below 100, such as 50, 80. At 100 the EM is always told."
                )
            shares.add(int(word))
        if len(shares) > MOST_MARKS:
            raise forms.ValidationError(f"Warn at {MOST_MARKS} marks at most.")
        return sorted(shares)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(each) for each in value) if isinstance(value, list) else value


class PolicyForm(forms.Form):
    """The sentence. ``policy`` is the newest version, which it starts from."""

    amount = forms.DecimalField(
        label="Hours", min_value=0, max_value=LONGEST_HOURS, decimal_places=2
    )
    hours = forms.ChoiceField(label="Kind of hours", choices=Hours.choices)
    pauses = forms.MultipleChoiceField(
        label="Stands still while", required=False, widget=forms.CheckboxSelectMultiple
    )
    warn_at = Shares(
        label="Warn the engagement manager at",
        required=False,
        max_length=60,
        help_text="Percent of the time, such as 50, 80.",
    )
    lead_at = forms.IntegerField(
        label="Tell the EM lead at", required=False, min_value=1, max_value=1_000
    )
    director_at = forms.IntegerField(
        label="Tell the director at", required=False, min_value=1, max_value=1_000
    )
    enabled = forms.BooleanField(label="This promise is made", required=False)
    effective_from = moment_field(
        label="From",
        required=False,
        help_text="Clocks that start from then on run under it. Empty: from now on.",
    )
    migrate = forms.BooleanField(
        label="Move running clocks to it too",
        required=False,
        help_text="Each gets a line in its issue's history. What was announced stays announced.",
    )
    reason = forms.CharField(max_length=300, help_text="One sentence for whoever asks later.")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, policy: Policy, at: datetime, data: Any = None, *, heard: bool) -> None:
        super().__init__(data, initial=_said(policy))
        self.policy, self.at, self.heard = policy, at, heard
        for name in ("amount", "hours", "warn_at", "lead_at", "director_at"):
            self.fields[name].widget.attrs["class"] = "control"
        self.fields["pauses"].choices = list(pause_reasons().items())  # type: ignore[attr-defined]

    def clean_amount(self) -> Any:
        if round(self.cleaned_data["amount"] * MINUTES) < 1:
            raise forms.ValidationError("Promise a minute at least.")
        return self.cleaned_data["amount"]

    def clean_effective_from(self) -> datetime:
        begins: datetime | None = self.cleaned_data["effective_from"]
        if begins and begins < self.at - timedelta(minutes=1):
            raise forms.ValidationError(
                "A promise cannot change what has passed. Choose now or later."
            )
        return max(begins or self.at, self.at)

    def clean_enabled(self) -> bool:
        if self.cleaned_data["enabled"] and not self.heard:
            raise forms.ValidationError("Nothing in emdesk starts this clock yet.")
        return bool(self.cleaned_data["enabled"])

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("migrate") and (said.get("effective_from") or self.at) > self.at:
            self.add_error("migrate", "Running clocks move when it takes effect: leave From empty.")
        lead, director = said.get("lead_at"), said.get("director_at")
        if lead and director and director < lead:
            self.add_error("director_at", "The director is told after the EM lead.")
        return said

    @property
    def changed(self) -> dict[str, Any]:
        """The fields of the version this asks for."""
        said = self.cleaned_data
        return {
            "budget_minutes": round(said["amount"] * MINUTES),
            "hours": said["hours"],
            "pauses": said["pauses"],
            "warn_at": said["warn_at"],
            "lead_at": said["lead_at"],
            "director_at": said["director_at"],
            "enabled": said["enabled"],
        }

    @property
    def proposed(self) -> Policy:
        """The version as it would be, not stored."""
        policy = self.policy
        kept = {"key": policy.key, "name": policy.name, "promise": policy.promise}
        return Policy(**kept, effective_from=self.at, set_at=self.at, **self.changed)


def _said(policy: Policy) -> dict[str, Any]:
    return {
        "amount": f"{round(policy.budget_minutes / MINUTES, 2):g}",
        "hours": policy.hours,
        "pauses": policy.pauses,
        "warn_at": policy.warn_at,
        "lead_at": policy.lead_at,
        "director_at": policy.director_at,
        "enabled": policy.enabled,
        "version": policy.version,
    }


class TryForm(forms.Form):
    """When would it be due, if it started then? Asked by address; a wrong one is the usual one."""

    started = moment_field(label="If it started")
    calendar = forms.ModelChoiceField(
        WorkingCalendar.objects.all(), label="in the calendar", empty_label=None
    )

    def __init__(self, at: datetime, data: Any) -> None:
        first = WorkingCalendar.objects.order_by("pk").values_list("pk", flat=True).first()
        usual = {"started": _friday_at_four(at).strftime(MOMENT), "calendar": first}
        said = {name: data.get(name) or usual[name] for name in usual}
        super().__init__(said)
        if not self.is_valid():
            super().__init__(usual)
            self.is_valid()


def _friday_at_four(at: datetime) -> datetime:
    here = localtime(at)
    friday = here + timedelta(days=(FRIDAY - here.weekday()) % 7)
    return friday.replace(hour=16, minute=0, second=0, microsecond=0)

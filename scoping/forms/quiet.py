"""Keeping quiet issues open: until when, and why."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict

from emdesk.web import DayInput
from scoping.quarters import day_at
from scoping.quiet.keeping import last_day_to_keep

MOST = 200  # issues at once


class KeepForm(forms.Form):
    until = forms.DateField(label="Keep open until", widget=DayInput())
    reason = forms.CharField(
        label="Why is it still alive?",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any, *, at: datetime) -> None:
        super().__init__(data)
        self.first, self.last = day_at(at) + timedelta(days=1), last_day_to_keep(at)
        field = self.fields["until"]
        field.help_text = f"{self.last:%-d %b %Y} at the latest. Renew it then."
        field.widget.attrs |= {"min": self.first.isoformat(), "max": self.last.isoformat()}

    def clean_until(self) -> date:
        day: date = self.cleaned_data["until"]
        if day < self.first:
            raise forms.ValidationError("Choose a day after today.")
        if day > self.last:
            raise forms.ValidationError(f"Choose a day up to {self.last:%-d %b %Y}.")
        return day


def ticked(data: QueryDict) -> set[int]:
    """The ticked issues; what is no number is ignored."""
    values = data.getlist("issue")[:MOST]
    return {
        int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 10
    }

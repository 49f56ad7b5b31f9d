"""Changing a setting: the value, from when, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from emdesk.configuration.definitions import Definition
from emdesk.web import DayInput


class ChangeForm(forms.Form):
    """Asks for a value with the definition's own field."""

    effective_from = forms.DateField(
        label="From",
        widget=DayInput(),
        input_formats=["%Y-%m-%d"],
        help_text="The value holds from this day on. To correct an entry, set its day again.",
    )
    reason = forms.CharField(max_length=300, help_text="One sentence for whoever asks later.")

    def __init__(self, definition: Definition, value: Any, today: date, data: Any = None) -> None:
        super().__init__(data, initial={"value": value, "effective_from": today})
        field = definition.field()
        field.label = definition.name
        self.fields = {"value": field, **self.fields}

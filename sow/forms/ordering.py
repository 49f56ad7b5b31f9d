"""Beginning a change order, and keeping a confirmation in writing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from emdesk.web import DayInput
from sow.cases import Paper, Ruled
from sow.models import Touch


class OrderForm(forms.Form):
    case = forms.ChoiceField(label="What changes")
    reason = forms.CharField(
        label="Reason", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    touches = forms.MultipleChoiceField(
        label="It touches",
        choices=Touch.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, cases: Iterable[Ruled], said: Any = None) -> None:
        super().__init__(said, auto_id="order-%s")
        _choose(self.fields["case"], cases, Paper.ORDER)


class ConfirmationForm(forms.Form):
    case = forms.ChoiceField(label="What changes")
    what = forms.CharField(
        label="What was agreed", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    who = forms.CharField(label="Who confirmed it", max_length=120)
    on = forms.DateField(label="On", widget=DayInput())
    evidence = forms.CharField(
        label="Where it can be read", max_length=300, help_text="A link, or the mail it stands in."
    )

    def __init__(self, cases: Iterable[Ruled], said: Any = None) -> None:
        super().__init__(said, auto_id="confirmation-%s")
        _choose(self.fields["case"], cases, Paper.CONFIRMATION)


def _choose(field: Any, cases: Iterable[Ruled], paper: Paper) -> None:
    field.choices = [(each.case, each.label) for each in cases if each.paper == paper]

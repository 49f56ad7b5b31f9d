"""Noting who agreed to a statement of work, and asking for its approval."""

from __future__ import annotations

from django import forms

from emdesk.web import DayInput
from sow.greenlights import Party


class AgreedForm(forms.Form):
    """``seen`` is the version they agreed to."""

    party = forms.ChoiceField(choices=Party.choices, widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    who = forms.CharField(label="Who agreed", max_length=120)
    on = forms.DateField(label="On", widget=DayInput())
    evidence = forms.CharField(
        label="Where it can be read", max_length=300, help_text="A link, or the mail it stands in."
    )


class AskForm(forms.Form):
    """``seen`` is the version the person looked at."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    note = forms.CharField(
        label="What they should know",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

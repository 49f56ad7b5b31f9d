"""Forms of a deal's risks and of its call for help."""

from __future__ import annotations

from django import forms

from emdesk.people.models import User
from scoping.models.risk import Grade, RiskStatus


class RiskForm(forms.Form):
    text = forms.CharField(
        max_length=500, label="What may go wrong", widget=forms.Textarea(attrs={"rows": 2})
    )
    likelihood = forms.TypedChoiceField(choices=Grade.choices, coerce=int, initial=Grade.MEDIUM)
    impact = forms.TypedChoiceField(choices=Grade.choices, coerce=int, initial=Grade.MEDIUM)
    owner = forms.ModelChoiceField(User.objects.active(), required=False, empty_label="Nobody yet")
    mitigation = forms.CharField(
        max_length=500,
        required=False,
        label="What is done about it",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    status = forms.ChoiceField(choices=RiskStatus.choices, initial=RiskStatus.OPEN)


class HelpForm(forms.Form):
    help_needed = forms.CharField(
        max_length=500,
        required=False,
        label="What is needed, and from whom",
        help_text="The leads are told at once. Empty: it is blocked no more.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

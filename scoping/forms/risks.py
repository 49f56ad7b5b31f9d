"""Forms of a deal's risks and of its call for help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, channels: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = " and ".join(["The leads", *(f"{name} in Slack" for name in channels)])
        said = f"{told} are told at once. Empty: it is blocked no more, which they hear too."
        self.fields["help_needed"].help_text = said

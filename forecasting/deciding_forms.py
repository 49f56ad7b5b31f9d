"""Forms of a forecast call: a decision, and who was there."""

from __future__ import annotations

from typing import Any

from django import forms

from emdesk.people.models import User
from emdesk.web import DayInput
from forecasting.deciding import Decided
from forecasting.rules import HEARERS
from scoping.models import Opportunity


def hearers() -> Any:
    """Whoever may read of a call."""
    return User.objects.active().filter(roles__overlap=list(HEARERS)).order_by("name", "pk")


class DecisionForm(forms.Form):
    text = forms.CharField(
        max_length=300, label="Decision", help_text="What is to be done, in one sentence."
    )
    owner = forms.ModelChoiceField(User.objects.none(), empty_label="Choose")
    due = forms.DateField(required=False, widget=DayInput())

    def __init__(self, deal: Opportunity | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deal = deal
        owners: Any = self.fields["owner"]
        owners.queryset = hearers()

    @property
    def said(self) -> Decided:
        given = self.cleaned_data
        return Decided(given["text"], given["owner"], given["due"], self.deal)


class EndForm(forms.Form):
    participants = forms.ModelMultipleChoiceField(
        User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Who was there",
        help_text="They are mailed what was decided, as is whoever has something to do.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["participants"]
        people.queryset = hearers()

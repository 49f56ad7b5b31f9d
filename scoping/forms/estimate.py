"""What people send about an estimate: its terms, a new scenario, sending it, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from emdesk.money import CURRENCIES
from scoping.estimating.sheets import TERMS
from scoping.forms.seen import Seen
from scoping.models.estimate import Addressee, Estimate, Pricing

PERCENT: dict[str, Any] = {"min_value": 0, "max_value": 100, "decimal_places": 2}


class TermsForm(Seen, forms.ModelForm):  # type: ignore[type-arg]
    """What holds for the whole estimate. The currency stands once a version was sent."""

    pricing = forms.ChoiceField(choices=Pricing.choices)
    currency = forms.ChoiceField(choices=[(code, code) for code in CURRENCIES])
    pm_percent = forms.DecimalField(label="Project management, %", **PERCENT)
    discount_percent = forms.DecimalField(label="Discount, %", **PERCENT)
    travel = forms.DecimalField(
        label="Travel budget, apart", min_value=0, max_value=9_999_999, decimal_places=2
    )
    marketplace = forms.BooleanField(label="Sold on a marketplace", required=False)

    class Meta:
        model = Estimate
        fields = TERMS

    def __init__(self, *args: Any, sent: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sent = sent
        self.watch()
        if sent:
            self.fields["currency"].disabled = True
            self.fields["currency"].help_text = "Stands since the first version was sent."

    def shown(self, meanwhile: Mapping[str, Any]) -> TermsForm:
        return TermsForm(self.having_seen(meanwhile), instance=self.instance, sent=self.sent)

    def _post_clean(self) -> None:
        """The row is written by its own deed, not by this form."""


class ScenarioForm(forms.Form):
    name = forms.CharField(max_length=60, label="Name of the new scenario", initial="Alternative")


class TargetForm(forms.Form):
    target = forms.DecimalField(
        label="Margin wanted, %",
        min_value=0,
        max_value=Decimal("99.99"),
        decimal_places=2,
        widget=forms.NumberInput(attrs={"class": "control"}),
    )


class ReasonForm(forms.Form):
    """Why an estimate may go below the floor."""

    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only those who see cost read it. It holds down to this margin.",
    )


class ActualHoursForm(forms.Form):
    """What an engagement took in the end."""

    hours = forms.DecimalField(
        min_value=0, max_value=999_999, decimal_places=2, label="Hours it took, all roles"
    )
    lessons = forms.CharField(
        max_length=500,
        required=False,
        label="What the next estimate should know",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SendForm(forms.Form):
    """To whom, with which note. ``token`` is the state of the estimate the person looked at."""

    to = forms.ChoiceField(label="To", choices=Addressee.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Stands above the estimate; whoever gets it reads it.",
    )
    review = forms.BooleanField(
        required=False,
        label="Ask a technical architect to review it",
        help_text="Over the threshold they are asked anyway, unless an approval still holds.",
    )
    token = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)

    def __init__(self, said: Any = None, *, token: int) -> None:
        super().__init__(said, initial={"token": token})

    @property
    def said(self) -> dict[str, Any]:
        said = self.cleaned_data
        facts = {"to": said["to"], "note": said["note"], "review": said["review"]}
        return facts | {"seen": said["token"]}


class ReviewForm(forms.Form):
    """Asking for the review of a version that nobody has to review, or nobody was asked about."""

    note = forms.CharField(
        max_length=500,
        required=False,
        label="What should they look at?",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AnswerForm(forms.Form):
    """What the account team or the customer said to a version."""

    answer = forms.CharField(
        max_length=500,
        required=False,
        label="What they said",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

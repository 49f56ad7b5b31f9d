"""Asking for work at risk, for more of it, noting what was done, stopping it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from emdesk.web import DayInput


def _amount(label: str, **more: Any) -> forms.DecimalField:
    more.setdefault("min_value", 0)
    return forms.DecimalField(label=label, max_digits=12, decimal_places=2, **more)


def _hours(label: str) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_digits=7, decimal_places=2)


def _reason(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class AskForm(forms.Form):
    reason = _reason("Why it cannot wait for the signatures")
    hours = _hours("Hours planned before they sign")
    price = _amount("Their price")
    cap = _amount("At most", min_value=Decimal("0.01"), help_text="No more than this is at risk.")
    expires = forms.DateField(label="Until", widget=DayInput())


class ExtendForm(forms.Form):
    """A new cap, a later day, or both; PS leadership decides anew."""

    cap = _amount("At most, in all", min_value=Decimal("0.01"))
    expires = forms.DateField(label="Until", widget=DayInput())
    reason = _reason("Why")


class NoteForm(forms.Form):
    on = forms.DateField(label="On", widget=DayInput())
    hours = _hours("Hours")
    amount = _amount("Their price")
    remark = forms.CharField(label="What was done", max_length=300, required=False)
    beyond = forms.BooleanField(
        label="I know that this may be more, or later, than was approved", required=False
    )

    def clean(self) -> None:
        super().clean()
        said = self.cleaned_data
        if not (self.errors or said["hours"] or said["amount"]):
            self.add_error("hours", "Give hours or a price.")


class StopForm(forms.Form):
    why = forms.CharField(label="Why it stops", max_length=300)


FORMS: dict[str, type[forms.Form]] = {
    "ask": AskForm,
    "extend": ExtendForm,
    "note": NoteForm,
    "stop": StopForm,
}

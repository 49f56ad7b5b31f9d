"""Sending a version to the customer."""

from __future__ import annotations

from django import forms

from emdesk.web import DayInput


class SendReviewForm(forms.Form):
    """``seen`` is the version the person looked at."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    name = forms.CharField(label="Who reviews it", max_length=200)
    email = forms.EmailField(label="Their e-mail")
    due = forms.DateField(label="Answer wanted by", required=False, widget=DayInput())
    message = forms.CharField(
        label="A word to them",
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="They read it above the text.",
    )
    mail = forms.BooleanField(
        label="Mail them the link",
        required=False,
        help_text="You see it in any case, to send it your own way.",
    )

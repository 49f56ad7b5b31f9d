"""What the page of a legal case asks for."""

from __future__ import annotations

from django import forms

from sow.models.legal import Asked, Paper
from sow.models.pen import Side


def _number() -> forms.CharField:
    return forms.CharField(label="Number in Salesforce", max_length=40, required=False)


def _link() -> forms.URLField:
    return forms.URLField(label="Link to it", max_length=500, required=False, assume_scheme="https")


class OpenForm(forms.Form):
    asked = forms.ChoiceField(label="What is asked", choices=Asked.choices)
    paper = forms.ChoiceField(label="Contract source", choices=Paper.choices)
    number = _number()
    link = _link()
    note = forms.CharField(label="What legal should know", max_length=300, required=False)


class KnownForm(forms.Form):
    number = _number()
    link = _link()


class TurnForm(forms.Form):
    side = forms.ChoiceField(label="Whose turn it is now", choices=Side.choices)
    said = forms.CharField(label="What they should do", max_length=300, required=False)


class LiesForm(forms.Form):
    number = forms.IntegerField(label="Version that lies there now", min_value=1)


class NewerForm(forms.Form):
    said = forms.CharField(
        label="What lies there that is newer than ours",
        max_length=300,
        help_text="The name of the file, and who put it there.",
    )


class AllowForm(forms.Form):
    reason = forms.CharField(label="Why this deal is redlined", max_length=300)


class CloseForm(forms.Form):
    """Nothing is asked."""

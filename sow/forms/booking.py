"""What is asked of each deed of the booking package."""

from __future__ import annotations

from typing import Any

from django import forms

from emdesk.web import DayInput
from sow.models import Done

TEXTS: dict[str, tuple[str, str]] = {
    Done.COGS: ("Name of the file", "As it is called at the opportunity."),
    Done.ORDER: ("Number of the purchase order", ""),
    Done.NO_ORDER: ("Where the customer wrote so", "A link, or the mail it stands in."),
    Done.FINANCE_ASKED: ("Where it was asked", "A link, or the mail it stands in."),
    Done.FINANCE_YES: ("What finance says", "A condition, or where it can be read."),
    Done.FINANCE_NO: ("What is in the way", ""),
    Done.SIGNED_US: ("Where the signed copy is", "A link, or the mail it stands in."),
    Done.SIGNED_THEM: ("Where the signed copy is", "A link, or the mail it stands in."),
}
WHO: dict[str, str] = {Done.SIGNED_US: "Who signed", Done.SIGNED_THEM: "Who signed"}
LINKED = {Done.COGS, Done.ORDER, Done.NO_ORDER, Done.SIGNED_US, Done.SIGNED_THEM}


class DeedForm(forms.Form):
    """``key`` says which deed; what else is asked follows from it."""

    key = forms.ChoiceField(
        choices=[each for each in Done.choices if each[0] != Done.BOOKED], widget=forms.HiddenInput
    )

    def __init__(self, key: str, said: Any = None, **more: Any) -> None:
        more.setdefault("initial", {})["key"] = key
        super().__init__(said, auto_id=f"{key}-%s", **more)
        self.fields["on"] = forms.DateField(label="On", widget=DayInput())
        if key in WHO:
            self.fields["who"] = forms.CharField(label=WHO[key], max_length=120)
        label, hint = TEXTS[key]
        self.fields["text"] = forms.CharField(label=label, max_length=300, help_text=hint)
        if key in LINKED:
            link = forms.URLField(max_length=500, required=False, assume_scheme="https")
            link.label = "Link to it"
            self.fields["link"] = link

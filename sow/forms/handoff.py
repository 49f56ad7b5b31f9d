"""What the hand-off asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from emdesk.web import DayInput
from scoping.forms.seen import Seen
from sow.models import Handoff, Ready


class HandoffForm(Seen, forms.ModelForm):  # type: ignore[type-arg]
    """What goes with it, in words."""

    class Meta:
        model = Handoff
        fields = ["availability", "timing", "promised", "contacts", "specials", "growth"]
        help_texts = {
            "promised": "What the customer was told would not happen, or would be taken care of.",
            "contacts": "Names, roles and politics: who is for it, who has to be won.",
            "specials": "Legal and commercial terms that bind the work.",
        }

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["rows"] = 3
        self.watch()

    @property
    def facts(self) -> list[tuple[str, str]]:
        return [(str(field.label), getattr(self.instance, field.name)) for field in self]

    def shown(self, meanwhile: Mapping[str, Any]) -> HandoffForm:
        return HandoffForm(self.having_seen(meanwhile), instance=self.instance)

    def _post_clean(self) -> None:
        """The row is written by its own deed, not by this form."""


class ReadinessForm(forms.Form):
    stand = forms.ChoiceField(label="How it stands", choices=Ready.choices)
    owner = forms.CharField(label="Whose it is", max_length=120, required=False)
    due = forms.DateField(label="Until", widget=DayInput(), required=False)
    note = forms.CharField(label="Note", max_length=500, required=False)


class TaskForm(forms.Form):
    """``do`` says which of the two days it is."""

    do = forms.ChoiceField(choices=[("due", "due"), ("met", "met")], widget=forms.HiddenInput)
    on = forms.DateField(label="On", widget=DayInput())


class QuestionsForm(forms.Form):
    questions = forms.CharField(
        label="What is missing",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

"""Forms by which the catalogue is talked about: proposals, their answers, and needs."""

from __future__ import annotations

from typing import Any

from django import forms

from scoping.catalogue.kinds import KINDS
from scoping.catalogue.proposing import FIELDS, checked
from scoping.models import CatalogueVersion
from scoping.models.catalogue import NeedStatus


class ProposalForm(forms.Form):
    """One field of an item as it should be; without an item, words about what is missing."""

    field = forms.ChoiceField(label="What of it", required=False)
    text = forms.CharField(
        max_length=2_000,
        label="What it should say",
        widget=forms.Textarea(attrs={"rows": 5}),
        strip=True,
    )
    why = forms.CharField(
        max_length=1_000,
        label="Why",
        help_text="What happened with a customer, or what estimates keep getting wrong.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, kind: str, item: Any, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.kind, self.item = kind, item
        if item is None:
            del self.fields["field"]
            self.fields["text"].label = "What is missing or wrong"
            return
        choice: Any = self.fields["field"]
        named = [(name, KINDS[kind].title_of(name)) for name in FIELDS[kind]]
        choice.choices = [*named, ("", "Something else, in words")]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        field = said.get("field")
        if field and "text" in said:
            try:
                checked(KINDS[self.kind], field, said["text"])
            except forms.ValidationError as fault:
                self.add_error("text", fault)
        return said


class DecisionForm(forms.Form):
    answer = forms.CharField(
        max_length=500,
        label="Your reason",
        help_text="Whoever proposed it reads this.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NeedForm(forms.Form):
    """What a customer asked for, and to which service it comes closest."""

    text = forms.CharField(
        max_length=2_000,
        label="What they need",
        help_text="In their words, and what they would do with it.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    service_key = forms.ChoiceField(required=False, label="Closest service")

    def __init__(self, version: CatalogueVersion | None, data: Any = None) -> None:
        super().__init__(data)
        services = version.services.values_list("key", "title") if version else []
        choice: Any = self.fields["service_key"]
        choice.choices = [("", "None of them"), *services]


class AnswerForm(forms.Form):
    status = forms.ChoiceField(choices=NeedStatus.choices)
    answer = forms.CharField(
        max_length=500,
        required=False,
        label="What Practice says",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

"""The fields people write into a statement of work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from emdesk.web import DayInput
from sow.fields import DATE, NUMBER, WRITTEN, Field

LONGEST = 300


def _asked(field: Field) -> forms.Field:
    said: dict[str, Any] = {"label": field.label, "required": False}
    if field.kind == DATE:
        return forms.DateField(widget=DayInput(), **said)
    if field.kind == NUMBER:
        return forms.IntegerField(min_value=1, max_value=168, **said)
    return forms.CharField(max_length=LONGEST, **said)


class FieldsForm(forms.Form):
    """One question for each written field; empty is not known yet."""

    def __init__(self, said: Any = None, *, known: Mapping[str, str]) -> None:
        names = {field.name: known.get(field.name, "") for field in WRITTEN}
        super().__init__(said, initial=names)
        for field in WRITTEN:
            self.fields[field.name] = _asked(field)
            if not names[field.name]:
                self.fields[field.name].help_text = f"Not known yet. From {field.known_from}."

    @property
    def said(self) -> dict[str, str]:
        """As a version keeps them: days as 2027-01-15."""
        cleaned = self.cleaned_data
        return {name: "" if cleaned[name] is None else str(cleaned[name]) for name in self.fields}


class DraftForm(FieldsForm):
    """``estimate`` is the version the person looked at."""

    def __init__(self, said: Any = None, *, known: Mapping[str, str], estimate: int) -> None:
        super().__init__(said, known=known)
        hidden = forms.IntegerField(min_value=1, widget=forms.HiddenInput, initial=estimate)
        self.estimate = estimate
        self.fields["seen_estimate"] = hidden

    @property
    def said(self) -> dict[str, str]:
        found = super().said
        found.pop("seen_estimate")
        return found

"""Forms of plans: one, and a table of many."""

from __future__ import annotations

from typing import Any

from django import forms

from emdesk.people.models import User
from forecasting.models import Plan
from forecasting.planning import regions
from forecasting.targets import FIELDS

LARGEST = 1_000_000
AMOUNT: dict[str, Any] = {
    "required": False,
    "min_value": 0,
    "max_digits": 14,
    "decimal_places": 2,
    "widget": forms.TextInput(attrs={"inputmode": "decimal"}),
}


class PlanForm(forms.Form):
    """``told`` is what it says of each sum; empty is not told."""

    region = forms.ChoiceField(required=False)
    engagement_manager = forms.ModelChoiceField(
        User.objects.engagement_managers(),
        required=False,
        empty_label="The region as a whole",
    )
    bookings = forms.DecimalField(**AMOUNT)
    revenue = forms.DecimalField(label="PCV revenue", **AMOUNT)
    recognised = forms.DecimalField(
        label="PCV revenue so far", help_text="As finance tells it.", **AMOUNT
    )

    def __init__(self, said: Any = None, plan: Plan | None = None) -> None:
        start = {name: getattr(plan, name) for name in self.base_fields} if plan else {}
        super().__init__(said, initial=start)
        self.plan, fields = plan, dict[str, Any](self.fields)
        fields["region"].choices = [("", "No region"), *((each, each) for each in regions())]

    @property
    def told(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}


class TableForm(forms.Form):
    text = forms.CharField(
        required=False,
        max_length=LARGEST,
        strip=False,
        label="Pasted table",
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=(
            "With a first line that names the columns: region, engagement manager, bookings, "
            "revenue, revenue so far. Amounts in plain digits."
        ),
    )
    file = forms.FileField(required=False, label="Or a CSV file")

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if file := said.get("file"):
            said["text"] = self._read(file)
        if not said.get("text", "").strip() and not self.errors:
            raise forms.ValidationError("Paste a table, or choose a file.")
        return said

    def _read(self, file: Any) -> str:
        if file.size > LARGEST:
            raise forms.ValidationError("The file is larger than 1 MB.")
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError("Save the file as CSV in UTF-8.") from None

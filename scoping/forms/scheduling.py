"""The form of the project scheduling intake, and how it reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from emdesk.web import DayInput
from scoping.forms.seen import Seen
from scoping.models import SchedulingIntake

SECTIONS = (
    ("The work", ("summary", "skills", "people_asked_for", "partner")),
    ("People we send", ("languages", "time_zones", "clearance", "on_site", "security_rules")),
    ("Time", ("wanted_start", "wanted_end", "fixed_dates", "hours_per_week", "limits")),
    ("Customer", ("customer_lead", "sponsor", "opportunity_link")),
    ("Contract", ("billing", "purchase_order", "acceptance", "notes")),
    ("What is settled", ("customer_agreed", "quote_exists", "close_plan_agreed")),
)


def day_field(**options: Any) -> forms.DateField:
    return forms.DateField(widget=DayInput(), **options)


class SchedulingForm(Seen, forms.ModelForm):  # type: ignore[type-arg]
    """All that delivery asks for before it plans people."""

    class Meta:
        model = SchedulingIntake
        fields = [name for _, names in SECTIONS for name in names]
        labels = {
            "people_asked_for": "People asked for",
            "clearance": "Clearance and background checks",
            "on_site": "On site",
            "fixed_dates": "Fixed dates, freezes and blackouts",
            "hours_per_week": "Hours a week at least",
            "customer_lead": "Customer's project manager",
            "sponsor": "Executive sponsor",
            "partner": "Partner",
        }
        help_texts = {
            "skills": "Products, languages and methods a person must know.",
            "people_asked_for": "Roles and how many: engineer, architect, trainer, project manager.",
            "wanted_start": "A wish; nobody can promise a start before the deal is won.",
            "partner": "May a partner deliver, and which one?",
        }

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name in ("wanted_start", "wanted_end"):
            self.fields[name] = day_field(required=False, help_text=self.fields[name].help_text)
        self.fields["hours_per_week"] = forms.IntegerField(
            required=False, min_value=1, max_value=168, label="Hours a week at least"
        )
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 3
        self.watch()

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        start, end = said.get("wanted_start"), said.get("wanted_end")
        if start and end and end < start:
            self.add_error("wanted_end", "It ends before it begins. Change one of the days.")
        return said

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in SECTIONS]

    @property
    def facts(self) -> list[tuple[str, list[tuple[str, Any]]]]:
        """The same to be read, printed and exported: headings, and under each label and value."""
        return [
            (title, [(str(field.label), self._read(field.name)) for field in fields])
            for title, fields in self.groups
        ]

    def _read(self, name: str) -> Any:
        value = getattr(self.instance, name)
        if isinstance(value, bool):
            return "Yes" if value else "No"
        return self.instance.get_billing_display() if name == "billing" else value

    def shown(self, meanwhile: Mapping[str, Any]) -> SchedulingForm:
        return SchedulingForm(self.having_seen(meanwhile), instance=self.instance)

    def _post_clean(self) -> None:
        """The row is written by its own deed, not by this form."""

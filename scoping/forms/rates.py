"""Forms that give a rate card, or a quarter's standard cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from emdesk.configuration.fiscal_year import first_month
from emdesk.money import CURRENCIES
from scoping.catalogue.standard_cost import BILLABLE_HOURS, hourly
from scoping.forms.scheduling import day_field
from scoping.models import CostSheet, RateCard, ResourceRole
from scoping.quarters import quarter_of

CENT = Decimal("0.01")
REASON = "One sentence for whoever asks later."
HIGHEST_RATE = Decimal("999999.99")
CODES = [(code, code) for code in CURRENCIES]
QUARTERS_AHEAD = 4
LARGEST_FILE = 256 * 1024


class RolesForm(forms.Form):
    """A field for each role on offer, after the form's own."""

    def add_roles(self, known: dict[int, Decimal], **options: Any) -> None:
        self.roles = list(ResourceRole.objects.filter(is_active=True))
        for role in self.roles:
            self.fields[f"role_{role.pk}"] = forms.DecimalField(
                min_value=CENT,
                decimal_places=2,
                label=role.name,
                initial=known.get(role.pk),
                **options,
            )

    @property
    def by_role(self) -> dict[ResourceRole, Decimal]:
        said = {role: self.cleaned_data.get(f"role_{role.pk}") for role in self.roles}
        return {role: amount for role, amount in said.items() if amount is not None}

    @property
    def own_fields(self) -> Iterator[forms.BoundField]:
        return (field for field in self if not field.name.startswith("role_"))

    @property
    def role_fields(self) -> Iterator[forms.BoundField]:
        return (field for field in self if field.name.startswith("role_"))


class RateCardForm(RolesForm):
    region = forms.RegexField(
        r"^[A-Za-z0-9 ]*$",
        max_length=20,
        required=False,
        help_text="As deals spell it: EMEA. Empty: wherever there is no card of its own.",
        error_messages={"invalid": "Letters, digits and spaces only: EMEA."},
    )
    currency = forms.ChoiceField(choices=CODES)
    rate = forms.DecimalField(
        min_value=CENT,
        max_value=HIGHEST_RATE,
        decimal_places=2,
        label="Rate an hour",
        help_text="For every role that has none of its own below.",
    )
    effective_from = day_field(
        label="From", help_text="Today or later: estimates keep the card they were made with."
    )
    reason = forms.CharField(max_length=300, help_text=REASON)

    def __init__(self, today: date, like: RateCard | None, data: Any = None) -> None:
        initial: dict[str, Any] = {"effective_from": today, "currency": "USD"}
        if like:
            initial |= {"region": like.region, "currency": like.currency, "rate": like.rate}
        super().__init__(data, initial=initial)
        self.today = today
        known = {each.role_id: each.rate for each in like.own_rates.all()} if like else {}
        self.add_roles(known, required=False, max_value=HIGHEST_RATE)

    def clean_region(self) -> str:
        region: str = self.cleaned_data["region"]
        return " ".join(region.upper().split())

    def clean_effective_from(self) -> date:
        begins: date = self.cleaned_data["effective_from"]
        if begins < self.today:
            raise forms.ValidationError("Rates do not reach back. Choose today or a later day.")
        return begins


class CostSheetForm(RolesForm):
    """Average pay and benefits a year of every role; the rate follows from them."""

    currency = forms.ChoiceField(choices=CODES)
    quarter = forms.ChoiceField(
        label="From quarter", help_text="A correction is a new sheet for the same quarter."
    )
    billable_hours = forms.IntegerField(
        min_value=1,
        max_value=8_784,
        initial=BILLABLE_HOURS,
        label="Billable hours a year",
        help_text="The handbook assumes 1,880.",
    )
    reason = forms.CharField(max_length=300, help_text=REASON)

    def __init__(self, today: date, like: CostSheet | None, data: Any = None) -> None:
        initial: dict[str, Any] = {"currency": "USD"}
        if like:
            initial |= {"currency": like.currency, "billable_hours": like.billable_hours}
        self.quarters = _quarters(today)
        super().__init__(data, initial=initial | {"quarter": next(iter(self.quarters))})
        choice: Any = self.fields["quarter"]
        choice.choices = [(name, name) for name in self.quarters]
        known = {each.role_id: each.yearly for each in like.rates.all()} if like else {}
        self.add_roles(known, max_value=Decimal("99999999.99"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        hours = said.get("billable_hours")
        for role, yearly in self.by_role.items():
            if hours and not CENT <= hourly(yearly, hours) <= HIGHEST_RATE:
                self.add_error(f"role_{role.pk}", "That is no cost of an hour. Give a year's.")
        return said

    @property
    def effective_from(self) -> date:
        return self.quarters[self.cleaned_data["quarter"]]


class RatesFileForm(forms.Form):
    """A table of rate cards: as a file, or as its text pasted."""

    upload = forms.FileField(required=False, label="CSV file", allow_empty_file=True)
    text = forms.CharField(
        required=False,
        strip=False,
        max_length=LARGEST_FILE,
        label="Or its text",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        upload, text = said.get("upload"), said.get("text", "")
        if not upload and not text.strip():
            raise forms.ValidationError("Choose a file, or paste its text.")
        said["content"] = self._content(upload) if upload else text
        return said

    def _content(self, upload: Any) -> str:
        if upload.size > LARGEST_FILE:
            raise forms.ValidationError(
                f"{upload.name} is larger than {LARGEST_FILE // 1024} KB. Split it."
            )
        try:
            content: str = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(
                f"{upload.name} is no text in UTF-8. Save it as CSV in UTF-8."
            ) from None
        if "\0" in content:
            raise forms.ValidationError(f"{upload.name} holds a NUL byte: it is damaged.")
        return content


def _quarters(today: date) -> dict[str, date]:
    """The first days of this quarter and of those soon to come, by name."""
    found = [quarter_of(today)]
    while len(found) <= QUARTERS_AHEAD:
        found.append(found[-1].next)
    return {str(each): each.starts(first_month(today)) for each in found}

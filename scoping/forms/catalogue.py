"""Forms of the catalogue's draft, one for each kind of item, and of publishing it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from scoping.catalogue.formulas import fault_of, numeric_questions
from scoping.catalogue.kinds import ACTIVITY, GUIDELINE, SERVICE, SKU, WRITING, Kind, spell_bands
from scoping.forms.scheduling import day_field
from scoping.forms.seen import Seen
from scoping.models import (
    CatalogueActivity,
    CatalogueService,
    CatalogueVersion,
    Guideline,
    ResourceRole,
    Sku,
)
from scoping.models.catalogue import Pillar

LONG = forms.Textarea(attrs={"rows": 3})
MOST_BANDS = 200


class ItemForm(Seen, forms.ModelForm):  # type: ignore[type-arg]
    """An item of the draft. Its key is given once and stays; fields carry what was seen."""

    kind: Kind

    def __init__(self, version: CatalogueVersion, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.version = version
        if self.instance.pk:
            del self.fields[self.kind.key]
        if "service" in self.fields:
            services: Any = self.fields["service"]
            services.queryset = version.services.all()
        self.watch()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        key = said.get(self.kind.key)
        if key and self.kind.find(self.version, key):
            self.add_error(self.kind.key, "The draft has this key already. Choose another one.")
        return said

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """All but hours, which have rows of their own."""
        return [field for field in self if not self._is_hours(field.name)]

    def _is_hours(self, name: str) -> bool:
        return name.startswith(("base_", "drivers_"))

    @property
    def made(self) -> Any:
        """The item as said, not saved yet."""
        return self.save(commit=False)

    def shown(self, meanwhile: dict[str, Any]) -> Any:
        """The same form again, as if its person had seen these values."""
        instance = self.kind.model.objects.get(pk=self.instance.pk)
        return type(self)(self.version, self.having_seen(meanwhile), instance=instance)


class ServiceForm(ItemForm):
    kind = SERVICE
    pillars = forms.MultipleChoiceField(
        choices=Pillar.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = CatalogueService
        fields = ("key", *SERVICE.fields)
        widgets = {"customer_text": LONG}


class ActivityForm(ItemForm):
    """With hours of every role: a base, and a formula over scoping answers."""

    kind = ACTIVITY

    class Meta:
        model = CatalogueActivity
        fields = ("key", *ACTIVITY.fields)
        widgets = dict.fromkeys(WRITING, LONG)

    def __init__(self, version: CatalogueVersion, data: Any = None, **kwargs: Any) -> None:
        super().__init__(version, data, **kwargs)
        self.roles = list(ResourceRole.objects.filter(is_active=True))
        self.questions = numeric_questions()
        had = {each.role_id: each for each in self.instance.hours.all()} if self._kept else {}
        for role in self.roles:
            self._add_hours(role, had.get(role.pk))
        self.watch()

    @property
    def _kept(self) -> bool:
        return self.instance.pk is not None

    def _add_hours(self, role: ResourceRole, had: Any) -> None:
        base = forms.DecimalField(
            min_value=0,
            max_digits=7,
            decimal_places=2,
            required=False,
            label=f"{role.name}: base hours",
            initial=f"{had.base.normalize():f}" if had else None,
        )
        drivers = forms.CharField(
            max_length=300,
            required=False,
            label=f"{role.name}: hours by scoping answers",
            initial=had.drivers if had else "",
        )
        self.fields |= {f"base_{role.pk}": base, f"drivers_{role.pk}": drivers}

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        for role in self.roles:
            fault = fault_of(said.get(f"drivers_{role.pk}") or "", self.questions)
            if fault:
                self.add_error(f"drivers_{role.pk}", fault)
        return said

    @property
    def rows_of_hours(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"base_{role.pk}"], self[f"drivers_{role.pk}"]) for role in self.roles]

    @property
    def hours(self) -> dict[int, tuple[Decimal, str]]:
        """Those of the roles the person changed, as they shall be."""
        return {pk: self._hours(self.cleaned_data, pk) for pk in self._changed_roles}

    @property
    def hours_seen(self) -> dict[int, tuple[Decimal, str]]:
        """The same as the person saw them."""
        shown = {name: self._initial(name) for name in self.fields if self._is_hours(name)}
        return {pk: self._hours(shown, pk) for pk in self._changed_roles}

    @property
    def _changed_roles(self) -> set[int]:
        return {int(name.split("_")[1]) for name in self.changed_data if self._is_hours(name)}

    def _hours(self, values: dict[str, Any], pk: int) -> tuple[Decimal, str]:
        return values.get(f"base_{pk}") or Decimal(0), values.get(f"drivers_{pk}") or ""


class SkuForm(ItemForm):
    kind = SKU

    class Meta:
        model = Sku
        fields = ("code", *SKU.fields)


class GuidelineForm(ItemForm):
    kind = GUIDELINE

    class Meta:
        model = Guideline
        fields = ("key", *GUIDELINE.fields)
        widgets = {"text": LONG}


FORMS: dict[str, type[ItemForm]] = {
    form.kind.name: form for form in (ServiceForm, ActivityForm, SkuForm, GuidelineForm)
}


class BandsForm(forms.Form):
    """Price bands, a line for each."""

    lines = forms.CharField(
        required=False,
        max_length=10_000,
        label="Bands",
        help_text="One a line: users up to, projects up to, low price, high price.",
        widget=forms.Textarea(attrs={"rows": 20, "spellcheck": "false"}),
    )

    @classmethod
    def showing(cls, service: CatalogueService) -> BandsForm:
        return cls(initial={"lines": spell_bands(service.bands.all())})

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return list(self)

    def clean_lines(self) -> list[tuple[int, int, Decimal, Decimal]]:
        lines = [line for line in self.cleaned_data["lines"].splitlines() if line.strip()]
        if len(lines) > MOST_BANDS:
            raise forms.ValidationError(f"Keep it to {MOST_BANDS} bands.")
        bands = [_band(line) for line in lines]
        if len({band[:2] for band in bands}) < len(bands):
            raise forms.ValidationError("Two lines are for the same users and projects.")
        return bands


def _band(line: str) -> tuple[int, int, Decimal, Decimal]:
    try:
        users, projects, low, high = (Decimal(part) for part in line.replace(",", "").split())
    except (InvalidOperation, ValueError):
        raise forms.ValidationError(f"“{line[:40]}” is not four numbers.") from None
    whole = all(each.is_finite() and each > 0 for each in (users, projects, low, high))
    if not whole or users % 1 or projects % 1 or max(users, projects, high) >= 10**9 or high < low:
        raise forms.ValidationError(
            f"“{line[:40]}”: whole users and projects, then a low price not above the high one."
        )
    cent = Decimal("0.01")
    return int(users), int(projects), low.quantize(cent), high.quantize(cent)


class PublishForm(forms.Form):
    """From when the draft holds, and why; ``seen`` is the draft as it was looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    effective_from = day_field(
        label="In force from", help_text="Estimates begun on that day or later go by it."
    )
    reason = forms.CharField(max_length=300, help_text="One sentence for whoever asks later.")

    def __init__(self, draft: CatalogueVersion, earliest: date, data: Any = None) -> None:
        super().__init__(data, initial={"seen": draft.edits, "effective_from": earliest})

"""What people tell us about themselves."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms

from emdesk.people.models import Absence, Role, User

OLD_SPELLINGS = ("Etc/", "SystemV/", "US/")


def time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every zone by region, each city by its name."""
    regions: dict[str, list[tuple[str, str]]] = {"General": [("UTC", "UTC")]}
    for name in sorted(available_timezones()):
        region, slash, city = name.partition("/")
        if slash and not name.startswith(OLD_SPELLINGS):
            regions.setdefault(region, []).append((name, city.replace("_", " ")))
    return list(regions.items())


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = forms.ChoiceField(choices=time_zones)

    class Meta:
        model = User
        fields = ["name", "time_zone", "single_keys"]


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    """An administrator's view of a person."""

    roles = forms.MultipleChoiceField(
        choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    time_zone = forms.ChoiceField(choices=time_zones, initial="UTC")

    class Meta:
        model = User
        fields = ["name", "email", "roles", "level", "time_zone", "is_active"]


class Day(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class AbsenceForm(forms.ModelForm):  # type: ignore[type-arg]
    """Days away and a stand-in, for the person of ``instance``."""

    class Meta:
        model = Absence
        fields = ["first_day", "last_day", "delegate", "note"]
        labels = {
            "first_day": "First day away",
            "last_day": "Last day away",
            "delegate": "Who stands in",
        }
        widgets = {"first_day": Day, "last_day": Day}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = User.objects.active().exclude(pk=self.instance.user_id)
        self.fields["delegate"].queryset = colleagues  # type: ignore[attr-defined]

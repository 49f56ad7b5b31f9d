"""What people tell us about themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from emdesk.calendars.models import WorkingCalendar
from emdesk.calendars.zones import time_zones
from emdesk.people.models import LEADS, Absence, Role, Segment, Territory, User
from emdesk.web import DayInput

Region = Segment | Territory


def offer_calendars(field: forms.Field, user: User) -> None:
    """Those that are offered, and the one they have; none of them stands for their region's."""
    offered = WorkingCalendar.objects.filter(Q(is_active=True) | Q(pk=user.calendar_id))
    field.queryset = offered  # type: ignore[attr-defined]
    field.empty_label = "That of the region"  # type: ignore[attr-defined]


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = forms.ChoiceField(choices=time_zones)

    class Meta:
        model = User
        fields = ["name", "time_zone", "calendar", "single_keys"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_calendars(self.fields["calendar"], self.instance)


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    """An administrator's view of a person."""

    roles = forms.MultipleChoiceField(
        choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    time_zone = forms.ChoiceField(choices=time_zones, initial="UTC")

    class Meta:
        model = User
        fields = [
            *("name", "email", "roles", "level", "reports_to"),
            *("time_zone", "calendar", "is_active"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_calendars(self.fields["calendar"], self.instance)
        leads = User.objects.active().filter(roles__overlap=list(LEADS))
        stays = Q(pk=self.instance.reports_to_id)
        self.fields["reports_to"].queryset = leads | User.objects.filter(stays)  # type: ignore[attr-defined]


class RegionsForm(forms.Form):
    """By which calendar each segment and each territory goes."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self._calendars = {each.pk: each for each in WorkingCalendar.objects.order_by("name")}
        self._regions: dict[str, Region] = {}
        for segment in Segment.objects.filter(is_active=True):
            none = "None: every hour counts"
            self._ask(segment, f"segment-{segment.name}", segment.label, none)
        for territory in Territory.objects.all():
            name = f"territory-{territory.pk}"
            self._ask(territory, name, territory.name, "That of its segment")

    def _ask(self, region: Region, name: str, label: str, none: str) -> None:
        offered = [
            (pk, each.name)
            for pk, each in self._calendars.items()
            if each.is_active or pk == region.calendar_id
        ]
        self._regions[name] = region
        self.fields[name] = forms.TypedChoiceField(
            label=label,
            choices=[("", none), *offered],
            coerce=int,
            empty_value=None,
            required=False,
            initial=region.calendar_id,
        )

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of segments and of territories, as far as there are any."""
        kinds = (("Segments", Segment), ("Territories", Territory))
        found = [
            (title, [self[name] for name, region in self._regions.items() if type(region) is kind])
            for title, kind in kinds
        ]
        return [(title, fields) for title, fields in found if fields]

    def chosen(self) -> list[Region]:
        """The regions that go by another calendar than before, not saved yet."""
        changed: list[Region] = []
        for name, region in self._regions.items():
            if self.cleaned_data[name] != region.calendar_id:
                region.calendar = self._calendars.get(self.cleaned_data[name])
                changed.append(region)
        return changed


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
        widgets = {"first_day": DayInput, "last_day": DayInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = User.objects.active().exclude(pk=self.instance.user_id)
        self.fields["delegate"].queryset = colleagues  # type: ignore[attr-defined]

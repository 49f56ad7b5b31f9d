"""The list's filter: the board's, and what only rows can be asked. All of it is in the address."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.functional import cached_property

from emdesk.fiscal import Quarter
from emdesk.people.models import Territory, User
from scoping.forms.board import BoardFilter
from scoping.forms.listed import Listed, Offered, joined
from scoping.listing.columns import COLUMNS, SHOWN
from scoping.models.finding import ScopingIssueQuerySet
from scoping.states import Outcome, State

NONE = "none"
OUTCOMES = [("", "Any outcome"), *Outcome.choices, (NONE, "Closed, counts nowhere")]
NARROWING = (
    *("em", "segment", "status", "quiet", "q"),
    *("state", "outcome", "quarter", "territory", "calculator", "public_sector", "created"),
)


class Forgiving(forms.MultipleChoiceField):
    """Keeps the values it knows and says nothing about the others."""

    def validate(self, value: Any) -> None:
        pass

    def clean(self, value: Any) -> list[str]:
        return [each for each in super().clean(value) if self.valid_value(each)]


class ListFilter(Listed, BoardFilter):
    """Which issues, and how they are shown: columns, order, page. What is broken is ignored."""

    kind = "list"
    known, leads, usual = COLUMNS, "reference", SHOWN
    state = Forgiving(choices=State.choices, required=False)
    outcome = forms.ChoiceField(choices=OUTCOMES, required=False)
    quarter = forms.CharField(required=False, max_length=4)
    territory = forms.ModelChoiceField(Territory.objects.all(), required=False)
    calculator = forms.BooleanField(required=False, label="Services Calculator")
    public_sector = forms.BooleanField(required=False, label="Public sector")
    created = forms.CharField(required=False, max_length=22)

    def __init__(self, user: User, data: QueryDict) -> None:
        super().__init__(user, joined(data, {"created": "..", "cols": ",", "sort": ","}))

    def clean_quarter(self) -> str:
        typed = str(self.cleaned_data["quarter"]).strip().upper()
        try:
            return str(Quarter.parse(typed)) if typed else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_created(self) -> tuple[date | None, date | None]:
        """From..to, either of which may be left out."""
        first, _, last = str(self.cleaned_data["created"]).partition("..")
        return _day(first), _day(last)

    @property
    def narrowed(self) -> bool:
        """Whether anything but whose issues they are was asked."""
        return any(self._said(name) for name in NARROWING)

    @property
    def summary(self) -> str:
        whose = "yours" if self.cleaned_data.get("view") == "mine" else "everybody's you may see"
        return f"{whose}, filtered" if self.narrowed else whose

    @cached_property
    def people(self) -> list[User]:
        return list(User.objects.engagement_managers())

    @property
    def offered_people(self) -> Offered:
        return self._offered("em", ((person.pk, person) for person in self.people))

    @property
    def offered_segments(self) -> Offered:
        return self._offered("segment", ((each.pk, each.label) for each in self.segments))

    @property
    def offered_territories(self) -> Offered:
        return self._offered(
            "territory", ((each.pk, each.name) for each in Territory.objects.all())
        )

    @property
    def offered_states(self) -> Offered:
        return self._offered("state", State.choices)

    @property
    def offered_outcomes(self) -> Offered:
        return self._offered("outcome", OUTCOMES)

    @property
    def days(self) -> list[str]:
        """From and to, as a field for a day writes them."""
        first, last = self.cleaned_data.get("created") or (None, None)
        return [str(day or "") for day in (first, last)]

    @property
    def board_address(self) -> str:
        """The same on the board, which asks less."""
        return urlencode([(n, v) for n, v in self.kept() if n in BoardFilter.base_fields])

    @property
    def further(self) -> int:
        """How many of the filters are set that only a list has."""
        return sum(bool(self._said(name)) for name in NARROWING[5:])

    @property
    def cleared(self) -> str:
        """Nobody's filter: everybody's issues, shown as they are now."""
        kept = [(n, v) for n, v in self.kept("page") if n in ("cols", "sort", "per_page")]
        return urlencode([("view", "team"), *kept])

    def applied(self, issues: ScopingIssueQuerySet) -> ScopingIssueQuerySet:
        return super().applied(issues).filter(self._where())

    def _where(self) -> Q:
        said = self.cleaned_data
        found = Q()
        if states := said.get("state"):
            found &= Q(state__in=states)
        if outcome := said.get("outcome"):
            none = Q(state=State.CLOSED, outcome="")
            found &= none if outcome == NONE else Q(outcome=outcome)
        if quarter := said.get("quarter"):
            found &= Q(close_quarter=quarter)
        if territory := said.get("territory"):
            found &= Q(account__sales_territory=territory)
        for name, field in {
            "calculator": "services_calculator",
            "public_sector": "public_sector",
        }.items():
            found &= Q(**{field: True}) if said.get(name) else Q()
        return found & _between(*said.get("created") or (None, None))


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _between(first: date | None, last: date | None) -> Q:
    """Created on these days, both included."""
    since = Q(created_at__date__gte=first) if first else Q()
    return since & Q(created_at__date__lte=last) if last else since

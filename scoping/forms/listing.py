"""The list's filter: the board's, and what only rows can be asked. All of it is in the address."""

from __future__ import annotations

from collections.abc import Iterable
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
from scoping.listing.columns import COLUMNS, SHOWN
from scoping.models.finding import ScopingIssueQuerySet
from scoping.states import Outcome, State

PER_PAGE = (25, 50, 100)
MOST_KEYS = 3  # columns a list is sorted by at once
LONGEST = 100  # characters of one value that an address keeps
MOST = 100  # values that an address keeps
NONE = "none"
OUTCOMES = [("", "Any outcome"), *Outcome.choices, (NONE, "Closed, counts nowhere")]
Offered = list[tuple[Any, Any, bool]]
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


class ListFilter(BoardFilter):
    """Which issues, and how they are shown: columns, order, page. What is broken is ignored."""

    kind = "list"
    state = Forgiving(choices=State.choices, required=False)
    outcome = forms.ChoiceField(choices=OUTCOMES, required=False)
    quarter = forms.CharField(required=False, max_length=4)
    territory = forms.ModelChoiceField(Territory.objects.all(), required=False)
    calculator = forms.BooleanField(required=False, label="Services Calculator")
    public_sector = forms.BooleanField(required=False, label="Public sector")
    created = forms.CharField(required=False, max_length=22)
    sort = forms.CharField(required=False, max_length=200)
    cols = forms.CharField(required=False, max_length=1000)
    saved = forms.IntegerField(required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)
    per_page = forms.TypedChoiceField(
        choices=[(size, size) for size in PER_PAGE], coerce=int, required=False
    )

    def __init__(self, user: User, data: QueryDict) -> None:
        said = data.copy()
        for name, between in {"created": "..", "cols": ",", "sort": ","}.items():
            if len(parts := data.getlist(name)[:MOST]) > 1:
                said[name] = between.join(parts)
        super().__init__(user, said)

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

    def clean_cols(self) -> list[str]:
        asked = dict.fromkeys(str(self.cleaned_data["cols"]).split(","))
        return [name for name in asked if name in COLUMNS]

    def clean_sort(self) -> list[str]:
        """Names of columns, a hyphen before those that fall."""
        keys: dict[str, str] = {}
        for key in str(self.cleaned_data["sort"]).split(","):
            name = key.removeprefix("-")
            if name in COLUMNS and COLUMNS[name].terms:
                keys.setdefault(name, key)
        return list(keys.values())[:MOST_KEYS]

    @property
    def columns(self) -> list[str]:
        """The chosen columns in their order; the reference always leads."""
        chosen: list[str] = self.cleaned_data.get("cols") or list(SHOWN)
        return ["reference", *(name for name in chosen if name != "reference")]

    @property
    def keys(self) -> list[str]:
        return list(self.cleaned_data.get("sort") or [])

    @property
    def page_number(self) -> int:
        return int(self.cleaned_data.get("page") or 1)

    @property
    def size(self) -> int:
        return int(self.cleaned_data.get("per_page") or PER_PAGE[0])

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

    def _offered(self, name: str, values: Iterable[tuple[Any, Any]]) -> Offered:
        """Values of a field, what they are called, and whether they are asked for."""
        said = set(self.shown.getlist(name))
        return [(value, words, str(value) in said) for value, words in values]

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
    def rest(self) -> list[tuple[str, str]]:
        """What the choice of columns leaves as it is."""
        return self.kept("page", "cols")

    @property
    def as_shipped(self) -> str:
        return urlencode(self.rest)

    @property
    def cleared(self) -> str:
        """Nobody's filter: everybody's issues, shown as they are now."""
        kept = [(n, v) for n, v in self.kept("page") if n in ("cols", "sort", "per_page")]
        return urlencode([("view", "team"), *kept])

    def _said(self, name: str) -> Any:
        value = self.cleaned_data.get(name)
        return any(value) if isinstance(value, tuple) else value

    def kept(self, *without: str) -> list[tuple[str, str]]:
        """Names and values for an address or hidden fields; only of a length that links bear."""
        return [
            (name, value)
            for name, values in self.shown.lists()
            if name in self.fields and name not in without
            for value in values[:MOST]
            if value and len(value) <= max(LONGEST, self.longest(name))
        ][:MOST]

    def longest(self, name: str) -> int:
        return getattr(self.fields[name], "max_length", None) or 0

    def address(self, **changes: str) -> str:
        new = [(name, value) for name, value in changes.items() if value]
        return urlencode([*self.kept("page", *changes), *new])

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

"""How the rows of a list are shown: columns, order, page. All of it is in the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from scoping.listing.columns import IssueColumn

PER_PAGE = (25, 50, 100)
MOST_KEYS = 3  # columns a list is sorted by at once
LONGEST = 100  # characters of one value that an address keeps
MOST = 100  # values that an address keeps
Offered = list[tuple[Any, Any, bool]]


class Listed(forms.Form):
    """``known`` are all columns, ``leads`` is the first one, ``usual`` those nobody had to choose.

    What is broken is ignored.
    """

    known: ClassVar[Mapping[str, IssueColumn]]
    leads: ClassVar[str]
    usual: ClassVar[Sequence[str]]
    shown: QueryDict

    sort = forms.CharField(required=False, max_length=200)
    cols = forms.CharField(required=False, max_length=1000)
    saved = forms.IntegerField(required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)
    per_page = forms.TypedChoiceField(
        choices=[(size, size) for size in PER_PAGE], coerce=int, required=False
    )

    def clean_cols(self) -> list[str]:
        asked = dict.fromkeys(str(self.cleaned_data["cols"]).split(","))
        return [name for name in asked if name in self.known]

    def clean_sort(self) -> list[str]:
        """Names of columns, a hyphen before those that fall."""
        keys: dict[str, str] = {}
        for key in str(self.cleaned_data["sort"]).split(","):
            name = key.removeprefix("-")
            if name in self.known and self.known[name].terms:
                keys.setdefault(name, key)
        return list(keys.values())[:MOST_KEYS]

    @property
    def columns(self) -> list[str]:
        """The chosen columns in their order; one always leads."""
        chosen: list[str] = self.cleaned_data.get("cols") or list(self.usual)
        return [self.leads, *(name for name in chosen if name != self.leads)]

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
    def rest(self) -> list[tuple[str, str]]:
        """What the choice of columns leaves as it is."""
        return self.kept("page", "cols")

    @property
    def as_shipped(self) -> str:
        return urlencode(self.rest)

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

    def _offered(self, name: str, values: Iterable[tuple[Any, Any]]) -> Offered:
        """Values of a field, what they are called, and whether they are asked for."""
        said = set(self.shown.getlist(name))
        return [(value, words, str(value) in said) for value, words in values]

    def _said(self, name: str) -> Any:
        value = self.cleaned_data.get(name)
        return any(value) if isinstance(value, tuple) else value


def joined(data: QueryDict, between: Mapping[str, str]) -> QueryDict:
    """What several fields of one name say, as one value."""
    said = data.copy()
    for name, sign in between.items():
        if len(parts := data.getlist(name)[:MOST]) > 1:
            said[name] = sign.join(parts)
    return said

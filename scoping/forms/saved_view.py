"""Naming a view, and sharing it."""

from __future__ import annotations

from typing import Any

from django import forms

from emdesk.people.models import User
from scoping import rules
from scoping.models import Layout, SavedView
from scoping.models.saved_view import LONGEST_QUERY

TOO_LONG = "These are too many filters for one view. Take some away and save again."


class NameForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a view is called, and whether the team sees it."""

    class Meta:
        model = SavedView
        fields = ["name", "team"]

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not rules.shares_views(user):
            del self.fields["team"]

    @property
    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields}


class SaveAsForm(NameForm):
    """A new view of the filters the person looks at."""

    layout = forms.ChoiceField(choices=Layout.choices, widget=forms.HiddenInput)
    query = forms.CharField(
        required=False,
        max_length=LONGEST_QUERY,
        widget=forms.HiddenInput,
        error_messages={"max_length": TOO_LONG},
    )

    field_order = ["name", "team", "layout", "query"]

    def clean(self) -> dict[str, Any]:
        """A hidden field's error would be told nowhere."""
        said = super().clean() or {}
        for name in ("query", "layout"):
            for error in self.errors.pop(name, []):
                self.add_error(None, error)
        return said


class SeenForm(forms.Form):
    """Which version of a view was looked at, and the filters it shall have."""

    seen = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    query = forms.CharField(required=False, max_length=LONGEST_QUERY)

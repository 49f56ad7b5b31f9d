"""Forms of the week's call, and of a plan."""

from __future__ import annotations

from typing import Any

from django import forms

from forecasting.calling import Said
from forecasting.calls import CallLine

AMOUNT: dict[str, Any] = {"min_value": 0, "max_digits": 14, "decimal_places": 2}
DIGITS = {"inputmode": "decimal"}


class CallForm(forms.Form):
    """Both figures include what is surer, as they do above the table."""

    commit = forms.DecimalField(
        label="Commit",
        help_text="What will close, with what is closed.",
        widget=forms.TextInput(attrs=DIGITS),
        **AMOUNT,
    )
    best_case = forms.DecimalField(
        label="Best Case",
        help_text="And what may close, with that.",
        widget=forms.TextInput(attrs=DIGITS),
        **AMOUNT,
    )
    note = forms.CharField(
        max_length=1_000,
        required=False,
        label="Note",
        help_text="What moved, and what it hangs on.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        commit, best = said.get("commit"), said.get("best_case")
        if commit is not None and best is not None and best < commit:
            self.add_error("best_case", "Best Case includes Commit. Write at least as much.")
        return said

    @property
    def said(self) -> Said:
        given = self.cleaned_data
        return Said(given["commit"], given["best_case"], given["note"])


class ReopenForm(forms.Form):
    reason = forms.CharField(max_length=300, help_text="One sentence for whoever asks later.")


def own_form(line: CallLine) -> CallForm:
    """Filled with what deals add up to, or with what was called this week already."""
    said = line.own
    start: dict[str, Any] = {"commit": said.commit, "best_case": said.best_case} if said else {}
    start = start or {name: f"{worth:.2f}" for name, worth in line.computed.items()}
    return CallForm(initial=start | {"note": said.note if said else ""})

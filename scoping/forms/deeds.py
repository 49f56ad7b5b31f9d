"""When a deed happened, if not just now."""

from __future__ import annotations

from django import forms


class HappenedAt(forms.DateTimeField):
    """A moment by the person's own clock; empty stands for now."""

    def __init__(self, label: str = "When") -> None:
        super().__init__(
            label=label,
            required=False,
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            help_text="By your clock. Empty: just now.",
        )


class DeedForm(forms.Form):
    happened_at = HappenedAt()


class PauseForm(forms.Form):
    """Why a clock stands still, and since when."""

    reason = forms.CharField(
        max_length=200, help_text="One sentence. The clock's strip and the report's reader see it."
    )
    happened_at = HappenedAt()

"""A file of an estimate's lines: chosen, looked at, and sent again as its text to be applied."""

from __future__ import annotations

from typing import Any

from django import forms

from scoping.estimating.files import MOST_BYTES


class EstimateFileForm(forms.Form):
    """``token`` is the state of the estimate against which the person looked at the file."""

    upload = forms.FileField(
        required=False,
        label="CSV file or Excel workbook",
        allow_empty_file=True,
        max_length=200,
        help_text="As it is exported here; up to 1 MB.",
    )
    text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    token = forms.IntegerField(
        required=False, min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        upload, text = said.get("upload"), said.get("text") or ""
        if not upload and not text.strip():
            raise forms.ValidationError("Choose a file.")
        if upload and upload.size > MOST_BYTES:
            raise forms.ValidationError(f"{upload.name} is larger than 1 MB. Split it.")
        said["content"] = upload.read() if upload else text.encode(errors="replace")
        return said

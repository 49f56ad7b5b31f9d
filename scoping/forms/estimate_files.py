"""A file of an estimate's lines: chosen, looked at, and sent again as its text to be applied."""

from __future__ import annotations

from typing import Any

from django import forms

from scoping.estimating.files import MOST_BYTES


class EstimateFileForm(forms.Form):
    """``token`` is the state of the estimate against which the person looked at the file."""

    upload = forms.FileField(
        label="CSV file or Excel workbook",
        allow_empty_file=True,
        max_length=200,
        help_text="As it is exported here; up to 1 MB.",
        error_messages={"required": "Choose a file."},
    )
    text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    token = forms.IntegerField(
        required=False, min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["upload"].required = not self.data.get("text", "").strip()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        upload, text = said.get("upload"), said.get("text") or ""
        if upload and upload.size > MOST_BYTES:
            raise forms.ValidationError(f"{upload.name} is larger than 1 MB. Split it.")
        said["content"] = upload.read() if upload else text.encode(errors="replace")
        return said

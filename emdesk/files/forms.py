"""Handing in a file."""

from __future__ import annotations

from django import forms

from emdesk.files.kinds import KINDS


class UploadForm(forms.Form):
    file = forms.FileField(
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{kind}" for kind in KINDS)}),
        error_messages={"required": "Choose a file first."},
    )

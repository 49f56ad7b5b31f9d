"""What an import is told: its files, what each of them is, and what their columns are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from scoping.imports import mapping, salesforce
from scoping.imports.looking import FIELDS, Sight
from scoping.imports.uploads import MOST_FILES
from scoping.models import ImportRun, Kind

NOWHERE = "-"  # a column no file has


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files; empty ones get through to be named."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        sent = data if isinstance(data, list | tuple) else [data] if data else []
        if not sent:
            raise forms.ValidationError("Choose at least one file.")
        if len(sent) > MOST_FILES:
            raise forms.ValidationError(f"Send at most {MOST_FILES} files at once.")
        return [super(FilesField, self).clean(each, initial) for each in sent]


class UploadForm(forms.Form):
    upload = FilesField(
        label="Files",
        allow_empty_file=True,
        help_text="CSV, JSON or NDJSON, as they were exported. Packed with gzip is fine.",
        max_length=200,
    )


class MappingForm(forms.Form):
    """What each file is, the project of issues that name none, and the EM's columns in the CRM."""

    project = forms.CharField(
        label="Project of issues that name none",
        max_length=255,
        required=False,
        help_text="Such as example-services/ps-plan. Issues are found again by project and number.",
    )

    def __init__(self, run: ImportRun, sights: Sequence[Sight], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sights = sights
        self.run, self.kept = run, list(run.files.all())
        self.fields["project"].initial = run.project
        for file in self.kept:
            self.fields[f"kind_{file.pk}"] = forms.ChoiceField(
                label=f"What {file.name} is", choices=Kind.choices, initial=file.kind
            )
        deals = [sight for file, sight in zip(self.kept, sights, strict=True) if _is_deals(file)]
        self.columns = [column.name for sight in deals for column in sight.columns]
        if deals:
            self._add_columns(salesforce.MAPPING | run.fields)

    def _add_columns(self, names: Mapping[str, str]) -> None:
        choices = [(name, name) for name in dict.fromkeys(self.columns)]
        for field, words in FIELDS.items():
            here = names[field] if names[field] in self.columns else NOWHERE
            self.fields[f"field_{field}"] = forms.ChoiceField(
                label=f"{words[0].upper()}{words[1:]}",
                choices=[(NOWHERE, "Not in the file"), *choices],
                initial=here,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        kinds = [said.get(f"kind_{file.pk}", Kind.UNKNOWN) for file in self.kept]
        for fault in mapping.faults(kinds):
            self.add_error(None, fault)
        return said

    @property
    def kinds(self) -> list[Any]:
        return [self[f"kind_{file.pk}"] for file in self.kept]

    @property
    def deal_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("field_")]

    def save(self) -> None:
        self.run.project = self.cleaned_data["project"]
        self.run.fields = {
            name: self.cleaned_data.get(f"field_{name}") or NOWHERE
            for name in FIELDS
            if f"field_{name}" in self.fields
        }
        self.run.save(update_fields=["project", "fields"])
        for file in self.kept:
            file.kind = self.cleaned_data[f"kind_{file.pk}"]
            file.save(update_fields=["kind"])


def _is_deals(file: Any) -> bool:
    return bool(file.kind == Kind.SALESFORCE)

"""How large a file may be: a setting, below a ceiling that guards the server itself."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.files.uploadhandler import FileUploadHandler

from emdesk.configuration.definitions import Definition, register
from emdesk.configuration.values import value_of

KEY = "file_megabytes"
MEGABYTE = 1024 * 1024
CEILING = 100


def largest(on: date) -> int:
    """The most bytes a file may have."""
    megabytes: int = value_of(KEY, on)
    return megabytes * MEGABYTE


class UpToCeiling(FileUploadHandler):
    """Goes first among the upload handlers: what comes past the ceiling is read, but not kept.

    What is left of such a file is longer than any limit, so it is refused like other long ones.
    """

    kept = 0

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        self.kept = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if self.kept > CEILING * MEGABYTE:
            return None
        self.kept += len(raw_data)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


register(
    Definition(
        key=KEY,
        name="Largest file, in megabytes",
        help="Files larger than this are refused when somebody adds them to an issue.",
        default=25,
        field=lambda: forms.IntegerField(min_value=1, max_value=CEILING),
    )
)

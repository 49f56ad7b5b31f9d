"""File names, made harmless: no folders, no control or direction characters, no surprises."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from emdesk.files.models import LONGEST_NAME
from emdesk.files.refusal import Refused

HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control, format, surrogate and separator characters
RESERVED = set('<>:"|?*')


def clean_name(sent: str) -> str:
    """What the sender called the file, without the folders they keep it in."""
    last = unicodedata.normalize("NFC", sent).replace("\\", "/").rpartition("/")[2]
    seen = "".join(mark for mark in last if unicodedata.category(mark) not in HIDDEN)
    name = "".join("_" if mark in RESERVED else mark for mark in seen).strip(" .")
    stem, ending = PurePosixPath(name).stem, PurePosixPath(name).suffix
    if not stem or not ending:
        raise Refused("Give the file a name and an ending, such as estimate.xlsx.")
    return f"{stem[: LONGEST_NAME - len(ending)]}{ending}"

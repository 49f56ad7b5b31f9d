"""JSON, strictly: whole documents and one document a line, with limits on everything."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NoReturn

from scoping.imports.reading import MOST_RECORDS, Text
from scoping.imports.report import FileRefused, Judge, Rejected
from scoping.imports.values import storable

LARGEST_DOCUMENT = 24 << 20


class Broken(Exception):
    """This text is no JSON we take."""


def parse(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except (json.JSONDecodeError, RecursionError, ValueError) as wrong:
        raise Broken(str(wrong) or "nested too deeply") from None


def whole(lines: Iterable[str]) -> Any:
    """One document in the whole file."""
    parts, size = [], 0
    for line in lines:
        size += len(line)
        if size > LARGEST_DOCUMENT:
            raise FileRefused(
                f"The document holds more than {LARGEST_DOCUMENT >> 20} MB. Ask for smaller pages."
            )
        parts.append(line)
    try:
        return parse("".join(parts))
    except Broken as wrong:
        raise FileRefused(f"This is not JSON: {wrong}. Fetch it again.") from None


def by_line(first: str, text: Text, judge: Judge) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Record number, line and object of each line; what is no object is rejected alone."""
    number = 0
    for line, told in enumerate(chain([first], text), 1):
        if not told.strip():
            continue
        number += 1
        if number > MOST_RECORDS:
            raise FileRefused(f"More than {MOST_RECORDS:,} records. Split the file.")
        judge.report.read += 1
        try:
            found = parse(told)
        except Broken as wrong:
            judge.reject(number, line, f"The line is not JSON: {wrong}")
            continue
        if isinstance(found, dict):
            yield number, line, found
        else:
            judge.reject(number, line, "The line is no JSON object.")


def text_at(found: dict[str, Any], name: str) -> str:
    """A text, where null and nothing are the same."""
    value = found.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Rejected(f"{name} is not a text.")
    return storable(value, name)


def number_at(found: dict[str, Any], name: str) -> int | None:
    value = found.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 10**15:
        raise Rejected(f"{name} is not a number we take.")
    return value


def objects_at(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = found.get(name) or []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Rejected(f"{name} is not a list of objects.")
    return value


def object_at(found: dict[str, Any], name: str) -> dict[str, Any]:
    value = found.get(name) or {}
    if not isinstance(value, dict):
        raise Rejected(f"{name} is not an object.")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")

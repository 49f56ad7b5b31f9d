"""What kind of file this is, by its first lines alone."""

from __future__ import annotations

import csv
import json
from itertools import islice
from pathlib import Path

from scoping.imports.maven import COLUMNS as MAVEN
from scoping.imports.reading import Text, text_of
from scoping.imports.tables import DELIMITERS
from scoping.models import Kind

LOOKED_AT = 256 << 10  # characters of a document
COLUMNS = {
    Kind.GITLAB_ISSUES: ("title", "state", "labels", "created at (utc)"),
    Kind.MAVEN: MAVEN,
    Kind.MAVEN_ACCOUNTS: ("account", "sector", "employees"),
    Kind.MAVEN_PRODUCTS: ("product", "sales_price"),
    Kind.MAVEN_TEAMS: ("sales_agent", "manager", "regional_office"),
    Kind.SALESFORCE: ("stagename", "closedate"),
    Kind.SALESFORCE_ACCOUNTS: ("id", "name"),
}
LABELS = {"stage": "stagename", "close date": "closedate"}
WORDS = {
    '"resource_id"': Kind.GITLAB_EVENTS,
    '"iid"': Kind.GITLAB_ISSUES,
    '"access_level"': Kind.GITLAB_MEMBERS,
    '"StageName"': Kind.SALESFORCE,
}


def recognise(path: Path) -> Kind:
    """The kind of a file; FileRefused when nothing can be read of it at all."""
    with text_of(path) as text:
        first = next(text, "")
        return _document(first, text) if first.lstrip()[:1] in ("{", "[") else _table(first)


def _table(header: str) -> Kind:
    for delimiter in DELIMITERS:
        cells = next(csv.reader([header], delimiter=delimiter), [])
        named = {cell.strip().casefold() for cell in cells}
        named |= {LABELS[name] for name in named & LABELS.keys()}
        for kind, columns in COLUMNS.items():
            if named.issuperset(columns):
                return kind
    return Kind.UNKNOWN


def _document(first: str, text: Text) -> Kind:
    """A line that is a whole document tells by its names, anything else by what stands in it."""
    try:
        found = json.loads(first)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        first = " ".join(json.dumps(name) for name in found)
        if "records" in found:
            return Kind.SALESFORCE
    words = f"{first} {_some(text) if not isinstance(found, dict) else ''}"
    return next((kind for word, kind in WORDS.items() if word in words), Kind.UNKNOWN)


def _some(text: Text) -> str:
    lines, size = [], 0
    for line in islice(text, 5_000):
        lines.append(line)
        size += len(line)
        if size > LOOKED_AT:
            break
    return "".join(lines)

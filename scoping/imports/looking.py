"""A first look at a file: its columns, what they hold and what becomes of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import Any

from scoping.imports import documents, gitlab_csv, salesforce
from scoping.imports.gitlab_csv import ALIASES
from scoping.imports.linking import place_of
from scoping.imports.maven import COLUMNS as MAVEN
from scoping.imports.people import NOBODY, People
from scoping.imports.reading import Text, text_of
from scoping.imports.report import FileRefused, Judge
from scoping.imports.standing import Labels, Said
from scoping.imports.tables import Table
from scoping.models import ImportFile, Kind
from scoping.states import State

LOOKED_AT = 2_000
LARGEST_LOOKED_AT = 4 << 20  # a document of one piece
SAMPLES, LONGEST_SAMPLE = 3, 60
MOST_LABELS = 100
BESIDE = "kept beside the issue"
ISSUE_COLUMNS = {
    **dict.fromkeys(("IID", "iid"), "its number there, by which it is found again"),
    **dict.fromkeys(("ID", "id"), "its id there, by which label events find it"),
    **dict.fromkeys(("URL", "web_url", "references"), "the project it belongs to"),
    **dict.fromkeys(("Title", "title"), "title, and the account it begins with"),
    **dict.fromkeys(("Description", "description"), "description, customer, services and deal"),
    **dict.fromkeys(("State", "state"), "open or closed"),
    **dict.fromkeys(("Labels", "labels", "label_links"), "column, segment, quarter and the like"),
    **dict.fromkeys(("Author", "Author Username", "author", "author_id"), "requester"),
    **dict.fromkeys(("Assignee", "Assignee Username"), "engagement manager: the first of them"),
    **dict.fromkeys(("assignees", "issue_assignees"), "engagement manager: the first of them"),
    **dict.fromkeys(("Created At (UTC)", "created_at"), "raised on"),
    **dict.fromkeys(("Updated At (UTC)", "updated_at"), "which of two exports is newer"),
    **dict.fromkeys(("Closed At (UTC)", "closed_at"), "closed on, and the quarter"),
    **dict.fromkeys(("Confidential", "confidential"), BESIDE),
    **dict.fromkeys(gitlab_csv.FACTS, BESIDE),
    **dict.fromkeys(("due_date", "weight", "severity", "time_estimate", "start_date"), BESIDE),
    **dict.fromkeys(("resource_label_events", "resource_state_events"), "the history of moves"),
}
EVENT_COLUMNS = {
    "id": "its number, so that none counts twice",
    "resource_id": "the issue it is about",
    "label": "the column moved to or from",
    "action": "whether the label came or went",
    "state": "closed or reopened",
    "created_at": "when it happened",
}
MAVEN_COLUMNS = dict(
    zip(
        MAVEN,
        (
            *("its id, by which it is found again", "owner, office and EM", "product"),
            *("account", "stage", "engaged on", "close date", "amount"),
        ),
        strict=True,
    )
)
DEAL_COLUMNS = {
    "Id": "its id, by which it is found again",
    "StageName": "stage",
    "CloseDate": "close date, and the quarter",
    "Name": "name",
    "AccountId": "account",
    "Account.Name": "account",
    "Amount": "amount",
    "ExpectedRevenue": "expected revenue",
    "Probability": "probability",
    "ForecastCategory": "forecast category",
    "ForecastCategoryName": "forecast category",
    "OwnerId": "owner",
    "Owner.Name": "owner",
    "CreatedDate": "engaged on",
    "LastModifiedDate": "which of two exports is newer",
    "SystemModstamp": "which of two exports is newer",
    "IsDeleted": "whether it still counts",
    "IsClosed": "checked against the stage",
    "IsWon": "checked against the stage",
    "CurrencyIsoCode": "currency",
    "PushCount": "push count",
    **{column: name.replace("_", " ") for column, (name, _) in salesforce.TEXTS.items()},
}
FIELDS = {
    "em": "engagement manager",
    "confidence": "EM confidence",
    "rationale": "confidence rationale",
    "issue_link": "link to its scoping issue",
    "services_value": "services value",
    "quoted_value": "Proserve amount",
    "edu_value": "Edu services value",
    "edu_override": "Edu value override",
    "investment_value": "investment services value",
}
KNOWN: Mapping[str, Mapping[str, str]] = {
    Kind.GITLAB_ISSUES: ISSUE_COLUMNS,
    Kind.GITLAB_EVENTS: EVENT_COLUMNS,
    Kind.MAVEN: MAVEN_COLUMNS,
    Kind.SALESFORCE: DEAL_COLUMNS,
}
TABLES: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    Kind.GITLAB_ISSUES: (gitlab_csv.COLUMNS, ALIASES),
    Kind.MAVEN: (MAVEN, {}),
    Kind.SALESFORCE: (salesforce.REQUIRED, salesforce.LABELS),
}
Values = Mapping[str, Any]


@dataclass
class Column:
    name: str
    becomes: str
    filled: int
    samples: list[str]


@dataclass
class Sight:
    """What was seen of a file: of ``rows`` records, the first ``LOOKED_AT`` at most."""

    rows: int = 0
    problem: str = ""
    columns: list[Column] = field(default_factory=list)
    labels: list[tuple[str, str, int]] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    placeless: int = 0

    @property
    def not_all(self) -> bool:
        return self.rows >= LOOKED_AT


def look(file: ImportFile, fields: Mapping[str, str], at: datetime) -> Sight:
    """The first records of a file; what stands against reading it is its ``problem``."""
    sight = Sight()
    if file.kind not in KNOWN:
        return sight
    try:
        with text_of(file.path) as text:
            rows = list(islice(_rows(text, Kind(file.kind)), LOOKED_AT))
    except FileRefused as refused:
        sight.problem = str(refused)
        return sight
    sight.rows = len(rows)
    ours = {{**salesforce.MAPPING, **fields}[name]: words for name, words in FIELDS.items()}
    known = {**KNOWN[file.kind], **(ours if file.kind == Kind.SALESFORCE else {})}
    sight.columns = list(_columns(rows, known))
    if file.kind == Kind.GITLAB_ISSUES:
        sight.labels = _labels(rows)
        sight.strangers = _strangers(rows, at)
        sight.placeless = sum(not _place(row) for row in rows)
    return sight


def _rows(text: Text, kind: Kind) -> Iterator[Values]:
    first = next(text, "")
    if first.lstrip()[:1] not in ("{", "["):
        required, aliases = TABLES.get(kind, (("resource_id",), {}))
        for row in Table(text.again(first), required, aliases):
            if not row.blank and not row.broken:
                yield row.values
        return
    try:
        found = documents.parse(first)
    except documents.Broken:
        found = None
    if isinstance(found, dict) and "records" not in found:
        lines = documents.by_line(first, text, Judge(""))
        yield from (each for _, _, each in lines)
    else:
        yield from _of_page(documents.whole(_short(chain([first], text))))


def _short(lines: Iterable[str]) -> Iterator[str]:
    size = 0
    for line in lines:
        size += len(line)
        if size > LARGEST_LOOKED_AT:
            raise FileRefused("It is too long for a first look; the check reads it whole.")
        yield line


def _of_page(page: Any) -> Iterator[Values]:
    records = page.get("records") if isinstance(page, dict) else page
    for each in records if isinstance(records, list) else []:
        if isinstance(each, dict):
            yield dict(salesforce.flat(each)) if isinstance(page, dict) else each


def _columns(rows: list[Values], known: Mapping[str, str]) -> Iterator[Column]:
    filled: Counter[str] = Counter()
    samples: dict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        for name, value in row.items():
            text = _short_text(value)
            filled[name] += bool(text)
            if text and len(samples[name]) < SAMPLES:
                samples[name][text] = None
    for name in dict.fromkeys(name for row in rows for name in row):
        part = 100 * filled[name] // max(len(rows), 1)
        yield Column(name, known.get(name, ""), part, list(samples[name]))


def _short_text(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, dict):
        value = value.get("name") or value.get("title") or value.get("username") or "…"
    if isinstance(value, list):
        value = ", ".join(filter(None, map(_short_text, value[:SAMPLES])))
    text = " ".join(str(value)[: 4 * LONGEST_SAMPLE].split())
    return f"{text[:LONGEST_SAMPLE]}…" if len(text) > LONGEST_SAMPLE else text


def _labels(rows: Iterable[Values]) -> list[tuple[str, str, int]]:
    """Each label, what it becomes and how often it is there; those nobody knows come first."""
    counted = Counter(label for row in rows for label in _labels_of(row))
    said = Labels().said
    found = [(label, _becomes(said(label)), count) for label, count in counted.items()]
    found.sort(key=lambda each: (not each[1].startswith("a label"), -each[2], each[0]))
    return found[:MOST_LABELS]


def _labels_of(row: Values) -> list[str]:
    found = row.get("Labels", row.get("labels", ""))
    if isinstance(found, str):
        return [label for label in found.split(",") if label]
    names = [each.get("name") if isinstance(each, dict) else each for each in found or []]
    return [name for name in names if isinstance(name, str)]


def _becomes(said: Said) -> str:
    if not said.field:
        return f"a label of the issue. {said.note}".strip()
    if column := said.column:
        words = said.value if column == State.CLOSED else column.label
        return f"column {State(column).label}" + (f", {words}" if column == State.CLOSED else "")
    value = "yes" if said.value is True else said.value
    return f"{said.field.replace('_', ' ')}: {value}"


def _strangers(rows: Iterable[Values], at: datetime) -> list[str]:
    """People the file assigns issues to who have no account here."""
    people, found = People(at), dict[str, None]()
    for row in rows:
        for handle, name in _assignees(row)[:1]:
            here = handle.casefold() in NOBODY or people.known(handle, name)
            if handle and not here:
                found[name or handle] = None
    return sorted(found)


def _assignees(row: Values) -> list[tuple[str, str]]:
    if "Assignee Username" in row:
        pairs = zip(
            row["Assignee Username"].split(", "), row.get("Assignee", "").split(", "), strict=False
        )
        return list(pairs)
    people = row.get("assignees")
    people = people if isinstance(people, list) else []
    return [
        (str(each.get("username") or ""), str(each.get("name") or ""))
        for each in people
        if isinstance(each, dict)
    ]


def _place(row: Values) -> bool:
    link = row.get("URL") or row.get("web_url") or ""
    return place_of(str(link)) is not None or bool(row.get("references"))

"""Files of issues: which kind one is, and what to do with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from scoping.imports import documents, gitlab_csv, gitlab_export, gitlab_rest
from scoping.imports.issues import Issues
from scoping.imports.label_events import LabelEvents
from scoping.imports.reading import Text, ahead, text_of
from scoping.imports.report import FileRefused, Judge
from scoping.imports.tickets import Ticket
from scoping.models import Imported

LOOKED_AT = 40


class IssueFile:
    """Takes one file in, whatever format it has.

    ``members`` knows the people of a project export; without it, what lies beside the file does.
    """

    def __init__(self, at: datetime, project: str, members: Path | None = None) -> None:
        self._at, self._project, self._members = at, project, members

    def __call__(self, path: Path, judge: Judge) -> None:
        with text_of(path) as text:
            first = next(text, "")
            if not first.lstrip().startswith(("[", "{")):
                self._take(gitlab_csv.read(text.again(first), judge, self._project), judge)
                return
            if _is_line(first):
                self._take_lines(path, first, text, judge)
            else:
                self._take_page(documents.whole(chain([first], text)), judge)
            for remark in text.remarks:
                judge.remark(remark)

    def _take(self, tickets: Iterable[Ticket], judge: Judge) -> None:
        issues = Issues(judge, self._at)
        for ticket in ahead(tickets):
            with judge.judging(ticket.record, ticket.line):
                issues.take(ticket)
        issues.write()

    def _take_lines(self, path: Path, first: str, text: Text, judge: Judge) -> None:
        lines = documents.by_line(first, text, judge)
        found = documents.parse(first)
        if is_event(found):
            self._take_events(lines, judge)
        elif "iid" in found:
            beside = self._members or path.with_name(gitlab_export.MEMBERS)
            members = gitlab_export.members_in(beside)
            project = self._project or _only_project()
            self._take(gitlab_export.read(lines, judge, project, members), judge)
        else:
            raise FileRefused("These lines are neither issues nor label events.")

    def _take_page(self, page: Any, judge: Judge) -> None:
        if not isinstance(page, list):
            raise FileRefused("This is not a page of issues or label events.")
        if page and all(is_event(each) for each in page):
            judge.report.read += len(page)
            self._take_events(((number, 0, each) for number, each in enumerate(page, 1)), judge)
        elif not page or any(isinstance(each, dict) and "iid" in each for each in page):
            self._take(gitlab_rest.read(page, judge, self._project), judge)
        else:
            raise FileRefused("This is not a page of issues or label events.")

    def _take_events(self, events: Iterable[tuple[int, int, Any]], judge: Judge) -> None:
        told = LabelEvents(judge, self._at)
        told.hear(events)
        told.write()


def holds_events(path: Path) -> bool:
    """Whether a file holds label events, which come after the issues they are about."""
    try:
        with text_of(path) as text:
            return any('"resource_id"' in line for line in islice(text, LOOKED_AT))
    except FileRefused:
        return False


def is_event(found: Any) -> bool:
    return isinstance(found, dict) and "resource_id" in found and "iid" not in found


def in_order(paths: Iterable[Path]) -> Iterator[Path]:
    """Issues first, then what happened to them."""
    return iter(sorted(paths, key=holds_events))


def _is_line(first: str) -> bool:
    """Whether the first line is a document of its own, an object."""
    try:
        return isinstance(documents.parse(first), dict)
    except documents.Broken:
        return False


def _only_project() -> str:
    """Where an export belongs that does not say: where everything here came from."""
    known = list(Imported.objects.values_list("project", flat=True).order_by().distinct()[:2])
    return known[0] if len(known) == 1 else ""

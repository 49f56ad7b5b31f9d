"""Which file is read as what, in which order, with what beside it: for check and run alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from scoping.imports.files import IssueFile
from scoping.imports.maven import Maven, companions
from scoping.imports.running import Taking, Work
from scoping.imports.salesforce import Salesforce
from scoping.models import ImportRun, Kind

# Issues first, then what happened to them; deals last, for they close issues.
IN_ORDER = (Kind.GITLAB_ISSUES, Kind.GITLAB_EVENTS, Kind.MAVEN, Kind.SALESFORCE)
COMPANIONS = {
    Kind.GITLAB_MEMBERS: Kind.GITLAB_ISSUES,
    Kind.MAVEN_ACCOUNTS: Kind.MAVEN,
    Kind.MAVEN_PRODUCTS: Kind.MAVEN,
    Kind.MAVEN_TEAMS: Kind.MAVEN,
    Kind.SALESFORCE_ACCOUNTS: Kind.SALESFORCE,
}


def works(run: ImportRun, at: datetime) -> Iterator[Work]:
    """What is to be taken in, one file after the other."""
    files = list(run.files.all())
    beside = {Kind(file.kind): file.path for file in files if file.kind in COMPANIONS}
    for kind in IN_ORDER:
        for file in files:
            if file.kind == kind:
                yield Work(file.path, _preparing(kind, run, beside, at), file.name)


def _preparing(
    kind: Kind, run: ImportRun, beside: Mapping[Kind, Path], at: datetime
) -> Callable[[], Taking]:
    def prepare() -> Taking:
        if kind == Kind.MAVEN:
            tables = (Kind.MAVEN_ACCOUNTS, Kind.MAVEN_PRODUCTS, Kind.MAVEN_TEAMS)
            return Maven(companions(*(beside.get(each) for each in tables)), at)
        if kind == Kind.SALESFORCE:
            return Salesforce(beside.get(Kind.SALESFORCE_ACCOUNTS), run.fields, at)
        return IssueFile(at, run.project, beside.get(Kind.GITLAB_MEMBERS))

    return prepare


def faults(kinds: list[str]) -> Iterator[str]:
    """Why files of these kinds cannot be imported together."""
    counted = Counter(Kind(kind) for kind in kinds)
    if not any(counted[kind] for kind in IN_ORDER):
        yield "No file holds issues or opportunities. Say which one does, or upload it."
    for companion, main in COMPANIONS.items():
        if counted[companion] > 1:
            yield f"Two files are {companion.label}. Leave one out."
        if counted[companion] and not counted[main]:
            yield f"{companion.label} are read beside {main.label}, which are missing."

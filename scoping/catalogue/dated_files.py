"""What is dated as a table: out for a spreadsheet, and in again, looked at before it is given.

A kind of such tables says what its columns are, which form reads a line and what giving is.
"""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.transaction import atomic

from emdesk.exporting import original
from emdesk.people.models import User
from scoping.forms.rates import RolesForm
from scoping.imports.reading import Text
from scoping.imports.report import FileRefused
from scoping.imports.tables import Row, Table
from scoping.models import ResourceRole

MOST_LINES, MOST_BYTES = 500, 256 * 1024
WHY = "Why"
Roles = Mapping[str, ResourceRole]
Said = Mapping[str, str]


class Kind(ABC):
    """``name`` is what one line gives; ``head`` its columns before those of the roles."""

    name: str
    head: tuple[str, ...]
    shown: tuple[str, ...]

    @abstractmethod
    def form(self, said: Said, amounts: Mapping[str, str], today: date) -> RolesForm:
        """The form of one line, its roles' amounts by field name."""

    @abstractmethod
    def give(self, form: Any, *, by: User, at: datetime) -> None: ...

    @abstractmethod
    def there(self) -> set[Any]:
        """The facts of all there are."""

    @abstractmethod
    def facts(self, said: Said, amounts: frozenset[tuple[int, Decimal]]) -> Any:
        """What makes a line the same as one that is there."""

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.head, WHY)


@dataclass(frozen=True)
class Planned:
    """One line of the file: something to give, something there already, or what is wrong.

    ``cells`` are those that tell which it is, in the order of the kind's ``shown``.
    """

    line: int
    cells: list[str]
    form: RolesForm
    known: bool
    faults: list[str] = field(default_factory=list)


def head_of(kind: Kind, roles: Sequence[ResourceRole]) -> list[str]:
    return [*kind.head, *(role.name for role in roles), WHY]


def read(kind: Kind, content: str, today: date) -> list[Planned]:
    """What each line would do; ``FileRefused`` when it is no such table."""
    if len(content.encode(errors="replace")) > MOST_BYTES:
        raise FileRefused(f"The file has more than {MOST_BYTES // 1024} KB. Split it.")
    raw: Any = io.BytesIO(content.encode("utf-8", errors="replace"))
    table = Table(Text(io.BufferedReader(raw)), kind.columns)
    roles = {role.name: role for role in ResourceRole.objects.filter(is_active=True)}
    _insist_on_columns(kind, table.columns, roles)
    there = kind.there()
    found: list[Planned] = []
    for row in table:
        if row.blank:
            continue
        if len(found) == MOST_LINES:
            raise FileRefused(f"More than {MOST_LINES} {kind.name}s. Split the file.")
        found.append(_planned(kind, row, roles, there, today))
    if not found:
        raise FileRefused(f"The file holds no {kind.name} below its first line.")
    return found


def give(kind: Kind, planned: Iterable[Planned], *, by: User, at: datetime) -> int:
    """All that is not there yet, or nothing; how many they were."""
    new = [each for each in planned if not each.known]
    with atomic():
        for each in new:
            kind.give(each.form, by=by, at=at)
    return len(new)


def _insist_on_columns(kind: Kind, columns: Sequence[str], roles: Roles) -> None:
    strange = [name for name in columns if name and name not in (*kind.columns, *roles)]
    if strange:
        known = ", ".join(roles)
        raise FileRefused(f"There is no role “{strange[0][:40]}”. The roles are {known}.")


def _planned(kind: Kind, row: Row, roles: Roles, there: set[Any], today: date) -> Planned:
    said = {name: original(row[name]).strip() for name in (*kind.columns, *roles)}
    amounts = {f"role_{role.pk}": said[name] for name, role in roles.items()}
    form = kind.form(said, amounts, today)
    form.full_clean()
    known = _facts(kind, said, roles) in there
    faults = [] if known else _faults(row, form)
    return Planned(row.line, [said[name] for name in kind.shown], form, known, faults)


def _facts(kind: Kind, said: Said, roles: Roles) -> Any:
    """None when the line says no amounts at all."""
    try:
        amounts = {(role.pk, Decimal(said[name])) for name, role in roles.items() if said[name]}
        return kind.facts(said, frozenset(amounts))
    except ArithmeticError:
        return None


def _faults(row: Row, form: RolesForm) -> list[str]:
    if row.broken or row.missing or row.extra:
        return [row.broken or "This line has not as many cells as the first."]
    return [
        f"{form.fields[name].label or name.replace('_', ' ').capitalize()}: {fault}"
        for name, faults in form.errors.items()
        for fault in faults
    ]

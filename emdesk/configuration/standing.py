"""Where every setting stands: what holds, what is to come, and all that was ever set."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from emdesk.configuration.definitions import Definition, registered
from emdesk.configuration.models import Setting


@dataclass(frozen=True)
class Line:
    """One row as people read it."""

    setting: Setting
    value: str


@dataclass(frozen=True)
class Standing:
    definition: Definition
    current: Line | None
    upcoming: list[Line]
    history: list[Line]

    @property
    def value(self) -> str:
        default = self.definition.spell(self.definition.default)
        return self.current.value if self.current else default


def standings(today: date) -> list[Standing]:
    """One for every definition, in one query."""
    rows: defaultdict[str, list[Setting]] = defaultdict(list)
    for setting in Setting.objects.select_related("set_by").order_by("-effective_from", "-pk"):
        rows[setting.key].append(setting)
    return [_standing(known, rows[known.key], today) for known in registered()]


def standing_of(definition: Definition, today: date) -> Standing:
    rows = Setting.objects.filter(key=definition.key).select_related("set_by")
    return _standing(definition, list(rows.order_by("-effective_from", "-pk")), today)


def _standing(definition: Definition, rows: list[Setting], today: date) -> Standing:
    """``rows`` come latest first, so of two for one day the correction comes first."""
    lines = [Line(row, definition.spell(definition.read(row.value))) for row in rows]
    begun = [line for line in lines if line.setting.effective_from <= today]
    to_come = {line.setting.effective_from: line for line in reversed(lines) if line not in begun}
    upcoming = [to_come[day] for day in sorted(to_come)]
    newest_first = sorted(lines, key=lambda line: line.setting.pk, reverse=True)
    return Standing(definition, begun[0] if begun else None, upcoming, newest_first)

"""The sheet as a table to type into: markup made in Python, as a page may hold 500 lines of it.

A cell is named ``c.12.hours``: line and column. Whoever lacks the right to costs gets none of
their cells: neither the column nor what is reckoned from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from django.utils.safestring import SafeString

from scoping.estimating.cells import COLUMNS, Column, Known, columns_for
from scoping.estimating.reckoning import Reckoned
from scoping.estimating.saving import NEW, Refusal
from scoping.models import EstimateLine
from scoping.pricing import Sum

RATE = [*COLUMNS].index("rate")
Refused = Mapping[tuple[str, str], Refusal]
OPEN = '<tr id="l{0}"><td><input type="radio" name="row" value="{0}" aria-label="Choose this line"></td>'
CELL = '<td><input name="c.{0}.{1}" value="{2}" aria-label="{3}"{4}>{5}</td>'
FAULT = '<span class="fault" role="alert">{}</span>'
FORMULA = '<span class="formula" title="{}">{}</span>'
PHASE = (
    '<tr class="phase" id="{0}"><th scope="rowgroup" colspan="{1}">{2}</th>'
    '<td class="num">{3}</td>{4}</tr>'
)


@dataclass(frozen=True)
class Grid:
    """What is drawn, for whom: ``fixed`` without cells to type into."""

    reckoned: Reckoned
    known: Known
    costs: bool
    fixed: bool = False
    refused: Refused = field(default_factory=dict)

    @property
    def columns(self) -> list[Column]:
        return columns_for(costs=self.costs)

    def markup(self) -> SafeString:
        """The rows of the table's body, each phase under its heading, an empty row at the end."""
        parts, phase, place = [], None, 0
        columns = [_Drawn(column) for column in self.columns]
        draw = self._fixed if self.fixed else self._typed
        for line, each in zip(self.reckoned.lines, self.reckoned.priced.sums, strict=True):
            if line.phase != phase:
                phase, place = line.phase, place + 1
                parts.append(self._heading(place, phase))
            parts.append(draw(line, each, columns))
        if not self.fixed:
            parts.append(self._empty(columns))
        return SafeString("".join(parts))

    def phase_sums(self) -> list[tuple[str, Sum]]:
        """By the id of its heading."""
        priced = self.reckoned.priced
        names = enumerate(self.reckoned.phases, start=1)
        return [(f"f{place}", priced.phase(name)) for place, name in names]

    def _heading(self, place: int, phase: str) -> str:
        each = self.reckoned.priced.phase(phase)
        margin = f'<td class="num" id="f{place}m">{margin_of(each)}</td>' if self.costs else ""
        price = f'<span id="f{place}p">{each.price:,.2f}</span>'
        wide = len(self.columns) + (0 if self.fixed else 1)
        return PHASE.format(f"f{place}", wide, escape(phase) or "Without a phase", price, margin)

    def _typed(self, line: EstimateLine, each: Sum, columns: list[_Drawn]) -> str:
        pk, known = str(line.pk), self.known
        begin = f'<td><input name="c.{pk}.'
        cells = [
            f'{begin}{column.key}" value="{escape(text) if (text := column.show(line, known)) else ""}{column.end}'
            for column in columns
        ]
        if line.rate is None and line.unit_price is None:
            cells[RATE] = self._by_card(line, columns[RATE])
        if line.formula or self.refused:
            for place, column in enumerate(columns):
                if (pk, column.key) in self.refused or (line.formula and column.key == "hours"):
                    cells[place] = self._marked(line, column)
        return f"{OPEN.format(pk)}{''.join(cells)}{self._sums(pk, each)}</tr>"

    def _by_card(self, line: EstimateLine, column: _Drawn) -> str:
        """The rate card's rate, as a hint in the cell that would stand in for it."""
        hint = f' placeholder="{self.reckoned.rates.rate_of(line):,.2f}"'
        return CELL.format(line.pk, column.key, "", column.label, column.extra + hint, "")

    def _marked(self, line: EstimateLine, column: _Drawn) -> str:
        """A cell with a message, or with the formula behind its number."""
        pk = str(line.pk or NEW)
        refusal = self.refused.get((pk, column.key))
        if refusal:
            extra = f'{column.extra} aria-invalid="true"'
            text, below = refusal.text, FAULT.format(escape(refusal.message))
        else:
            extra, text = column.extra, column.show(line, self.known)
            formula = f"{'overridden: ' if line.overridden else ''}={escape(line.formula)}"
            below = FORMULA.format(formula, formula)
        return CELL.format(pk, column.key, escape(text), column.label, extra, below)

    def _fixed(self, line: EstimateLine, each: Sum, columns: list[_Drawn]) -> str:
        cells = "".join(f"<td>{escape(column.show(line, self.known))}</td>" for column in columns)
        return f'<tr id="l{line.pk}">{cells}{self._sums(str(line.pk), each)}</tr>'

    def _sums(self, pk: str, each: Sum) -> str:
        margin = f'<td class="num" id="m{pk}">{margin_of(each)}</td>' if self.costs else ""
        return f'<td class="num" id="p{pk}">{each.price:,.2f}</td>{margin}'

    def _empty(self, columns: list[_Drawn]) -> str:
        blank = EstimateLine()
        cells = "".join(
            self._marked(blank, column)
            if (NEW, column.key) in self.refused
            else CELL.format(NEW, column.key, "", column.label, column.extra, "")
            for column in columns
        )
        rest = "<td></td>" * (2 if self.costs else 1)
        return f'<tr id="lnew" class="empty"><td></td>{cells}{rest}</tr>'


class _Drawn:
    """A column with the markup that is the same in each of its cells."""

    def __init__(self, column: Column) -> None:
        self.key, self.label, self.show = column.key, column.label, column.show
        self.extra = f' list="{column.list}"' if column.list else ' inputmode="decimal"'
        self.end = f'" aria-label="{self.label}"{self.extra}></td>'


def margin_of(each: Sum) -> str:
    """In percent; a dash where a cost is not known or there is no price."""
    return "–" if each.margin_percent is None else f"{each.margin_percent:.1f} %"


def refused(faults: Sequence[Refusal]) -> Refused:
    return {each.place: each for each in faults}

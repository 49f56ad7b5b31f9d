"""The cells of a line: what each column shows, and how what a person types into it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from scoping.estimating.formulas import LONGEST, Value, Wrong, reckon
from scoping.models import EstimateLine, ResourceRole
from scoping.models.estimate import DeliveredBy, RiskGrade

NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
YES, NO = {"yes", "y", "x", "1", "true", "optional"}, {"", "no", "n", "0", "false"}


class Fault(ValueError):
    """What was typed cannot stand in its cell; says what can."""


@dataclass(frozen=True)
class Known:
    """What cells are read against: roles by key and by name, and answers for formulas."""

    roles: Mapping[int, ResourceRole]
    ask: Callable[[], Mapping[str, Value]]

    @cached_property
    def answers(self) -> Mapping[str, Value]:
        """Asked for once a formula needs them."""
        return self.ask()

    def role(self, text: str) -> ResourceRole:
        wanted = text.casefold()
        for role in self.roles.values():
            if wanted in {role.name.casefold(), role.key.casefold()}:
                return role
        names = ", ".join(role.name for role in self.roles.values() if role.is_active)
        raise Fault(f"No role is called “{text[:40]}”. Choose one of: {names}.")


@dataclass(frozen=True)
class Column:
    """A column people type in. ``cost``: it shows to those alone who see cost."""

    key: str
    label: str
    hint: str
    read: Callable[[EstimateLine, str, Known], None]
    show: Callable[[EstimateLine, Known], str]
    cost: bool = False
    list: str = ""


def number(text: str, most: Decimal) -> Decimal:
    """Plain digits with at most two decimals; never a sign, a word or a thousands separator."""
    if not NUMBER.fullmatch(text):
        raise Fault("Write a number like 12 or 12.5: no sign, no letters, no separators.")
    found = Decimal(text)
    if found > most:
        raise Fault(f"{most:,f} is the most that fits here.")
    return found


def shown(value: Decimal | None) -> str:
    """12, 12.5, or nothing."""
    return "" if value is None else f"{value.normalize():f}"


def _text(name: str, most: int) -> Column:
    def read(line: EstimateLine, text: str, known: Known) -> None:
        if len(text) > most:
            raise Fault(f"At most {most} characters fit here, these are {len(text):,}.")
        setattr(line, name, text)

    label = {"title": "Activity", "phase": "Phase"}[name]
    lists = {"title": "activities", "phase": "phases"}
    return Column(
        name, label, "", read, lambda line, known: str(getattr(line, name)), list=lists[name]
    )


def _number(name: str, label: str, hint: str, most: str, empty: str | None, **more: Any) -> Column:
    def read(line: EstimateLine, text: str, known: Known) -> None:
        blank = None if empty is None else Decimal(empty)
        setattr(line, name, number(text, Decimal(most)) if text else blank)

    return Column(name, label, hint, read, lambda line, known: shown(getattr(line, name)), **more)


def _read_hours(line: EstimateLine, text: str, known: Known) -> None:
    """A number, a formula after ``=``, or nothing: back to the formula there is."""
    if text.startswith("="):
        formula = text[1:].strip()
        line.hours = _reckoned(formula, known)
        line.formula, line.overridden = formula, False
    elif text:
        line.hours = number(text, Decimal("9999.99"))
        line.overridden = bool(line.formula)
    elif line.formula:
        line.hours, line.overridden = _reckoned(line.formula, known), False
    else:
        line.hours = Decimal(0)


def _reckoned(formula: str, known: Known) -> Decimal:
    if len(formula) > LONGEST:
        raise Fault(f"Write a formula of at most {LONGEST} characters.")
    try:
        hours = reckon(formula, known.answers)
    except Wrong as wrong:
        raise Fault(str(wrong)) from None
    if hours > 9_999:
        raise Fault(f"The formula gives {hours:,f} hours; a line holds up to 9,999.")
    return hours


def _show_hours(line: EstimateLine, known: Known) -> str:
    return shown(line.hours) if line.hours or line.formula else ""


def _read_role(line: EstimateLine, text: str, known: Known) -> None:
    line.role_id = known.role(text).pk if text else None


def _show_role(line: EstimateLine, known: Known) -> str:
    return known.roles[line.role_id].name if line.role_id else ""


def _choice(name: str, label: str, choices: Any, empty: str) -> Column:
    words = {str(each.label): each.value for each in choices}

    def read(line: EstimateLine, text: str, known: Known) -> None:
        wanted = text.casefold() or empty
        found = {**words, **{value: value for value in words.values() if value}}
        if wanted not in found:
            raise Fault(f"Choose one of: {', '.join(words)}.")
        setattr(line, name, found[wanted])

    labels = {value: "" if label == empty else label for label, value in words.items()}
    return Column(
        name, label, "", read, lambda line, known: labels[getattr(line, name)], list=f"{name}s"
    )


def _read_optional(line: EstimateLine, text: str, known: Known) -> None:
    said = text.casefold()
    if said not in YES | NO:
        raise Fault("Write yes for an optional line, or leave it empty.")
    line.optional = said in YES


COLUMNS = {
    column.key: column
    for column in (
        _text("title", 200),
        _text("phase", 80),
        Column("role", "Role", "", _read_role, _show_role, list="roles"),
        Column("hours", "Hours", "Number, or = and a formula", _read_hours, _show_hours),
        _number("low", "Low", "At best", "9999.99", None),
        _number("high", "High", "At worst", "9999.99", None),
        _choice("risk", "Risk", RiskGrade, "none"),
        _number("rate", "Rate", "Empty: the rate card's", "9999.99", None),
        _number("quantity", "Qty", "Pieces", "9999.99", "1"),
        _number("unit_price", "Unit price", "Priced by the piece", "9999999.99", None),
        _choice("delivered_by", "By", DeliveredBy, "own staff"),
        Column(
            "optional",
            "Opt.",
            "yes: counts in no total",
            _read_optional,
            lambda line, known: "yes" if line.optional else "",
            list="yes",
        ),
        _number("cost", "Cost", "An hour's or piece's own", "9999999.99", None, cost=True),
    )
}


def columns_for(*, costs: bool) -> list[Column]:
    return [column for column in COLUMNS.values() if costs or not column.cost]


def write(line: EstimateLine, column: Column, text: str, known: Known) -> None:
    """Put what was typed into a line; :class:`Fault` leaves the line as it was."""
    column.read(line, " ".join(text.split()), known)


def range_fault(line: EstimateLine) -> str:
    """Why three-point hours make no sense together; empty when they do."""
    if (line.low is None) is not (line.high is None):
        return "Give both low and high, or neither."
    if line.low is None or line.high is None or line.low <= line.hours <= line.high:
        return ""
    return f"The hours, {shown(line.hours)}, lie between low and high."

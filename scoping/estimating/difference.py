"""What changed from one estimate to another, in words: “+16 h Data migration, −8 h Training”."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from scoping.estimating.cells import shown

Content = dict[str, Any]
MOST = 8
ZERO = Decimal(0)


def difference(old: Content, new: Content) -> list[str]:
    """Hours and pieces by activity, then the terms and totals that changed; most first."""
    hours = _deltas(_hours(old), _hours(new))
    pieces = _deltas(_pieces(old), _pieces(new))
    told = [f"{_signed(shown(abs(by)), by)} h {title}" for title, by in hours]
    told += [f"{_signed(f'{abs(by):,.2f}', by)} {title}" for title, by in pieces]
    left = len(told) - MOST
    told = told[:MOST] + ([f"and {left} more"] if left > 0 else [])
    return [*told, *_terms(old, new)]


def margin_change(old: Content, new: Content) -> str:
    """Only for those who see cost: “margin 44.0 → 41.2 %”; empty when it is the same."""
    was, now = (each["total"]["margin_percent"] for each in (old, new))
    if was == now:
        return ""
    return f"margin {_percent(was)} → {_percent(now)} %"


def _percent(said: str | None) -> str:
    return "not known" if said is None else f"{Decimal(said):.1f}"


def _terms(old: Content, new: Content) -> Iterator[str]:
    if old["currency"] != new["currency"]:
        yield f"currency {old['currency']} → {new['currency']}"
    was, now = old["totals"], new["totals"]
    if was["discount_percent"] != now["discount_percent"]:
        yield f"discount {was['discount_percent']} → {now['discount_percent']} %"
    for key, name in (("list", "list total"), ("final", "total"), ("travel", "travel budget")):
        if was[key] != now[key]:
            yield f"{name} {_grouped(was[key])} → {_grouped(now[key])}"


def _grouped(said: str) -> str:
    return f"{Decimal(said):,.2f}"


def _deltas(old: dict[str, Decimal], new: dict[str, Decimal]) -> list[tuple[str, Decimal]]:
    found = [
        (title, new.get(title, ZERO) - old.get(title, ZERO))
        for title in dict.fromkeys([*old, *new])
    ]
    changed = [(title, by) for title, by in found if by]
    return sorted(changed, key=lambda each: -abs(each[1]))


def _hours(content: Content) -> dict[str, Decimal]:
    """By what the lines are called; optional ones by themselves."""
    found: dict[str, Decimal] = {}
    for line in [*content["lines"], *content["extras"]]:
        if Decimal(line["hours"] or 0):
            found[_called(line)] = found.get(_called(line), ZERO) + Decimal(line["hours"])
    return found


def _pieces(content: Content) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in content["lines"]:
        if line["unit_price"]:
            found[_called(line)] = found.get(_called(line), ZERO) + Decimal(line["price"])
    return found


def _called(line: Content) -> str:
    name = line.get("title") or line.get("name") or line.get("phase") or "a line without a name"
    return f"{name} (optional)" if line.get("optional") else str(name)


def _signed(text: str, by: Decimal) -> str:
    return f"{'+' if by > 0 else '−'}{text}"

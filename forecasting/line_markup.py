"""The markup of the forecast's lines as filled texts: a page has a hundred, each of ten cells."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django.template.defaultfilters import pluralize
from django.utils.safestring import SafeString

from forecasting.attained import Attained
from forecasting.calls_shown import Called, CallShown
from forecasting.forecast_page import Figure, Shown, Towards

NOTHING = '<td class="number">–</td>'


def forecast_lines(lines: Iterable[Shown], *, targeted: bool) -> SafeString:
    """Each with its figures, its target where lines have one, and what it weighs."""
    return SafeString("".join(_forecast_line(each, targeted=targeted) for each in lines))


def _forecast_line(shown: Shown, *, targeted: bool) -> str:
    line = shown.line
    where = f"<small>{escape(line.region or 'No region')}</small>" if line.kind == "em" else ""
    figures = "".join(map(_deals, shown.figures))
    target = _target(shown.towards) if targeted else ""
    weighted = "".join(_amount(each.short, each.full) for each in shown.weighted)
    return _row(line.kind, f"{escape(line.name)}{where}", figures + target + weighted)


def _deals(figure: Figure) -> str:
    amounts = figure.amounts
    if not amounts.count:
        return NOTHING
    rest = f", {amounts.without_rate} not priced" if amounts.without_rate else ""
    said = f'<span class="vh"> deal{pluralize(amounts.count)}</span>{rest}'
    title, short = escape(figure.full), escape(figure.short)
    told = (
        f'<a href="{escape(figure.url)}" title="{title}">{short}</a>'
        if figure.url
        else f'<span title="{title}">{short}</span>'
    )
    return f'<td class="number">{told}<small>{amounts.count}{said}</small></td>'


def _target(towards: Towards | None) -> str:
    if towards is None:
        return NOTHING * 3
    thin = ' <span class="tag thin">thin</span>' if towards.thin else ""
    covered = f'<td class="number">{escape(towards.coverage)}{thin}</td>'
    return _amount(*towards.target) + _amount(*towards.to_go) + covered


def call_lines(lines: Iterable[CallShown], kind: str) -> SafeString:
    """What deals say, what was called, what a lead says beside it, and when."""
    return SafeString("".join(_call_line(line, kind) for line in lines))


def _call_line(line: CallShown, kind: str) -> str:
    figures = "".join(_called(each) for each in (line.computed, line.own, line.lead))
    tags = [word for word, on in (("late", line.late), ("missing", line.missing)) if on]
    told = escape(line.when) + "".join(f' <span class="tag">{word}</span>' for word in tags)
    beside = f"Beside it: {line.led_by}" if line.led_by else ""
    told += "".join(f"<small>{escape(each)}</small>" for each in (line.note, beside) if each)
    name = f'<a href="{escape(line.url)}">{escape(line.name)}</a>'
    return _row(kind, name, f'{figures}<td class="called">{told}</td>')


def _called(figures: Iterable[Called]) -> str:
    cells = [_amount(each.short, each.full, each.apart) for each in figures]
    return "".join(cells) or NOTHING * 2


def attained_lines(lines: Iterable[Attained], kind: str) -> SafeString:
    """Bookings planned, closed and reached; the same of revenue; both together."""
    return SafeString("".join(_attained_line(line, kind) for line in lines))


def _attained_line(line: Attained, kind: str) -> str:
    planned, closed, revenue, recognised = (_amount(*each) for each in line.amounts)
    booked, earned, score = (f'<td class="number">{each}</td>' for each in line.percents)
    cells = planned + closed + booked + revenue + recognised + earned
    return _row(kind, escape(line.name), cells + score)


def _amount(short: str, full: str, below: str = "") -> str:
    more = f"<small>{escape(below)}</small>" if below else ""
    return f'<td class="number"><span title="{escape(full)}">{escape(short)}</span>{more}</td>'


def _row(kind: str, head: str, cells: str) -> str:
    return f'<tr class="of-{kind}"><th scope="row">{head}</th>{cells}</tr>'

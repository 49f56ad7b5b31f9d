"""The drawings of a quarter's dashboard, each of which has its table beside it."""

from __future__ import annotations

from decimal import Decimal

from django.utils.safestring import SafeString

from emdesk.money import SYMBOLS, Money
from forecasting.charts import Drawing, Part, Span, bars, spans, stacked
from forecasting.dashboard import Dashboard
from forecasting.pipeline import COLOURS
from forecasting.spelling import percent
from scoping.models.opportunity import Confidence


def won_and_lost(board: Dashboard, inside: str = "") -> SafeString:
    told = [(str(quarter), tally) for quarter, tally in board.series.items()]
    says = "; ".join(f"{name}: {tally.won} won, {tally.lost} lost" for name, tally in told)
    groups = [
        (
            name,
            [
                Part("won", tally.won, f"{tally.won:,}", f"{name}: {tally.won} won"),
                Part("lost", tally.lost, f"{tally.lost:,}", f"{name}: {tally.lost} lost"),
            ],
        )
        for name, tally in told
    ]
    return bars(Drawing("won-and-lost", "Won and lost by quarter", says, inside), groups)


def rates(board: Dashboard, inside: str = "") -> SafeString:
    """Each quarter's rate with its interval; hollow where few closed."""
    points, said = [], []
    for quarter, tally in board.series.items():
        sure, name, rate = tally.interval, str(quarter), tally.rate
        words = f"{name}: {percent(rate)}" + (f", {sure}" if sure else "")
        said.append(words)
        low, high = (sure.low, sure.high) if sure else (0.0, 0.0)
        value = None if rate is None else float(rate)
        text = "" if rate is None else f"{rate:.0%}"
        points.append((name, Span(value, low, high, text, words, tally.few)))
    drawing = Drawing("rates", "Win rate by quarter with 95 % interval", "; ".join(said), inside)
    return spans(drawing, points)


def confidence(board: Dashboard, inside: str = "") -> SafeString:
    """What is open, by category, each bar of the colours of confidence; nothing without values."""
    if not board.pipeline.open.value:
        return SafeString()
    currency = board.pipeline.currency
    groups, said = [], []
    for row in board.pipeline.rows:
        worths = [(colour, row.cells[colour]) for colour in COLOURS if colour in row.cells]
        parts = [
            _confident(row.name, colour, worth.value, currency)
            for colour, worth in worths
            if worth.value
        ]
        total = Money(row.total.value, currency).short
        said.append(f"{row.name}: {total}, " + ", ".join(part.title for part in parts))
        groups.append((row.name, parts, total))
    drawing = Drawing("confidence", "Open deals by category", "; ".join(said), inside)
    return stacked(drawing, groups, f"{SYMBOLS.get(currency, f'{currency} ')}{{:,.0f}}k")


def _confident(name: str, colour: Confidence, value: Decimal, currency: str) -> Part:
    """The letter stands beside the amount: colour is never alone."""
    short = Money(value, currency).short
    text = f"{str(colour.label)[0]} {short}"
    return Part(str(colour), float(value), text, f"{name}, {colour.label}: {short}")

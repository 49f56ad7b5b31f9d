"""Charts as SVG: x in percent, y in pixels, so that text never scales and no script is needed.

Colours are classes; each page's style sheet gives them. Where none reaches into a drawing, as on
paper, ``inside`` is the style sheet it carries itself. Every figure has its table beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

HEIGHT, TOP, FOOT = 220, 22, 26
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Drawing:
    """What a chart is called, what it says in a sentence, and its own style sheet, if any."""

    key: str
    title: str
    says: str
    inside: str = ""


@dataclass(frozen=True)
class Part:
    """A bar, or a part of one: its class, its length, how it is spelled, what it is."""

    kind: str
    value: float
    text: str
    title: str


@dataclass(frozen=True)
class Span:
    """A point and what it may as well be, 0 to 1; ``faint`` where it says little."""

    value: float | None
    low: float
    high: float
    text: str
    title: str
    faint: bool = False


def bars(drawing: Drawing, groups: Sequence[tuple[str, Sequence[Part]]]) -> SafeString:
    """Bars beside each other, one group for each label."""
    most = max((part.value for _, parts in groups for part in parts), default=0)
    scale = Scale(most)
    width = 100 / max(len(groups), 1)
    drawn = []
    for number, (_, parts) in enumerate(groups):
        bar = width * 0.62 / max(len(parts), 1)
        for place, part in enumerate(parts):
            x = number * width + width * 0.19 + place * bar
            drawn.append(_bar(part, x + bar * 0.06, bar * 0.88, scale.y(part.value), scale.bottom))
    ticks = [(y, f"{value:g}") for y, value in scale.ticks()]
    return framed(drawing, ticks, drawn, [name for name, _ in groups])


def stacked(
    drawing: Drawing, groups: Sequence[tuple[str, Sequence[Part], str]], tick: str
) -> SafeString:
    """Bars upon each other; each group has a label, its parts from the bottom, and its sum.

    ``tick`` spells a value of the axis, such as ``${:.0f}k``, in thousands.
    """
    most = max((sum(part.value for part in parts) for _, parts, _ in groups), default=0)
    scale = Scale(most)
    width = 100 / max(len(groups), 1)
    drawn: list[SafeString] = []
    for number, (_, parts, total) in enumerate(groups):
        below = 0.0
        x, bar = number * width + width * 0.24, width * 0.52
        for part in parts:
            top, foot = scale.y(below + part.value), scale.y(below)
            inner = "in" if foot - top > 18 else ""
            drawn.append(_bar(part, x, bar, top, foot, inner))
            below += part.value
        drawn.append(_text(x + bar / 2, scale.y(below) - 7, total, "over"))
    spelled = [(y, tick.format(value / 1_000)) for y, value in scale.ticks()]
    return framed(drawing, spelled, drawn, [name for name, *_ in groups])


def spans(drawing: Drawing, points: Sequence[tuple[str, Span]]) -> SafeString:
    """Shares with how far they can be trusted, from 0 to 100 %."""
    scale = Scale(1)
    width = 100 / max(len(points), 1)
    drawn = []
    for number, (_, span) in enumerate(points):
        if span.value is None:
            continue
        x = number * width + width / 2
        drawn.append(
            format_html(
                '<g class="mark{}"><title>{}</title>'
                '<line class="trust" x1="{x}%" x2="{x}%" y1="{}" y2="{}"/>'
                '<circle class="dot" cx="{x}%" cy="{}" r="4.5"/></g>',
                " faint" if span.faint else "",
                span.title,
                in_brief(scale.y(span.high)),
                in_brief(scale.y(span.low)),
                in_brief(scale.y(span.value)),
                x=in_brief(x),
            )
        )
        drawn.append(_text(x, scale.y(span.high) - 6, span.text, "over"))
    ticks = [(scale.y(share), f"{share:.0%}") for share in (0, 0.25, 0.5, 0.75, 1)]
    return framed(drawing, ticks, drawn, [name for name, _ in points])


class Scale:
    """From values to pixels, with a round end."""

    def __init__(self, most: float) -> None:
        self.top, self.bottom = TOP, HEIGHT - FOOT
        self.step = _round_step(most)
        self.end = self.step * max(1, ceil(most / self.step - 1e-9)) if most else self.step * 4

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * value / self.end

    def ticks(self) -> list[tuple[float, float]]:
        """Where the lines of the axis are, and what they say."""
        count = round(self.end / self.step)
        return [(self.y(turn * self.step), turn * self.step) for turn in range(count + 1)]


def _round_step(most: float) -> float:
    """A quarter of the way, rounded up to a number people count by."""
    if most <= 0:
        return 1
    raw = most / 4
    power = 10 ** floor(log10(raw))
    return float(next(step * power for step in STEPS if step * power >= raw * 0.999))


def _bar(
    part: Part, x: float, width: float, top: float, foot: float, inner: str = "over"
) -> SafeString:
    place = (top + foot) / 2 + 4 if inner == "in" else top - 6
    written = _text(x + width / 2, place, part.text, f"{inner} t-{part.kind}") if inner else ""
    return format_html(
        '<g class="bar"><title>{}</title>'
        '<rect class="{}" x="{}%" width="{}%" y="{}" height="{}" rx="2"/>{}</g>',
        part.title,
        part.kind,
        *(in_brief(each) for each in (x, width, top, max(foot - top, 0))),
        written,
    )


def _text(x: float, y: float, text: str, kind: str) -> SafeString:
    return format_html(
        '<text class="{}" x="{}%" y="{}" text-anchor="middle">{}</text>',
        kind,
        in_brief(x),
        in_brief(y),
        text,
    )


def framed(
    drawing: Drawing,
    ticks: Sequence[tuple[float, str]],
    drawn: Iterable[SafeString],
    labels: Sequence[str],
) -> SafeString:
    width = 100 / max(len(labels), 1)
    lines = format_html_join(
        "",
        '<line class="grid" x1="0" x2="100%" y1="{0}" y2="{0}"/>',
        ((in_brief(y),) for y, _ in ticks),
    )
    axis = format_html_join(
        "",
        '<text x="100%" y="{}" text-anchor="end">{}</text>',
        ((in_brief(y + 4), text) for y, text in ticks),
    )
    names = [
        _text(number * width + width / 2, HEIGHT - 6, label, "name")
        for number, label in enumerate(labels)
    ]
    style = mark_safe(f"<style>{drawing.inside}</style>") if drawing.inside else ""  # noqa: S308 (ours)
    return format_html(
        '<div class="plot"><svg class="axis" width="44" height="{h}" aria-hidden="true">{s}{}</svg>'
        '<svg class="chart" width="100%" height="{h}" role="img" aria-labelledby="{k}-t {k}-d">'
        '<title id="{k}-t">{}</title><desc id="{k}-d">{}</desc>{s}{}{}</svg></div>',
        axis,
        drawing.title,
        drawing.says,
        lines,
        mark_safe("".join(map(conditional_escape, [*drawn, *names]))),  # noqa: S308 (escaped)
        h=HEIGHT,
        k=drawing.key,
        s=style,
    )


def in_brief(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")

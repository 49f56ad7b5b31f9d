"""Lines over the same steps, each with its name at its last dot, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from forecasting.charts import Drawing, Scale, framed, in_brief

LINE = 12  # between two names, in pixels


@dataclass(frozen=True)
class Course:
    """A line: its class, its name, what it says in words, and a value for each step, or None."""

    kind: str
    name: str
    title: str
    values: Sequence[float | None]


def courses(
    drawing: Drawing,
    names: Sequence[str],
    drawn: Sequence[Course],
    tick: str,
    level: tuple[float, str] | None = None,
) -> SafeString:
    """Lines over the same steps, the last of them in front; ``tick`` is as in :func:`stacked`.

    ``level`` is a line across all of them, such as a plan, and its name.
    """
    most = max((value for course in drawn for value in course.values if value), default=0)
    scale = Scale(max(most, level[0] if level else 0))
    width = 100 / max(len(names), 1)
    heights = _heights(drawn, scale)
    lines = [
        _course(course, scale, width, height) for course, height in zip(drawn, heights, strict=True)
    ]
    if level:
        lines.insert(0, _level(scale.y(level[0]), level[1]))
    spelled = [(y, tick.format(value / 1_000)) for y, value in scale.ticks()]
    return framed(drawing, spelled, lines, names)


def _level(y: float, name: str) -> SafeString:
    return format_html(
        '<g class="level"><line x1="0" x2="100%" y1="{y}" y2="{y}"/>'
        '<text class="over" x="0" y="{}">{}</text></g>',
        in_brief(y - 6),
        name,
        y=in_brief(y),
    )


def _heights(drawn: Sequence[Course], scale: Scale) -> list[float]:
    """Where each name stands: above its last dot, and clear of the others at the same step."""
    ends: dict[int, list[tuple[float, int]]] = {}
    for place, course in enumerate(drawn):
        last = max((at for at, value in enumerate(course.values) if value is not None), default=-1)
        if last >= 0:
            height = scale.y(course.values[last] or 0) - 8
            ends.setdefault(last, []).append((height, place))
    found = [0.0] * len(drawn)
    for group in ends.values():
        group.sort()
        for (_, place), height in zip(
            group, _apart([each for each, _ in group], scale.bottom), strict=True
        ):
            found[place] = height
    return found


def _apart(heights: Sequence[float], lowest: float) -> list[float]:
    """The same in their order, a line of text apart at least; none below ``lowest``."""
    found: list[float] = []
    for height in heights:
        found.append(max(height, found[-1] + LINE) if found else height)
    limit = lowest
    for at in reversed(range(len(found))):
        found[at] = min(found[at], limit)
        limit = found[at] - LINE
    return found


def _course(course: Course, scale: Scale, width: float, height: float) -> SafeString:
    """Dots, and a line between those that follow each other; its name at the last."""
    places = [
        (in_brief(step * width + width / 2), in_brief(scale.y(value)))
        for step, value in enumerate(course.values)
        if value is not None
    ]
    lines = format_html_join(
        "",
        '<line x1="{}%" y1="{}" x2="{}%" y2="{}"/>',
        ((*here, *there) for here, there in pairwise(places)),
    )
    dots = format_html_join("", '<circle cx="{}%" cy="{}" r="3"/>', places)
    name = ""
    if places:
        name = format_html(
            '<text class="over" x="{}%" y="{}" text-anchor="middle">{}</text>',
            *(places[-1][0], in_brief(height), course.name),
        )
    title = format_html("<title>{}</title>", course.title)
    return format_html('<g class="course {}">{}{}{}{}</g>', course.kind, title, lines, dots, name)

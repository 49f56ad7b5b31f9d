"""Charts: names at the ends of lines can all be read."""

from __future__ import annotations

import itertools
import re

import pytest

from forecasting.charts import HEIGHT, Drawing
from forecasting.course_charts import LINE, Course, courses

ENDS = [
    [10.0, 10.0, 10.0, 10.0, 10.0],
    [0.0, 0.0, 0.0, 0.0, 100.0],
    [100.0, 99.0, 98.0, 1.0, 0.5],
]


@pytest.mark.parametrize("ends", ENDS)
def test_names_at_the_same_step_never_lie_over_each_other(ends: list[float]) -> None:
    drawn = [Course("faint", f"Q{at}", "told", [50.0, end]) for at, end in enumerate(ends)]
    drawn.append(Course("this", "Q9", "told", [10.0, None]))

    chart = str(courses(Drawing("c", "Title", "Says"), ["1", "2"], drawn, "{:.0f}k"))

    named = re.findall(r'<text class="over" x="([\d.]+)%" y="([\d.]+)"[^>]*>(Q\d)<', chart)
    assert {name for _, _, name in named} == {"Q0", "Q1", "Q2", "Q3", "Q4", "Q9"}
    heights = sorted(float(y) for x, y, _ in named if x == named[0][0])
    assert len(heights) == 5
    assert all(lower - upper >= LINE - 0.01 for upper, lower in itertools.pairwise(heights))
    assert heights[0] > 0
    assert heights[-1] <= HEIGHT
    order = [name for x, _, name in sorted(named, key=lambda each: float(each[1])) if name != "Q9"]
    assert [ends[int(name[1])] for name in order] == sorted(ends, reverse=True)

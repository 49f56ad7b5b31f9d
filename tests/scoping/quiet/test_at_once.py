"""Two beats, or a late one, at the same moment: each mark and each close come once."""

from datetime import date
from functools import partial

import pytest

from tests.factories import again
from tests.scoping.quiet.stories import night_after, told, worked_on
from tests.together import together

TWO_MONTHS, CLOSES = date(2026, 3, 10), date(2026, 3, 24)


@pytest.mark.django_db(transaction=True)
def test_several_passes_at_once_do_each_thing_once():
    issues = [worked_on(date(2026, 1, 10)) for _ in range(6)]

    for day in (TWO_MONTHS, CLOSES):
        passes = together([partial(night_after, day)] * 3)
        assert [each for each in passes if isinstance(each, Exception)] == []
        night_after(day)

    assert [[what for what, _ in told(issue)] for issue in issues] == [["two_months", "closed"]] * 6
    assert not any(again(issue).live for issue in issues)

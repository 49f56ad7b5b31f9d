"""What the colours foretold: read from the ledger, counted, scored, and drawn to the mean."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from forecasting.calibration import (
    ENOUGH,
    FEWEST_EMS,
    Foretold,
    cells,
    foretold,
    in_aggregate,
    score,
    shrunk,
)
from scoping.deals import amend_deal
from scoping.models import Confidence, Opportunity
from scoping.picker import weeks_before
from tests.factories import make_account, make_opportunity, make_user
from tests.forecasting.said import make_said, moment
from tests.oracles import calibration as oracle
from tests.seeds import seeds

DAY = timedelta(days=1)
BEGIN, NOW = date(2025, 3, 1), date(2026, 9, 1)


def make_history(chance, account, em):
    """A deal as rows and, for the oracle, as what it said from each day on."""
    day, closes = BEGIN + chance.randrange(200) * DAY, None
    colour = "grey"
    closes = day + chance.randrange(5, 150) * DAY
    deal = make_opportunity(
        account=account, engagement_manager=em, stage="3", close_date=BEGIN - DAY
    )
    said = []
    for _ in range(chance.randrange(1, 7)):
        amend_deal(deal, by=em, at=moment(day), confidence=colour, close_date=closes)
        if said and said[-1][0] == day:
            said.pop()
        if not said or said[-1][1:] != (colour, closes):
            said.append((day, colour, closes))
        day += chance.choice([0, 1, 6, 7, 20, 33]) * DAY
        colour = chance.choice(Confidence.values)
        closes += chance.choice([0, 0, -14, 31, 62]) * DAY
    won, closed_on = chance.random() < 0.6, day + chance.choice([0, 3]) * DAY
    amend_deal(
        deal,
        by=None,
        at=moment(day),
        stage="won" if won else "lost",
        close_date=closed_on,
    )
    return {
        "said": said,
        "ended": day,
        "closed_on": closed_on,
        "won": won,
        "deal": (deal.pk, em.pk),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("seed", seeds(1, 3))
def test_what_was_foretold_is_what_the_naive_reading_says_day_by_day(seed):
    chance = Random(seed)  # noqa: S311
    account, people = make_account(), [make_user(), make_user()]
    deals = [make_history(chance, account, chance.choice(people)) for _ in range(25)]

    found = foretold(Opportunity.objects.all(), moment(NOW))

    expected = Counter(
        Foretold(*deal["deal"], colour, weeks, in_time, won)
        for deal in deals
        for weeks, (colour, in_time, won) in oracle.foretold(deal).items()
    )
    assert Counter(found) == expected
    assert len({(each.in_time, each.won) for each in found}) == 3
    assert len({each.weeks for each in found}) == 12


@pytest.mark.django_db
def test_open_deleted_uncounted_and_old_deals_foretell_nothing():
    em = make_user()
    deal = make_said(em)
    at = moment(deal.close_date + DAY)
    assert len(foretold(Opportunity.objects.all(), at)) == 6

    for fields in ({"stage": "4"}, {"stage": "9"}, {"deleted": True}):
        Opportunity.objects.update(**{"stage": "won", "deleted": False} | fields)
        assert foretold(Opportunity.objects.all(), at) == []
    Opportunity.objects.update(stage="won", deleted=False)
    assert foretold(Opportunity.objects.all(), at + 740 * DAY) == []


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 5])
def test_reading_costs_the_same_however_many_deals(count, django_assert_num_queries):
    em = make_user()
    for _ in range(count):
        deal = make_said(em)

    with django_assert_num_queries(3):
        assert foretold(Opportunity.objects.all(), moment(deal.close_date))


@pytest.mark.parametrize(
    ("days", "weeks"), [(-1, None), (0, None), (1, 1), (7, 1), (8, 2), (84, 12), (85, None)]
)
def test_weeks_before_a_close_date(days, weeks):
    assert weeks_before(NOW + days * DAY, NOW) == weeks
    assert weeks_before(None, NOW) is None


# Counting.


def told(n, ems=1, in_time=0, won=0):
    return [
        Foretold(place, place % ems, "green", 6, place < in_time, place < max(won, in_time))
        for place in range(n)
    ]


def test_a_cell_counts_predictions_and_who_made_them():
    (cell,) = cells(told(25, ems=4, in_time=10, won=15)).values()

    assert (cell.n, cell.in_time, cell.won, cell.ems, cell.enough) == (25, 10, 15, 4, True)


def test_an_aggregate_is_of_enough_predictions_by_enough_people():
    assert in_aggregate(cells(told(ENOUGH, ems=FEWEST_EMS)))
    assert not in_aggregate(cells(told(ENOUGH - 1, ems=FEWEST_EMS)))
    assert not in_aggregate(cells(told(ENOUGH * 9, ems=FEWEST_EMS - 1)))


# Scoring.

pairs = st.lists(
    st.tuples(st.sampled_from([0.05, 0.3, 0.5, 0.95]), st.booleans()), min_size=1, max_size=60
)


@given(pairs)
def test_briers_score_is_the_mean_square_and_the_sum_of_its_parts(pairs):
    found = score(pairs)
    chances, outcomes = np.array(pairs, dtype=float).T

    assert found.n == len(pairs)
    assert found.brier == pytest.approx(np.mean((chances - outcomes) ** 2))
    assert found.uncertainty == pytest.approx(np.var(outcomes))
    parts = found.reliability - found.resolution + found.uncertainty
    assert parts == pytest.approx(found.brier)


def test_of_nothing_there_is_no_score():
    assert score([]) is None


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.01, 0.99))
def test_a_share_is_drawn_to_the_mean_as_a_beta_prior_of_twenty_draws_it(some, more, mean):
    prior = ENOUGH * mean, ENOUGH * (1 - mean)
    posterior = stats.beta(prior[0] + some, prior[1] + more)

    assert shrunk(some, some + more, mean) == pytest.approx(posterior.mean())

"""What a board costs: the same for one card and for many."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from scoping.states import LIVE, State
from tests.factories import (
    TODAY,
    make_issue,
    make_segment,
    make_user,
)
from tests.reports import report
from tests.scoping.pages import BOARD, BY_EM, page_of

pytestmark = pytest.mark.django_db


def fill(em, states=tuple(LIVE)):
    for state in states:
        for manager in (em, make_user(), None):
            make_issue(
                state,
                at=now() - timedelta(days=3),
                engagement_manager=manager,
                segment=make_segment("Ent_EMEA"),
                expected_value=1000,
                next_step="Call",
                next_step_date=TODAY,
            )


LOOKS = {
    "my board": (BOARD, {}, 11),
    "the team's board": (BOARD, {"view": "team"}, 11),
    "lanes by EM": (BOARD, {"view": "team", "lanes": "em"}, 13),
    "lanes by segment": (BOARD, {"view": "team", "lanes": "segment"}, 13),
    "a filtered board": (BOARD, {"view": "team", "q": "Migration", "status": "todo"}, 11),
    "issues by EM": (BY_EM, {}, 10),
    "a column": ("/board/column/open/", {"view": "team"}, 5),
    "a column by EM": ("/board/column/none/", {"board": "ems"}, 6),
}
CHANGES = {
    "changes": ("/board/changes/", {"view": "team", "since": "1"}, 12),
    "changes by EM": ("/board/changes/", {"board": "ems", "since": "1"}, 12),
}


def costs_the_same(client, em, name, address, said, bound):
    """Whether a page sends as many queries for five cards of each kind as for one."""
    counts = []
    for times in (1, 4):
        for _ in range(times):
            fill(em, [State.OPEN, State.SOW_WIP])
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address, said).status_code == 200
        counts.append(len(queries))

    report("boards", f"queries of {name}", one=counts[0], five=counts[1])
    return counts[0] == counts[1] <= bound


@pytest.mark.parametrize("look", LOOKS)
def test_a_board_costs_the_same_however_many_cards(client, em, look):
    assert costs_the_same(client, em, look, *LOOKS[look])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("look", CHANGES)
def test_changes_cost_the_same_however_many_cards(em, signed_in, look):
    assert costs_the_same(signed_in(em), em, look, *CHANGES[look])


def test_the_cards_on_the_board_keep_to_sixteen_elements(client, em):
    fill(em)

    cards = page_of(client, view="team").having("card")

    assert len(cards) == 3 * len(LIVE)
    assert max(len(card.all()) for card in cards) <= 16

"""Which cards stand in which column, in which order, and what the column heads say of them."""

from datetime import date, timedelta
from decimal import Decimal
from threading import Event as Signal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from scoping import board
from scoping.board import Column, Place
from scoping.categories import Outlook
from scoping.deals import amend_deal
from scoping.facts import amend
from scoping.judging import take_back
from scoping.models import ScopingIssue, TypicalStay
from scoping.states import LIVE, State
from tests.factories import NOON, TODAY, make_account, make_issue, make_opportunity, make_user
from tests.scoping.settled import next_transaction
from tests.together import together

DAY = timedelta(days=1)
LAST = date.max
unlinked = settings(
    deadline=None,
    max_examples=settings.default.max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
rows = st.lists(
    st.tuples(
        st.none() | st.sampled_from([TODAY, TODAY + DAY, TODAY - DAY]),
        st.none() | st.sampled_from([Decimal(0), Decimal(100), Decimal("100.01")]),
    ),
    max_size=12,
)


def make_all(rows):
    account = make_account()
    for day, value in rows:
        make_issue(account=account, next_step_date=day, expected_value=value)
    return ScopingIssue.objects.filter(account=account)


def naively(issues):
    """The seeds' order by hand: the nearest date, then the highest value, then the oldest."""
    return sorted(
        issues,
        key=lambda issue: (
            issue.next_step_date or LAST,
            issue.expected_value is None,
            -(issue.expected_value or 0),
            issue.pk,
        ),
    )


@pytest.mark.django_db
@unlinked
@given(rows)
def test_a_column_is_ordered_by_next_step_then_value_then_age(rows):
    issues = make_all(rows)

    assert list(issues.in_board_order()) == naively(issues)


@pytest.mark.django_db
@unlinked
@given(rows)
def test_a_column_read_page_by_page_shows_every_card_once_in_order(rows):
    issues = make_all(rows)
    everything = list(issues.in_board_order())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.BOARD_PAGE", 3)
        read, after = [], None
        while page := list(board.next_cards(issues, after)):
            assert len(page) <= 3
            read += page
            after = Place.parse(str(Place.of(page[-1])))

    assert read == everything


@pytest.mark.django_db
def test_while_others_move_nothing_is_shown_twice_or_skipped():
    make_all([(TODAY, Decimal(value)) for value in range(60)])
    first = list(board.next_cards(ScopingIssue.objects.all(), None))
    assert len(first) == 25
    gone = first[3]
    ScopingIssue.objects.filter(pk=gone.pk).update(next_step_date=TODAY - DAY)
    newer = make_issue(next_step_date=TODAY - DAY)

    second = list(board.next_cards(ScopingIssue.objects.all(), Place.of(first[-1])))

    assert not {issue.pk for issue in second} & {issue.pk for issue in (*first, newer)}
    assert [issue.expected_value for issue in second] == list(range(34, 9, -1))


@pytest.mark.parametrize(
    "text", ["", "x", "__", "_", "2026-03-02__", "2026-13-02__1", "_1", "__x", "a_b_c_d", "__１_"]
)
def test_a_place_nobody_wrote_is_no_place(text):
    assert Place.parse(text) is None


@given(st.text(max_size=30) | st.from_regex(r"[0-9-]{0,10}_[0-9.eENaInf+-]{0,6}_[0-9]{0,25}"))
@example("_NaN_1")
@example("_sNaN_1")
@example("_Infinity_1")
@example("_1e9999_1")
@example(f"__{'9' * 30}")
@pytest.mark.django_db
@unlinked
def test_any_address_reads_as_a_page(text):
    place = Place.parse(text)

    assert list(board.next_cards(ScopingIssue.objects.all(), place)) is not None


@given(
    st.builds(
        Place,
        st.none() | st.dates(),
        st.none() | st.decimals(0, 10**9, places=2),
        st.integers(1, 2**62),
    )
)
def test_a_place_reads_back_from_its_address(place):
    assert Place.parse(str(place)) == place


@pytest.mark.django_db
def test_the_first_cards_of_all_columns_are_one_query(django_assert_num_queries, settings):
    settings.BOARD_PAGE = 2
    for state in LIVE:
        for value in range(3):
            make_issue(state, expected_value=value)

    with django_assert_num_queries(1):
        found = list(board.first_cards(ScopingIssue.objects.all(), LIVE))

    by_state = {state: [i.expected_value for i in found if i.state == state] for state in LIVE}
    assert by_state == {state: [2, 1] for state in LIVE}


@pytest.mark.django_db
def test_the_first_cards_of_every_manager_are_one_query(django_assert_num_queries, settings):
    settings.BOARD_PAGE = 2
    managers = [make_user(), make_user(), None]
    for manager in managers:
        for value in range(3):
            make_issue(engagement_manager=manager, expected_value=value)

    with django_assert_num_queries(1):
        found = list(board.first_cards_by(ScopingIssue.objects.all(), "engagement_manager_id"))

    assert len(found) == 6
    assert {issue.expected_value for issue in found} == {1, 2}


# Heads.


@pytest.mark.django_db
def test_a_head_counts_adds_up_each_currency_and_names_the_oldest():
    for days, value, currency in [
        (3, 1000, "USD"),
        (9, 2000, "USD"),
        (1, 500, "EUR"),
        (2, None, "USD"),
    ]:
        make_issue(at=NOON - days * DAY, expected_value=value, currency=currency)
    make_issue(State.SOW_WIP, expected_value=7000)

    heads = board.heads(ScopingIssue.objects.all(), NOON)

    head = heads["open"]
    assert (head.count, head.oldest) == (4, "9 d")
    assert head.total == " + ".join(
        [board.money(Decimal(500), "EUR"), board.money(Decimal(3000), "USD")]
    )
    assert heads["sow_wip"].count == 1
    assert "closed" not in heads


@pytest.mark.django_db
def test_a_column_without_values_has_no_total():
    make_issue()
    make_issue(expected_value=0)

    assert board.heads(ScopingIssue.objects.all(), NOON)["open"].total == ""


@pytest.mark.django_db
def test_a_column_weighs_each_live_value_by_the_colour_of_its_deal(django_assert_num_queries):
    """Weights of any quarter; per currency; without a deal as Grey; won whole, omitted nothing."""
    plan = [
        ("green", "4", 100, "USD", "95.00"),
        ("amber", "1", 1000, "USD", "900.00"),
        ("red", "2", 10_000, "EUR", "3000.00"),
        ("grey", "3", 77, "EUR", "7.70"),
        ("green", "0", 5000, "USD", "0"),
        ("red", "won", 40, "USD", "40"),
        ("green", "4", None, "USD", "0"),
    ]
    for colour, stage, value, currency, _ in plan:
        deal = make_opportunity(confidence=colour, stage=stage)
        make_issue(opportunity=deal, expected_value=value, currency=currency)
    make_issue(expected_value=30)
    gone = make_opportunity(confidence="green", stage="4", deleted=True)
    make_issue(opportunity=gone, expected_value=999)
    make_issue(State.CLOSED, expected_value=888)
    expected = {"EUR": Decimal("3007.70"), "USD": Decimal("1035.00") + 3}
    issues = ScopingIssue.objects.all()
    outlook = Outlook.on(TODAY)

    with django_assert_num_queries(1):
        columns = board.weighted_heads(issues.live(), NOON, outlook)

    said = " + ".join(board.money(amount, currency) for currency, amount in expected.items())
    assert columns["open"].weighted == said
    assert columns["open"].weights == "Counted: Green 95 %, Amber 90 %, Red 30 %, Grey 10 %"
    assert columns["open"].count == len(plan) + 2


@pytest.mark.django_db
def test_heads_by_lane_are_kept_apart():
    em = make_user()
    make_issue(engagement_manager=em)
    make_issue()

    heads = board.heads(ScopingIssue.objects.all(), NOON, lane="engagement_manager_id")

    assert {key: head.count for key, head in heads.items()} == {
        (em.pk, "open"): 1,
        (None, "open"): 1,
    }


@pytest.mark.django_db
def test_an_empty_column_has_its_name_meaning_limit_and_usual_stay_too():
    typical = TypicalStay(state="sow_wip", median_days=4, p85_days=9, stays=9, measured_at=NOON)

    column = board.named(None, "sow_wip", typical, {"wip_limit.sow_wip": 5})

    assert (column.key, column.name, column.count) == ("sow_wip", "SOW_WIP", 0)
    assert column.definition.startswith("The EM is creating the SOW")
    assert (column.typical, column.limit, column.rail) == ("typical 4 d", 5, False)
    assert board.named(None, "closed", None, {}).rail


@pytest.mark.parametrize(
    ("count", "limit", "over"), [(4, 5, False), (5, 5, False), (6, 5, True), (9, None, False)]
)
def test_a_limit_is_soft_and_said_when_it_is_passed(count, limit, over):
    assert Column("sow_wip", "SOW_WIP", count=count, limit=limit).over_limit == over


def test_cards_of_columns_that_are_not_shown_are_left_out():
    columns = {"open": Column("open", "Open", count=3)}

    board.deal(columns, ["open", "closed", "open"], lambda card: card)

    assert (columns["open"].cards, columns["open"].hidden) == (["open", "open"], 1)


# What changed.


def changed(cursor):
    return list(board.changed_since(cursor))


@pytest.mark.django_db(transaction=True)
def test_what_is_written_after_the_cursor_has_changed_and_nothing_else():
    issue, other = make_issue(), make_issue()
    cursor = next_transaction()
    assert changed(cursor) == []

    amend(issue, by=None, at=NOON, next_step="Call")
    assert changed(cursor) == [issue]

    new = make_issue()
    assert set(changed(cursor)) == {issue, new}
    assert other not in changed(cursor)
    assert changed(next_transaction()) == []


@pytest.mark.django_db(transaction=True)
def test_a_new_colour_brings_the_cards_of_its_deal_and_no_other():
    deal = make_opportunity(stage="4")
    issue = make_issue(opportunity=deal)
    make_issue(opportunity=make_opportunity())
    judged = [("confidence", "green"), ("stage", "5")]
    for field, value in judged:
        cursor = next_transaction()
        amend_deal(deal, by=None, at=NOON, **{field: value})
        assert changed(cursor) == [issue], field
    cursor, said = next_transaction(), Event.objects.about(deal).first()
    take_back(deal, said.number, by=make_user(Role.EM_LEAD), at=NOON)
    assert changed(cursor) == [issue]
    cursor = next_transaction()
    amend_deal(deal, by=None, at=NOON, next_step="Call")
    assert changed(cursor) == []


@pytest.mark.django_db(transaction=True)
def test_what_somebody_is_still_writing_is_not_missed():
    """They began before the cursor was read and are done after it: the next look shows it."""
    issue = make_issue()
    before = next_transaction()
    begun, read = Signal(), Signal()

    def write_slowly():
        with transaction.atomic():
            amend(issue, by=None, at=NOON, next_step="Call")
            begun.set()
            assert read.wait(20)

    def look():
        assert begun.wait(20)
        next_transaction()
        with transaction.atomic():
            cursor = board.cursor_now()
            seen = changed(before)
        read.set()
        return cursor, seen

    _, (cursor, seen) = together([write_slowly, look])

    assert seen == []
    assert 0 < cursor < next_transaction()
    assert issue in changed(cursor)


@pytest.mark.django_db(transaction=True)
def test_rows_stamped_by_another_servers_transactions_are_no_news():
    """After a restore their stamps may lie in this server's future."""
    issue = make_issue()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE scoping_scopingissue SET changed_in = changed_in + 1000000000")
        cursor.execute("SET session_replication_role = origin")

    assert changed(0) == []
    amend(issue, by=None, at=NOON, next_step="Call")
    assert changed(0) == [issue]

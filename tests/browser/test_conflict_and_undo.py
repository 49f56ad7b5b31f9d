"""Two people at one card, and taking a move back."""

import re

from playwright.sync_api import expect

from emdesk.ledger.models import Event
from scoping.states import State
from tests.browser.board import alert, column, drag, stands_in, toast
from tests.factories import again, make_ready_issue


def test_the_second_is_told_who_moved_the_card_where_and_when(visit, amara, lena, at):
    issue = make_ready_issue(engagement_manager=amara, at=at)
    first, second = visit("/board/", amara), visit("/board/?view=team", lena)

    drag(first, issue, column(first, State.AWAITING_DISCOVERY))
    stands_in(first, issue, State.AWAITING_DISCOVERY)
    drag(second, issue, column(second, State.STRAWMAN_WIP))

    told = f"Amara Osei moved {issue.reference} to Awaiting_Discovery at "
    expect(alert(second)).to_have_text(re.compile(re.escape(told) + r"\d\d:\d\d\."))
    stands_in(second, issue, State.AWAITING_DISCOVERY)
    assert Event.objects.about(issue).moves().filter(before=State.OPEN).count() == 1


def test_both_dropping_on_one_column_is_a_conflict_too(visit, amara, lena, at):
    issue = make_ready_issue(engagement_manager=amara, at=at)
    first, second = visit("/board/", amara), visit("/board/?view=team", lena)

    for page in (first, second):
        drag(page, issue, column(page, State.STRAWMAN_WIP))
        stands_in(page, issue, State.STRAWMAN_WIP)

    expect(alert(second)).to_contain_text(f"Amara Osei moved {issue.reference} to Strawman_WIP")
    assert again(issue).moves == 1


def test_undo_takes_the_move_back_and_leaves_both_in_the_history(visit, amara, at):
    issue = make_ready_issue(engagement_manager=amara, at=at)
    page = visit("/board/", amara)
    drag(page, issue, column(page, State.AWAITING_DISCOVERY))

    toast(page).get_by_role("button", name="Undo").click()

    expect(toast(page)).to_have_text(re.compile(f"{issue.reference} is back in Open."))
    stands_in(page, issue, State.OPEN)
    expect(page.locator("#h-open .count")).to_contain_text("1")
    expect(page.locator("#h-awaiting_discovery .count")).to_contain_text("0")
    moves = Event.objects.about(issue).moves().exclude(before="")
    assert [event.after for event in moves] == [State.AWAITING_DISCOVERY, State.OPEN]


def test_a_refusal_stays_until_it_is_dismissed(visit, amara, at):
    issue = make_ready_issue(engagement_manager=amara, at=at)
    page = visit("/board/", amara)
    drag(page, issue, column(page, State.ESTIMATE_FEEDBACK))

    alert(page).get_by_role("button", name="Dismiss").click()

    expect(alert(page)).to_have_count(0)


def test_without_a_connection_the_card_goes_back_and_says_so(visit, amara, at):
    issue = make_ready_issue(engagement_manager=amara, at=at)
    page = visit("/board/", amara)
    page.route("**/move/", lambda route: route.abort())

    drag(page, issue, column(page, State.AWAITING_DISCOVERY))

    expect(alert(page)).to_contain_text("No connection to emdesk. Nothing was changed")
    stands_in(page, issue, State.OPEN)

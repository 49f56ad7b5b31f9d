"""What others do appears by itself."""

from datetime import timedelta

from playwright.sync_api import expect

from emdesk.workflow import perform
from scoping.facts import amend, assign
from scoping.states import State
from tests.browser.board import card, column, drag, focus, lift, stands_in
from tests.factories import again, make_ready_issue

WITHIN = 10_000
ASK = "document.dispatchEvent(new Event('visibilitychange'))"


def appears(page, issue, state, timeout=WITHIN):
    expect(page.locator(f"#u-{state} #c{issue.pk}")).to_be_visible(timeout=timeout)


def test_a_colleagues_move_appears_within_ten_seconds(visit, amara, lena, at):
    issue = make_ready_issue(engagement_manager=amara, at=at - timedelta(days=3))
    page, theirs = visit("/board/", amara), visit("/board/?view=team", lena)

    drag(theirs, issue, column(theirs, State.STRAWMAN_WIP))
    stands_in(theirs, issue, State.STRAWMAN_WIP)

    appears(page, issue, State.STRAWMAN_WIP)
    expect(page.locator("#h-open .count")).to_contain_text("0")
    expect(page.locator("#h-strawman_wip .count")).to_contain_text("1")


def test_a_card_in_the_hand_does_not_jump(visit, amara, at):
    held, other = (
        make_ready_issue(engagement_manager=amara, at=at - timedelta(days=3)) for _ in range(2)
    )
    page = visit("/board/", amara)
    lift(page, held, column(page, State.STRAWMAN_WIP))

    perform(other.ask_account_team, by=amara, at=at)
    page.evaluate(ASK)
    page.wait_for_timeout(500)

    stands_in(page, held, State.OPEN)
    stands_in(page, other, State.OPEN)
    page.mouse.up()
    stands_in(page, held, State.STRAWMAN_WIP)
    page.evaluate(ASK)
    appears(page, other, State.AWAITING_DISCOVERY)


def test_ones_own_move_does_not_come_back_and_take_the_focus(visit, amara, at):
    issue = make_ready_issue(engagement_manager=amara, at=at)
    page = visit("/board/", amara)
    focus(page, issue)
    page.keyboard.press("]")
    stands_in(page, issue, State.AWAITING_DISCOVERY)
    mine = card(page, issue).element_handle()

    with page.expect_response("**/board/changes/**"):
        page.evaluate(ASK)

    expect(card(page, issue).locator(".card-link")).to_be_focused()
    assert mine.evaluate("card => card.isConnected")


def test_a_card_that_leaves_this_board_goes_and_a_new_one_comes(visit, amara, jonas, at):
    mine = make_ready_issue(engagement_manager=amara, at=at)
    theirs = make_ready_issue(engagement_manager=jonas, at=at)
    page = visit("/board/", amara)

    assign(mine, jonas, by=jonas, at=at)
    assign(theirs, amara, by=jonas, at=at)
    page.evaluate(ASK)

    appears(page, theirs, State.OPEN)
    expect(card(page, mine)).to_have_count(0)


def test_what_changed_on_a_card_is_renewed_where_it_stands(visit, amara, at):
    issue = make_ready_issue(engagement_manager=amara, at=at)
    page = visit("/board/", amara)
    focus(page, issue)

    amend(again(issue), by=amara, at=at, next_step="Call the architect")
    page.evaluate(ASK)

    expect(card(page, issue)).to_contain_text("Call the architect")
    expect(card(page, issue).locator(".card-link")).to_be_focused()


def test_a_lost_connection_shows_and_comes_back(visit, amara):
    page = visit("/board/", amara)
    live = page.locator("#live")
    expect(live).to_have_text("Live")

    page.route("**/board/changes/**", lambda route: route.abort())
    page.evaluate(ASK)
    expect(live).to_have_text("Not live")
    page.unroute("**/board/changes/**")
    page.evaluate(ASK)

    expect(live).to_have_text("Live")

"""Cards by mouse."""

import re

from playwright.sync_api import expect

from scoping.states import State
from tests.browser.board import alert, card, column, drag, lift, stands_in, toast
from tests.factories import again, make_issue, make_ready_issue


def test_a_card_dropped_on_a_legal_column_moves(visit, amara, at):
    issue = make_ready_issue(engagement_manager=amara, at=at)
    page = visit("/board/", amara)

    drag(page, issue, column(page, State.AWAITING_DISCOVERY))

    stands_in(page, issue, State.AWAITING_DISCOVERY)
    expect(toast(page)).to_contain_text(f"{issue.reference} moved to Awaiting_Discovery.")
    expect(page.locator("#h-open .count")).to_contain_text("0")
    expect(page.locator("#h-awaiting_discovery .count")).to_contain_text("1")
    assert again(issue).state == State.AWAITING_DISCOVERY


def test_a_card_in_the_air_lights_where_it_may_go_and_says_why_not_elsewhere(visit, amara, at):
    issue = make_ready_issue(engagement_manager=amara, at=at)
    page = visit("/board/", amara)

    lift(page, issue, column(page, State.ESTIMATE_FEEDBACK))

    lit = page.locator(".column.lit").evaluate_all("all => all.map(one => one.dataset.column)")
    assert lit == ["awaiting_discovery", "strawman_wip", "on_hold", "closed"]
    shut = column(page, State.ESTIMATE_FEEDBACK)
    expect(shut).to_have_class("column shut over")
    expect(shut).to_have_attribute("data-why", re.compile("^From Open it can go to Awaiting"))
    page.mouse.up()


def test_a_drop_on_a_closed_column_leaves_the_card_and_says_why(visit, amara, at):
    issue = make_ready_issue(engagement_manager=amara, at=at)
    page = visit("/board/", amara)

    drag(page, issue, column(page, State.ESTIMATE_FEEDBACK))

    expect(alert(page)).to_contain_text(f"{issue.reference} stayed in Open. From Open it can go")
    stands_in(page, issue, State.OPEN)
    assert again(issue).moves == 0


def test_the_board_scrolls_along_when_a_card_comes_to_its_edge(visit, amara, at):
    issue = make_ready_issue(engagement_manager=amara, at=at)
    page = visit("/board/", amara)
    closed = column(page, State.CLOSED)
    expect(closed).not_to_be_in_viewport()

    lift(page, issue, column(page, State.STRAWMAN_WIP))
    for x in (1_425, 1_426):
        page.mouse.move(x, 500)
    expect(closed).to_be_in_viewport(ratio=0.9)
    for x in (1_399, 1_400):
        page.mouse.move(x, 500)
    page.mouse.up()

    expect(page.get_by_role("dialog", name=f"{issue.reference} to Closed")).to_be_visible()


def test_a_colleagues_card_stays_in_place(visit, amara, jonas, at):
    issue = make_ready_issue(engagement_manager=jonas, at=at)
    page = visit("/board/?view=team", amara)

    lift(page, issue, column(page, State.AWAITING_DISCOVERY))

    expect(page.locator(".dragging, .lit, .shut")).to_have_count(0)
    page.mouse.up()
    stands_in(page, issue, State.OPEN)


def test_any_em_assigns_by_dragging_to_a_colleagues_column(visit, amara, jonas, at):
    issue = make_issue(at=at)
    page = visit("/board/by-em/", amara)

    drag(page, issue, column(page, jonas.pk))

    stands_in(page, issue, jonas.pk)
    expect(toast(page)).to_contain_text(f"{issue.reference} is with Jonas Lindqvist")
    assert again(issue).engagement_manager == jonas


def test_in_a_lane_a_card_moves_within_its_lane(visit, amara, at, segment):
    issue = make_ready_issue(engagement_manager=amara, at=at)
    make_ready_issue(engagement_manager=amara, at=at, segment=None)
    page = visit("/board/?lanes=segment", amara)

    drag(page, issue, page.locator(f'[data-lane="{segment.pk}"][data-column="strawman_wip"]'))

    moved = page.locator(f'[data-lane="{segment.pk}"][data-column="strawman_wip"]')
    expect(moved.locator(f"#c{issue.pk}")).to_be_visible()
    expect(toast(page)).to_contain_text("moved to Strawman_WIP.")
    expect(card(page, issue)).to_have_count(1)
    assert again(issue).state == State.STRAWMAN_WIP

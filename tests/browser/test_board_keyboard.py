"""Cards without a mouse."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from emdesk.people.models import User
from scoping.states import EmStatus, State
from tests.browser.board import alert, card, focus, said, stands_in, toast
from tests.factories import again, make_ready_issue


@pytest.fixture
def cards(amara, at, segment):
    """Three in Open, by value, and one in Strawman_WIP."""
    own = {"engagement_manager": amara, "segment": segment, "at": at - timedelta(days=2)}
    return [
        *(make_ready_issue(expected_value=value, **own) for value in (90, 50, 10)),
        make_ready_issue(State.STRAWMAN_WIP, **own),
    ]


def test_arrows_and_letters_walk_the_cards(visit, amara, cards):
    first, second, third, across = cards
    page = visit("/board/", amara)

    page.keyboard.press("j")
    for key, there in [
        ("j", second),
        ("ArrowDown", third),
        ("ArrowDown", third),
        ("k", second),
        ("ArrowUp", first),
        ("ArrowRight", across),
        ("ArrowLeft", first),
    ]:
        page.keyboard.press(key)
        expect(card(page, there).locator(".card-link")).to_be_focused()


def test_m_and_a_digit_move_the_card_and_keep_the_focus_on_it(visit, amara, cards):
    issue = cards[1]
    page = visit("/board/", amara)
    focus(page, issue)

    page.keyboard.press("m")
    expect(page.get_by_role("dialog", name=f"Move {issue.reference}")).to_be_visible()
    page.keyboard.press("2")

    stands_in(page, issue, State.AWAITING_DISCOVERY)
    expect(said(page)).to_have_text(f"{issue.reference} moved to Awaiting_Discovery.")
    expect(card(page, issue).locator(".card-link")).to_be_focused()
    assert again(issue).state == State.AWAITING_DISCOVERY


def test_the_menu_says_why_a_column_is_closed_and_escape_leaves_it(visit, amara, cards):
    issue = cards[0]
    page = visit("/board/", amara)
    focus(page, issue)
    page.keyboard.press("m")
    menu = page.get_by_role("dialog", name=f"Move {issue.reference}")

    expect(menu.get_by_role("button", name=re.compile("Open.*It is here"))).to_have_attribute(
        "aria-disabled", "true"
    )
    expect(menu).to_contain_text("From Open it can go to Awaiting_Discovery")
    page.keyboard.press("8")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")

    expect(menu).to_be_hidden()
    stands_in(page, issue, State.OPEN)
    expect(page.locator(f"#c{issue.pk} :focus")).to_have_count(1)


def test_brackets_move_one_column_on_and_back(visit, amara, cards):
    issue = cards[3]
    page = visit("/board/", amara)
    focus(page, issue)

    page.keyboard.press("]")
    stands_in(page, issue, State.ESTIMATE_FEEDBACK)
    page.keyboard.press("[")
    stands_in(page, issue, State.STRAWMAN_WIP)

    expect(card(page, issue).locator(".card-link")).to_be_focused()
    page.keyboard.press("[")
    expect(alert(page)).to_contain_text(f"{issue.reference} stayed in Strawman_WIP.")


def test_t_turns_to_do_into_waiting_and_back(visit, amara, cards):
    issue = cards[0]
    page = visit("/board/", amara)
    focus(page, issue)

    for word, status in [("To do", EmStatus.TODO), ("Waiting", EmStatus.WAITING)]:
        page.keyboard.press("t")
        expect(card(page, issue).locator(".tag")).to_have_text(word)
        expect(card(page, issue).locator(".card-link")).to_be_focused()
        assert again(issue).em_status == status
    expect(toast(page).last).to_contain_text(f"{issue.reference} is")


def test_z_takes_the_last_move_back(visit, amara, cards):
    issue = cards[0]
    page = visit("/board/", amara)
    focus(page, issue)
    page.keyboard.press("]")
    expect(toast(page)).to_have_count(1)

    page.keyboard.press("z")

    expect(said(page)).to_have_text(f"{issue.reference} is back in Open.")
    stands_in(page, issue, State.OPEN)
    assert again(issue).moves == 2


def test_slash_goes_to_the_filter_and_letters_rest_there(visit, amara, cards):
    page = visit("/board/", amara)
    field = page.get_by_label("Filter by text")

    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("mjt?")

    expect(field).to_have_value("mjt?")
    expect(page.locator(":popover-open")).to_have_count(0)


def test_a_question_mark_shows_the_keys(visit, amara, cards):
    page = visit("/board/", amara)

    page.keyboard.press("?")

    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_contain_text("Move the card")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()


def test_g_and_a_letter_go_places(visit, amara, cards):
    page = visit("/board/", amara)

    page.keyboard.press("g")
    page.keyboard.press("e")

    expect(page).to_have_url(re.compile("/board/by-em/$"))


def test_who_switched_single_keys_off_is_left_alone(visit, amara, cards):
    User.objects.filter(pk=amara.pk).update(single_keys=False)
    issue = cards[0]
    page = visit("/board/", amara)
    focus(page, issue)

    for key in "mt]?":
        page.keyboard.press(key)

    expect(page.locator(":popover-open")).to_have_count(0)
    stands_in(page, issue, State.OPEN)
    assert again(issue).em_status == ""


def test_on_the_board_by_em_the_menu_assigns(visit, amara, jonas, cards):
    issue = cards[0]
    page = visit("/board/by-em/", amara)
    focus(page, issue)

    page.keyboard.press("m")
    expect(page.get_by_role("dialog", name=f"Assign {issue.reference}")).to_be_visible()
    page.get_by_role("button", name="Jonas Lindqvist").click()

    stands_in(page, issue, jonas.pk)
    assert again(issue).engagement_manager == jonas

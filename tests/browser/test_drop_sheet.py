"""What a move still needs is asked on the spot, and saved with it in one go."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from emdesk.ledger.models import Event
from scoping.models import ScopingIssue
from scoping.quarters import quarter_of
from scoping.states import CloseReason, Outcome, State
from tests.browser.board import WIDE, alert, card, column, drag, stands_in, toast
from tests.factories import again, make_account, make_issue, make_opportunity, make_ready_issue


@pytest.fixture
def bare(amara, at, segment):
    """An issue that lacks its segment."""
    return make_issue(engagement_manager=amara, at=at)


def labels(sheet):
    expect(sheet.get_by_role("button", name="Cancel")).to_be_visible()
    return sheet.locator("label, legend").evaluate_all(
        "all => all.map(one => one.firstChild.textContent.trim()).filter(Boolean)"
    )


def test_the_sheet_asks_just_what_is_missing_and_saves_it_with_the_move(
    visit, amara, bare, segment
):
    page = visit("/board/", amara, **WIDE)

    drag(page, bare, column(page, State.STRAWMAN_WIP))
    sheet = page.get_by_role("dialog", name=f"{bare.reference} to Strawman_WIP")

    expect(sheet).to_contain_text("Choose a segment before it leaves Open.")
    deed = "Scoping call held: when"
    assert labels(sheet) == ["Segment", "Or go on without, because", deed]
    sheet.get_by_label("Segment").select_option(label=str(segment))
    sheet.get_by_role("button", name="Move to Strawman_WIP").click()
    stands_in(page, bare, State.STRAWMAN_WIP)
    expect(sheet).to_be_hidden()
    moves = Event.objects.about(bare).moves().filter(before=State.OPEN)
    assert [event.after for event in moves] == [State.STRAWMAN_WIP]
    assert again(bare).segment == segment


def test_an_unassigned_issue_asks_for_its_em_and_proposes_oneself(visit, amara, at, segment):
    issue = make_issue(segment=segment, at=at)
    page = visit("/board/?view=team", amara, **WIDE)

    drag(page, issue, column(page, State.AWAITING_DISCOVERY))
    sheet = page.get_by_role("dialog")

    expect(sheet.get_by_label("Engagement manager")).to_have_value(str(amara.pk))
    sheet.get_by_role("button", name="Move to").click()
    stands_in(page, issue, State.AWAITING_DISCOVERY)
    assert again(issue).engagement_manager == amara


def test_cancel_returns_the_card(visit, amara, bare):
    page = visit("/board/", amara, **WIDE)
    drag(page, bare, column(page, State.STRAWMAN_WIP))

    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()

    stands_in(page, bare, State.OPEN)
    expect(card(page, bare).locator(".card-link")).to_be_focused()
    assert again(bare).moves == 0


def test_escape_returns_the_card(visit, amara, bare):
    page = visit("/board/", amara, **WIDE)
    drag(page, bare, column(page, State.STRAWMAN_WIP))
    expect(page.get_by_role("dialog")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_be_hidden()
    stands_in(page, bare, State.OPEN)


def test_what_is_still_missing_is_said_at_its_field(visit, amara, bare):
    page = visit("/board/", amara, **WIDE)
    drag(page, bare, column(page, State.STRAWMAN_WIP))
    sheet = page.get_by_role("dialog")

    sheet.get_by_role("button", name="Move to").click()

    expect(sheet.get_by_label("Segment")).to_have_attribute("aria-invalid", "true")
    expect(sheet).to_contain_text("Choose one.")
    assert again(bare).moves == 0


def test_a_reason_lets_it_go_on_without(visit, amara, bare):
    page = visit("/board/", amara, **WIDE)
    drag(page, bare, column(page, State.STRAWMAN_WIP))

    page.get_by_label("Or go on without, because").fill("The account has no segment yet")
    page.get_by_role("button", name="Move to").click()

    stands_in(page, bare, State.STRAWMAN_WIP)
    assert again(bare).last_move.data["override"] == "The account has no segment yet"


def test_a_hold_asks_why_and_until_when(visit, amara, at):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=amara, at=at)
    page = visit("/board/", amara, **WIDE)
    day = localdate() + timedelta(days=30)

    drag(page, issue, column(page, State.ON_HOLD))
    sheet = page.get_by_role("dialog", name=f"{issue.reference} to On_hold")
    assert labels(sheet) == ["Why is it on hold?", "Look again on"]
    sheet.get_by_label("Why is it on hold?").fill("Budget moved")
    sheet.get_by_label("Look again on").fill(day.isoformat())
    sheet.get_by_role("button", name="Move to On_hold").click()

    stands_in(page, issue, State.ON_HOLD)
    held = again(issue)
    assert (held.hold_reason, held.review_date, held.held_from) == (
        "Budget moved",
        day,
        State.STRAWMAN_WIP,
    )


def test_closing_asks_outcome_and_reason_and_proposes_the_quarter(visit, amara, at):
    account = make_account()
    deal = make_opportunity(account=account, close_date=localdate() + timedelta(days=120))
    issue = make_ready_issue(
        State.STRAWMAN_WIP, engagement_manager=amara, at=at, account=account, opportunity=deal
    )
    page = visit("/board/", amara, **WIDE)

    drag(page, issue, column(page, State.CLOSED))
    sheet = page.get_by_role("dialog", name=f"{issue.reference} to Closed")
    expected = str(quarter_of(deal.close_date))
    expect(sheet.get_by_label("Close quarter")).to_have_value(expected)
    sheet.get_by_label("Closed lost").check()
    sheet.get_by_label("Reason").select_option(CloseReason.NO_BUDGET)
    sheet.get_by_role("button", name="Move to Closed").click()

    expect(toast(page)).to_contain_text(f"{issue.reference} moved to Closed.")
    closed = again(issue)
    assert (closed.outcome, closed.close_quarter) == (Outcome.LOST, expected)


def test_a_close_as_won_before_approval_is_refused_with_the_reason(visit, amara, at):
    issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=amara, at=at)
    page = visit("/board/", amara, **WIDE)

    drag(page, issue, column(page, State.CLOSED))
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Closed won").check()
    sheet.get_by_label("Reason").select_option(CloseReason.SIGNED)
    sheet.get_by_role("button", name="Move to Closed").click()

    expect(alert(page)).to_contain_text("Won needs an approved SOW")
    expect(sheet).to_be_hidden()
    stands_in(page, issue, State.STRAWMAN_WIP)
    assert ScopingIssue.objects.get(pk=issue.pk).outcome == ""

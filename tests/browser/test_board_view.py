"""What the board shows: filters in the address, lanes, columns without end, the drawer."""

import re
from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from emdesk.configuration.values import set_value
from scoping.models import TypicalStay
from scoping.states import EmStatus, State
from tests.browser.board import card, column, focus, stands_in
from tests.factories import make_account, make_issue, make_ready_issue, make_segment


@pytest.fixture
def mine(amara, at):
    return make_ready_issue(
        engagement_manager=amara,
        at=at,
        account=make_account(name="Silverlake University"),
        next_step="Call them",
        em_status=EmStatus.TODO,
    )


@pytest.fixture
def theirs(jonas, at):
    segment = make_segment("MM_East")
    return make_ready_issue(engagement_manager=jonas, at=at, segment=segment)


def shows(page, *issues):
    for issue in issues:
        expect(card(page, issue)).to_be_visible()
    expect(page.locator("#board .card")).to_have_count(len(issues))


def test_a_card_says_how_long_it_stands_beside_the_usual_stay(visit, amara, at):
    TypicalStay.objects.create(
        state=State.OPEN, median_days=2, p85_days=4, stays=30, measured_at=at
    )
    issue = make_ready_issue(engagement_manager=amara, at=at - timedelta(days=5))
    page = visit("/board/", amara)

    expect(card(page, issue).locator(".age")).to_have_text("5 d / 2 d")
    expect(card(page, issue)).to_have_class("card p85")
    expect(page.locator("#h-open")).to_contain_text("oldest 5 d")


def test_the_next_steps_date_comes_before_the_value(visit, amara, at):
    own = {"engagement_manager": amara, "at": at, "next_step": "Call"}
    late = make_ready_issue(**own, next_step_date=localdate() + timedelta(days=9))
    worth = make_ready_issue(**own, expected_value=90_000)
    today = make_ready_issue(**own, next_step_date=localdate(), expected_value=10)
    page = visit("/board/", amara)

    ids = page.locator("#u-open .card").evaluate_all("all => all.map(one => one.id)")
    assert ids == [f"c{issue.pk}" for issue in (today, late, worth)]
    expect(card(page, today)).to_contain_text("Today · Call")


def test_a_limit_is_soft(visit, amara, jonas, at):
    day = localdate()
    set_value("wip_limit.open", 1, effective_from=day, reason="Focus", by=jonas, at=at)
    for _ in range(2):
        make_ready_issue(engagement_manager=amara, at=at)
    page = visit("/board/", amara)

    count = page.locator("#h-open .count")
    expect(count).to_have_text(re.compile(r"2 / 1.*over the limit"))
    expect(count).to_have_class("count over")


def test_an_em_begins_with_their_own_board(visit, amara, mine, theirs):
    page = visit("/board/", amara)

    shows(page, mine)
    expect(page.locator("#summary")).to_have_text("1 live issue · yours · List")


def test_every_filter_is_in_the_address_and_survives_a_reload(visit, amara, mine, theirs):
    page = visit("/board/", amara)

    page.get_by_label("Team").check()
    shows(page, mine, theirs)
    page.locator("#filters [name=segment]").select_option(label="Ent EMEA")
    shows(page, mine)
    expect(page).to_have_url(re.compile(r"/board/\?view=team&segment=\d+$"))
    page.reload()

    shows(page, mine)
    expect(page.locator("#filters [name=segment]")).to_have_value(str(mine.segment_id))
    expect(page.locator("#summary")).to_contain_text("filtered")


def test_a_face_shows_that_ems_issues(visit, amara, jonas, mine, theirs):
    page = visit("/board/?view=team", amara)

    page.get_by_role("checkbox", name="Jonas Lindqvist").check()

    shows(page, theirs)
    expect(page).to_have_url(re.compile(f"em={jonas.pk}"))


@pytest.mark.parametrize("chip", ["To do", "No next step"])
def test_a_chip_shows_what_needs_attention(visit, amara, mine, theirs, chip):
    page = visit("/board/?view=team", amara)

    page.get_by_label(chip, exact=True).check()

    shows(page, mine if chip == "To do" else theirs)


def test_text_finds_customers_titles_and_references(visit, amara, mine, theirs):
    page = visit("/board/?view=team", amara)
    field = page.get_by_label("Filter by text")

    field.fill("silver")
    shows(page, mine)
    field.fill(theirs.reference)

    shows(page, theirs)
    expect(field).to_be_focused()
    expect(page).to_have_url(re.compile(f"q={theirs.reference}$"))


def test_lanes_cut_the_board_by_em_and_by_segment(visit, amara, jonas, mine, theirs):
    page = visit("/board/?view=team", amara)

    page.get_by_label("Swimlanes").select_option("em")
    lanes = page.locator(".lane h2")
    expect(lanes).to_have_text([re.compile("Amara Osei"), re.compile("Jonas Lindqvist")])
    expect(page.locator(f'[data-lane="{jonas.pk}"] .card')).to_have_id(f"c{theirs.pk}")
    page.get_by_label("Swimlanes").select_option("segment")

    expect(lanes).to_have_text([re.compile("Ent EMEA"), re.compile("MM East")])
    expect(page).to_have_url(re.compile("lanes=segment"))


def test_a_long_column_comes_in_as_one_scrolls_and_repeats_nobody(visit, amara, at, segment):
    own = {"engagement_manager": amara, "segment": segment, "at": at, "account": make_account()}
    issues = [make_issue(expected_value=n % 7 or None, **own) for n in range(62)]
    page = visit("/board/", amara)
    cards = page.locator("#u-open .card")
    expect(page.locator("#h-open .count")).to_contain_text("62")
    expect(cards).to_have_count(25)

    for expected in (50, 62):
        page.locator("#u-open .more").scroll_into_view_if_needed()
        expect(cards).to_have_count(expected)

    found = cards.evaluate_all("all => all.map(one => one.id)")
    assert sorted(found) == sorted(f"c{issue.pk}" for issue in issues)
    expect(page.locator("#u-open .more")).to_have_count(0)


def test_closed_is_a_rail_that_opens(visit, amara, at):
    lost = make_ready_issue(State.CLOSED, engagement_manager=amara, at=at)
    page = visit("/board/", amara)
    rail = column(page, State.CLOSED)
    expect(rail).to_have_class(re.compile("rail"))
    expect(card(page, lost)).to_be_hidden()

    rail.get_by_role("link", name="Closed").click()

    expect(rail).not_to_have_class(re.compile("rail"))
    stands_in(page, lost, State.CLOSED)
    expect(card(page, lost).locator(".tag")).to_have_text("Lost")


def test_a_click_opens_the_issue_beside_the_board_under_its_own_address(visit, amara, mine):
    page = visit("/board/", amara)
    drawer = page.locator("#drawer")

    card(page, mine).click()
    expect(drawer.get_by_role("heading", level=1)).to_have_text("Silverlake University")
    expect(page).to_have_url(re.compile(f"/issues/{mine.pk}/$"))
    expect(page).to_have_title("Silverlake University · emdesk")
    page.go_back()

    expect(drawer).to_be_hidden()
    expect(page).to_have_url(re.compile("/board/$"))
    expect(card(page, mine).locator(".card-link")).to_be_focused()


def test_the_drawer_closes_by_escape_and_walks_by_brackets(visit, amara, at, segment):
    own = {"engagement_manager": amara, "segment": segment, "at": at}
    first, second = (make_issue(expected_value=value, **own) for value in (20, 10))
    page = visit("/board/", amara)
    heading = page.locator("#drawer").get_by_role("heading", level=1)
    focus(page, first)

    page.keyboard.press("Enter")
    expect(heading).to_have_text(first.account.name)
    page.keyboard.press("]")
    expect(heading).to_have_text(second.account.name)
    page.keyboard.press("Escape")

    expect(page.locator("#drawer")).to_be_hidden()
    expect(card(page, second).locator(".card-link")).to_be_focused()


def test_the_drawers_address_loaded_afresh_is_the_whole_page(visit, amara, mine):
    page = visit("/board/", amara)
    card(page, mine).click()
    expect(page).to_have_url(re.compile(f"/issues/{mine.pk}/$"))

    page.reload()

    expect(page.get_by_role("heading", level=1)).to_have_text("Silverlake University")
    expect(page.locator("#board")).to_have_count(0)
    page.go_back()
    expect(card(page, mine)).to_be_visible()


def test_by_em_shows_everybodys_live_issues_and_can_keep_to_the_calculators(
    visit, amara, jonas, mine, theirs, at
):
    asked = make_issue(at=at, services_calculator=True)
    page = visit("/board/by-em/", amara)
    for issue, key in [(mine, amara.pk), (theirs, jonas.pk), (asked, "none")]:
        stands_in(page, issue, key)

    page.get_by_label("Services Calculator").check()

    shows(page, asked)
    expect(page).to_have_url(re.compile("calculator=on"))

"""The sheet of an estimate in a browser: by keyboard, from the clipboard, in two tabs, on paper."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from scoping.estimating.beginning import begin
from scoping.estimating.sending import send, token_of
from scoping.models import Estimate, EstimateLine, ResourceRole
from scoping.models.estimate import Addressee
from scoping.states import State
from tests.browser.test_axe import faults
from tests.browser.test_without_script import PLAIN
from tests.factories import make_account, make_ready_issue

PASTE = """block => {
  const data = new DataTransfer();
  data.setData("text/plain", block);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
}"""


@pytest.fixture
def estimate(amara, at, segment):
    account = make_account(name="Silverlake University")
    own = {"engagement_manager": amara, "segment": segment, "account": account}
    estimate = begin(make_ready_issue(State.STRAWMAN_WIP, at=at, **own), by=amara, at=at)
    engineer = ResourceRole.objects.get(key="engineer")
    EstimateLine.objects.bulk_create(
        EstimateLine(
            estimate=estimate, position=place * 100, title=title, role=engineer, hours=8, rate=330
        )
        for place, title in enumerate(("Plan", "Move", "Check"), start=1)
    )
    return estimate


def cell(page: Page, line: EstimateLine | str, column: str):
    key = line if isinstance(line, str) else line.pk
    return page.locator(f'[name="c.{key}.{column}"]')


def rows(estimate: Estimate) -> list[tuple[str, Decimal]]:
    return list(estimate.lines.values_list("title", "hours"))


def test_the_sheet_is_worked_by_keyboard_and_saves_itself(visit, errors, amara, estimate):
    errors.expect(422)
    page = visit(estimate.get_absolute_url(), amara)
    plan, move, check = estimate.lines.all()

    cell(page, plan, "hours").fill("10")
    cell(page, plan, "hours").press("Enter")
    expect(cell(page, move, "hours")).to_be_focused()
    expect(page.locator(f"#p{plan.pk}")).to_have_text("3,300.00")
    expect(page.locator("#totals")).to_contain_text("10,312.50")

    page.keyboard.press("ArrowDown")
    expect(cell(page, check, "hours")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#lines tr:not(.phase) [name$='.title']").nth(1)).to_have_value("Check")
    expect(cell(page, check, "hours")).to_be_focused()
    page.keyboard.press("Control+d")
    expect(page.locator("#lines [name$='.title']")).to_have_count(5)

    cell(page, move, "hours").fill("many")
    cell(page, move, "hours").press("Tab")
    expect(page.locator(".fault")).to_contain_text("Write a number")
    expect(cell(page, move, "hours")).to_have_value("many")
    assert rows(estimate) == [
        ("Plan", Decimal(10)),
        ("Check", Decimal(8)),
        ("Check", Decimal(8)),
        ("Move", Decimal(8)),
    ]

    cell(page, "new", "title").click()
    page.evaluate(PASTE, "Train\t\tTrainer\t16\nClose\t\t\t4")
    expect(page.locator("#lines [name$='.title']")).to_have_count(7)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#lines [name$='.title']")).to_have_count(5)


def test_two_tabs_meet_and_nothing_is_lost(visit, errors, amara, estimate):
    errors.expect(409)
    first = visit(estimate.get_absolute_url(), amara)
    second = visit(estimate.get_absolute_url(), amara)
    line = estimate.lines.first()

    cell(first, line, "hours").fill("12")
    cell(first, line, "hours").press("Enter")
    expect(first.locator("#saved")).to_contain_text("Saved")
    cell(second, line, "hours").fill("20")
    cell(second, line, "hours").press("Enter")

    clash = second.locator(".clash")
    expect(clash).to_contain_text("Somebody else changed the same cells")
    expect(clash).to_contain_text("20")
    expect(clash).to_contain_text("12")
    clash.get_by_role("button", name="Save my choice").click()
    expect(cell(second, line, "hours")).to_have_value("20")
    assert rows(estimate)[0] == ("Plan", Decimal(20))


def test_without_script_the_sheet_is_a_form_and_a_version_is_sent(visit, amara, at, estimate):
    page = visit(estimate.get_absolute_url(), amara, **PLAIN)
    cell(page, estimate.lines.first(), "hours").fill("12")
    cell(page, "new", "title").fill("Close")
    page.get_by_role("button", name="Save", exact=True).click()
    assert rows(estimate)[0] == ("Plan", Decimal(12))
    assert rows(estimate)[-1] == ("Close", Decimal(0))

    page.get_by_role("link", name="Freeze and send…").click()
    page.get_by_label("Account team, for review").check()
    page.get_by_role("button", name="Freeze and send").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Estimate v1")
    send(estimate, to=Addressee.CUSTOMER, by=amara, at=at)
    page.reload()
    expect(page.get_by_text("Superseded")).to_be_visible()


def test_lines_come_from_a_file_after_a_look(visit, errors, amara, estimate):
    errors.expect(422)
    page = visit(estimate.get_absolute_url(), amara)
    page.get_by_role("link", name="Bring lines in from a file").click()
    choose = page.get_by_label("CSV file or Excel workbook")
    wrong = b"Activity,Role,Hours\nClose,Astronaut,NaN\n"
    choose.set_input_files({"name": "lines.csv", "mimeType": "text/csv", "buffer": wrong})
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator(".fault")).to_have_count(2)
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed")
    assert faults(page) == []

    right = wrong.replace(b"Astronaut,NaN", b"Architect,4.5")
    choose.set_input_files({"name": "lines.csv", "mimeType": "text/csv", "buffer": right})
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("main")).to_contain_text("1 to add")
    assert faults(page) == []
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#lines [name$='.title']")).to_have_count(5)
    assert rows(estimate)[-1] == ("Close", Decimal("4.5"))
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#lines [name$='.title']")).to_have_count(4)


def test_a_margin_says_what_would_reach_another(visit, errors, amara, at, estimate):
    errors.expect(410)
    Estimate.objects.update(pm_percent=0)
    estimate.lines.update(cost=250)
    page = visit(estimate.get_absolute_url(), amara, **PLAIN)
    page.get_by_role("link", name="What would reach 42 %").click()
    expect(page.get_by_role("main")).to_contain_text("an hour instead of 330.00")
    page.get_by_label("Margin wanted, %").fill("50")
    page.get_by_role("button", name="Reckon").click()
    expect(page.get_by_role("main")).to_contain_text("50 % takes a net total")

    first = send(estimate, to=Addressee.CUSTOMER, by=amara, at=at)
    send(estimate, to=Addressee.ACCOUNT_TEAM, by=amara, at=at)
    page = visit(f"/offer/{token_of(first)}/", None)
    expect(page.get_by_role("main")).to_contain_text("Version 1 was superseded")
    assert faults(page) == []

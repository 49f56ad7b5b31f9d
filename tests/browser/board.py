"""The board in the words of those who use it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from scoping.models import ScopingIssue

WIDE = {"viewport": {"width": 2_800, "height": 900}}


def card(page: Page, issue: ScopingIssue) -> Locator:
    return page.locator(f"#c{issue.pk}")


def column(page: Page, key: object) -> Locator:
    return page.locator(f"#col-{key}")


def stands_in(page: Page, issue: ScopingIssue, key: object) -> None:
    expect(page.locator(f"#u-{key} #c{issue.pk}")).to_be_visible()
    expect(page.locator(f"#c{issue.pk}.busy")).to_have_count(0)


def lift(page: Page, issue: ScopingIssue, over: Locator) -> None:
    """Take a card and hold it over something. Chromium sends no drop after a single move."""
    card(page, issue).hover()
    page.mouse.down()
    over.hover()
    over.hover()


def drag(page: Page, issue: ScopingIssue, over: Locator) -> None:
    lift(page, issue, over)
    page.mouse.up()


def focus(page: Page, issue: ScopingIssue) -> Locator:
    link = card(page, issue).locator(".card-link")
    link.focus()
    return link


def choice(where: Page | Locator, state: object) -> Locator:
    """A column's button in the Move menu, or on the page that does without script."""
    return where.locator(f'.choices [name="to"][value="{state}"]')


def toast(page: Page) -> Locator:
    return page.locator("#toasts .toast")


def alert(page: Page) -> Locator:
    return page.get_by_role("alert")


def said(page: Page) -> Locator:
    """The line that is read out to those who do not see the page."""
    return page.locator("#say")

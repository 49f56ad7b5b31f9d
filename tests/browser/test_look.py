"""Light and dark: as the system says, unless the person says otherwise."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import expect

from emdesk.ledger.models import Event
from tests.factories import make_ready_issue

SMOOTHING = 48  # of 255: edges of drawings are smoothed a little differently from time to time
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
GREY = "(colour) => { const c = document.createElement('canvas').getContext('2d');" + (
    " c.fillStyle = colour; c.fillRect(0, 0, 1, 1);"
    " return Math.max(...c.getImageData(0, 0, 1, 1).data.slice(0, 3)) }"
)


def picture(page):
    page.evaluate("document.fonts.ready")
    taken = page.screenshot(animations="disabled", caret="hide")
    return Image.open(BytesIO(taken)).convert("RGB")


def distance(one, other):
    """By how much the colours of any point differ at most, of 255."""
    return max(high for _, high in ImageChops.difference(one, other).getextrema())


def settled_picture(page):
    """The page once two pictures in a row are the same: icons come in after everything else."""
    last = picture(page)
    for _ in range(20):
        before, last = last, picture(page)
        if distance(before, last) <= SMOOTHING:
            return last
    raise AssertionError("the page does not come to rest")


def is_dark(page):
    return page.evaluate(GREY, page.evaluate(BACKGROUND)) < 64


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_desk_follows_the_system(visit, amara, system):
    assert is_dark(visit("/board/", amara, color_scheme=system)) == (system == "dark")


@pytest.mark.parametrize("chosen", ["light", "dark"])
def test_a_choice_overrules_the_system_on_every_page(visit, amara, chosen):
    page = visit("/board/", amara, color_scheme="light" if chosen == "dark" else "dark")

    page.get_by_role("button", name="account of Amara Osei").click()
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name=chosen.title()).click()
    expect(page.locator("html")).to_have_attribute("data-theme", chosen)
    assert is_dark(page) == (chosen == "dark")
    page.goto("/profile/")

    assert is_dark(page) == (chosen == "dark")


def test_a_theme_nobody_offers_is_ignored(visit, amara):
    page = visit("/board/", amara)
    page.context.add_cookies([{"name": "theme", "value": "neon", "url": page.url}])

    page.reload()

    expect(page.locator("html")).to_have_attribute("data-theme", "auto")


def test_the_page_looks_the_same_twice(visit, amara, at):
    make_ready_issue(engagement_manager=amara, at=at, expected_value=40_000)
    page = visit("/board/", amara)

    page.reload(wait_until="networkidle")
    first = settled_picture(page)
    page.reload(wait_until="networkidle")

    assert distance(settled_picture(page), first) <= SMOOTHING


def test_nothing_moves_while_the_board_loads(visit, amara, at):
    for _ in range(5):
        make_ready_issue(engagement_manager=amara, at=at)
    page = visit("/board/", amara)

    shift = page.evaluate(
        "() => new Promise(done => new PerformanceObserver(list => done("
        "list.getEntries().reduce((sum, one) => sum + one.value, 0)))"
        ".observe({ type: 'layout-shift', buffered: true }) ?? setTimeout(() => done(0), 500))"
    )

    assert shift <= 0.02


def test_looking_leaves_no_trace(visit, amara):
    before = Event.objects.count()

    visit("/board/", amara)

    assert Event.objects.count() == before

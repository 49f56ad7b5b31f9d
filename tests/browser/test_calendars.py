"""Working calendars in a browser: the week, days that differ, and a year of holidays."""

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from emdesk.calendars.models import WorkingCalendar
from tests.browser.test_axe import EVERY_LOOK, LOOKS, faults
from tests.browser.test_phone import PHONE, fits
from tests.browser.test_without_script import PLAIN
from tests.factories import make_calendar

YEAR = localdate().year + 1


@pytest.fixture
def calendar(db):
    return make_calendar("Munich", time_zone="Europe/Berlin", country="DE", subdivision="BY")


@pytest.mark.parametrize("options", [{}, PLAIN], ids=["script", "without"])
def test_a_lead_changes_the_week_and_copies_holidays(visit, errors, lena, calendar, options):
    page = visit("/settings/", lena, **options)
    page.get_by_role("link", name="working calendars").click()
    page.get_by_role("link", name="Munich").click()

    page.get_by_role("link", name="Change week").click()
    page.get_by_label("Friday").fill("9-17, 16-20")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("09:00–17:00 and 16:00–20:00 overlap.")).to_be_visible()
    page.get_by_label("Friday").fill("9-12, 13-15:30")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".head .sub")).to_contain_text("Fri 09:00–12:00, 13:00–15:30")

    page.get_by_text("Copy the holidays of a year").click()
    expect(page.get_by_label("Year")).to_have_value(str(YEAR))
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("checkbox", name="Corpus Christi").uncheck()
    page.get_by_role("button", name="Copy ticked days").click()

    expect(page.get_by_text(f"{YEAR}, 11 days")).to_be_visible()
    expect(page.get_by_text("Corpus Christi")).to_have_count(0)
    changes = page.get_by_role("region", name="Changes")
    expect(changes).to_contain_text("copied 11 holidays of DE-BY")


def test_a_half_day_is_drawn_in_its_week(visit, lena, calendar):
    page = visit(calendar.get_absolute_url(), lena)
    page.get_by_text("Add an exceptional day").click()
    panel = page.get_by_role("region", name="Exceptional days")
    panel.get_by_label("Day").fill(f"{YEAR}-12-24")
    panel.get_by_label("Name").fill("Christmas Eve")
    panel.get_by_label("Working time").fill("9-12")
    panel.get_by_role("button", name="Add day").click()
    expect(panel).to_contain_text("Christmas Eve")

    page.goto(f"{calendar.get_absolute_url()}?on={YEAR}-12-24")
    day = page.locator(".drawn-week li").filter(has_text="24 Dec")
    expect(day).to_contain_text("09:00–12:00")
    expect(day).to_contain_text("Christmas Eve")
    bar = day.locator("rect").bounding_box()
    whole = day.locator("svg").bounding_box()
    assert bar["width"] / whole["width"] == pytest.approx(3 / 24, abs=0.01)


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_axe_finds_nothing_on_the_calendar_pages(visit, lena, look):
    calendar = WorkingCalendar.objects.get(name="Germany")
    url, holiday = calendar.get_absolute_url(), calendar.holidays.first()
    page, found = visit("/", lena, **LOOKS[look]), {}
    pages = ("", "change/", f"copy/?country=DE&year={YEAR + 10}", f"holidays/{holiday.pk}/")
    for path in ("/calendars/", "/calendars/new/", *(f"{url}{more}" for more in pages)):
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
        found[path] = faults(page)

    assert {path: each for path, each in found.items() if each} == {}


def test_the_calendar_pages_fit_on_a_phone(visit, lena, calendar):
    page = visit("/calendars/", lena, **PHONE)
    assert fits(page)
    page.goto(calendar.get_absolute_url())
    assert fits(page)

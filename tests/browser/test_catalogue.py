"""The catalogue in a browser: Practice edits, compares and publishes; every page of it fits."""

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from emdesk.people.models import Role
from scoping.catalogue.drafting import begin_draft
from scoping.models import CatalogueVersion
from tests.browser.test_axe import EVERY_LOOK, LOOKS, faults
from tests.browser.test_phone import PHONE, fits
from tests.browser.test_without_script import PLAIN

DRAFT = ("/catalogue/draft/activity/saas_discovery_remote/", "/catalogue/draft/bands/saas/")
PAGES = (*DRAFT, "/catalogue/draft/sku/new/", "/catalogue/versions/2/", "/catalogue/rates/new/")


@pytest.fixture
def noor(person):
    return person(71, "Noor Haddad", Role.PRACTICE_MANAGER)


@pytest.mark.parametrize("options", [{}, PLAIN], ids=["script", "without"])
def test_an_edit_is_looked_at_and_published(visit, noor, options):
    page = visit("/catalogue/versions/", noor, **options)
    page.get_by_role("button", name="Begin a draft").click()
    page.get_by_role("link", name="Write in it").click()
    page.get_by_role("link", name="Health check").first.click()
    page.get_by_role("link", name="Edit Load test").click()
    page.get_by_label("Services engineer: base hours").fill("24")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Draft of version 2").click()
    expect(page.get_by_text("1 changed, 0 added, 0 withdrawn.")).to_be_visible()
    expect(page.get_by_text("Services engineer: 24 h")).to_be_visible()
    page.get_by_label("Reason").fill("Load tests took longer")
    page.get_by_role("button", name="Publish version 2").click()

    expect(page.get_by_role("heading", name="Version 2", exact=True)).to_be_visible()
    assert CatalogueVersion.current(localdate()).number == 2


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_axe_finds_nothing_on_the_pages_of_practice(visit, noor, at, look):
    begin_draft(by=noor, at=at)
    page = visit("/catalogue/", noor, **LOOKS[look])
    found = {}
    for path in PAGES:
        page.goto(path)
        found[path] = faults(page)

    assert {path: violations for path, violations in found.items() if violations} == {}


def test_no_page_of_it_is_wider_than_a_phone(visit, noor, at):
    begin_draft(by=noor, at=at)
    page = visit("/catalogue/", noor, **PHONE)
    for path in ("/catalogue/services/saas/", "/catalogue/rates/", "/catalogue/versions/", *PAGES):
        page.goto(path)
        assert fits(page), path

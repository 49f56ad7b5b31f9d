"""The weekly update by keyboard alone, what it tells, and the same without script."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now
from playwright.sync_api import expect

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from scoping.deals import amend_deal
from scoping.models import Opportunity, Stage
from tests.factories import make_account, make_opportunity

PAGE = "/opportunities/"
GREEN = {"confidence": "green", "confidence_rationale": "Verbal yes"}


@pytest.fixture
def deals(amara):
    names = ("Alder", "Birch", "Cedar", "Dogwood")
    return [
        make_opportunity(
            name=f"{name} services",
            account=make_account(name=name),
            engagement_manager=amara,
            stage=Stage.PROPOSAL,
            services_value=1_000 * (9 - place),
            close_date=localdate(),
        )
        for place, name in enumerate(names)
    ]


def row(page, deal):
    return page.locator(f"#deal-{deal.pk}")


def colour(page, deal):
    return row(page, deal).locator(".word-cell .conf")


def told(page, words):
    expect(page.locator(".toast", has_text=words)).to_be_visible()


def test_the_weekly_update_needs_no_mouse(visit, amara, deals):
    alder, birch, cedar, dogwood = deals
    amend_deal(dogwood, by=amara, at=now() - timedelta(days=30), **GREEN)
    page = visit(PAGE, amara)
    commit = page.locator("#deal-totals dd").nth(1)
    expect(commit).to_contain_text("$6k")

    page.keyboard.press("j")
    page.keyboard.press("g")
    page.keyboard.type("Order is out")
    page.keyboard.press("Enter")
    told(page, "Alder services is Green.")
    expect(colour(page, alder)).to_have_text("Green")
    expect(commit).to_contain_text("$15k")
    expect(page.locator(f"#d{alder.pk}")).to_be_focused()

    page.keyboard.press("j")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(row(page, birch).get_by_role("alert")).to_contain_text("or choose Grey")
    expect(row(page, birch).locator("textarea")).to_be_focused()
    page.keyboard.type("Date unclear")
    page.keyboard.press("Enter")
    told(page, "Birch services is Amber.")

    page.keyboard.press("j")
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    expect(row(page, cedar).locator(".editor")).to_have_count(0)
    expect(page.locator(f"#d{cedar.pk}")).to_be_focused()

    page.keyboard.press("j")
    page.keyboard.press("s")
    told(page, "Dogwood services is still Green.")
    page.keyboard.press("n")
    told(page, "Dogwood services is Grey.")
    expect(page.locator(f"#d{dogwood.pk}")).to_be_focused()
    page.keyboard.press("z")
    told(page, "Dogwood services is as it was.")
    expect(colour(page, dogwood)).to_have_text("Green")

    assert Event.objects.about(alder).count() == Event.objects.about(birch).count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{dogwood.get_absolute_url()}")


def test_a_conflict_is_told_in_the_row_and_nothing_is_lost(visit, amara, jonas, deals):
    page = visit(PAGE, amara)
    page.keyboard.press("j")
    page.keyboard.press("g")
    amend_deal(deals[0], by=jonas, at=now(), confidence="red", confidence_rationale="Theirs")

    page.keyboard.type("Mine")
    page.keyboard.press("Enter")
    expect(row(page, deals[0]).get_by_role("alert")).to_contain_text("Somebody else changed this")
    expect(row(page, deals[0]).locator("textarea")).to_have_value("Mine")
    page.keyboard.press("Enter")
    told(page, "Alder services is Green.")


def test_the_deal_desk_sets_dates_and_all_works_without_script(visit, person, amara, deals):
    desk = person(9_010, "Dana Desk", Role.DEAL_DESK)
    page = visit(f"{PAGE}?view=team", desk)
    page.keyboard.press("j")
    page.keyboard.press("d")
    row(page, deals[0]).get_by_label("Close date").fill("2099-05-01")
    page.keyboard.press("Enter")
    told(page, "Alder services closes on 1 May 2099.")

    plain = visit(PAGE, amara, java_script_enabled=False)
    row(plain, deals[1]).locator(".word-cell a").click()
    plain.get_by_label("Confidence", exact=True).select_option("green")
    plain.get_by_label("Confidence rationale").fill("They said so")
    plain.get_by_role("button", name="Save").click()
    expect(plain.locator(".toast")).to_contain_text("Birch services is Green.")
    plain.get_by_role("button", name="Undo").click()
    assert Opportunity.objects.get(pk=deals[1].pk).confidence == "grey"

"""A decision in a hand: from My day or a mail to the page, the words, and the receipt."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from emdesk.approvals.links import token
from emdesk.approvals.models import Decision, Request, Standing
from emdesk.people.models import Role
from scoping.estimating.beginning import begin
from scoping.estimating.sending import send
from scoping.models import EstimateLine
from scoping.models.estimate import Addressee
from scoping.states import State
from tests.browser.test_axe import faults
from tests.browser.test_phone import PHONE, fits
from tests.factories import make_account, make_ready_issue


@pytest.fixture
def yusuf(person):
    return person(9_020, "Yusuf Demir", Role.TECHNICAL_ARCHITECT)


@pytest.fixture
def estimate(amara, at, segment, yusuf):
    own = {"engagement_manager": amara, "segment": segment, "technical_architect": yusuf}
    own["account"] = make_account(name="Silverlake University")
    estimate = begin(make_ready_issue(State.STRAWMAN_WIP, at=at, **own), by=amara, at=at)
    EstimateLine.objects.create(estimate=estimate, position=100, title="Move", unit_price=48_000)
    return estimate


def test_a_phone_decides_what_crossing_the_threshold_asked_for(visit, amara, yusuf, estimate, at):
    page = visit(estimate.get_absolute_url(), amara)
    expect(page.locator("#totals")).not_to_contain_text("sending this asks")
    page.locator('[name^="c."][name$=".unit_price"]').first.fill("62000")
    page.keyboard.press("Enter")
    expect(page.locator("#totals")).to_contain_text("sending this asks Yusuf Demir")

    EstimateLine.objects.update(unit_price=62_000)
    send(type(estimate).objects.get(), to=Addressee.ACCOUNT_TEAM, by=amara, at=at)
    hand = visit("/", yusuf, **PHONE)
    hand.get_by_role("link", name=re.compile("^Decide PS-")).tap()
    expect(hand.get_by_role("heading", level=1)).to_contain_text("Estimate review")
    expect(hand.locator(".brief")).to_contain_text("62,000.00")
    assert fits(hand)
    heights = hand.locator(".verdicts .btn").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert min(heights) >= 44
    assert faults(hand, whole=True) == []

    hand.get_by_role("button", name="Reject").tap()
    expect(hand.get_by_text("Say why, so that it can be changed.")).to_be_visible()
    hand.get_by_label("Your words").fill("Sized as I would")
    hand.get_by_role("button", name="Approve").tap()

    expect(hand.get_by_role("button", name="Approve")).to_have_count(0)
    expect(hand.locator(".steps")).to_contain_text("“Sized as I would”")
    assert Request.objects.get().standing == Standing.APPROVED


def test_the_link_of_a_mail_leads_to_the_page_and_decides_nothing(
    visit, amara, yusuf, estimate, at
):
    EstimateLine.objects.update(unit_price=62_000)
    send(estimate, to=Addressee.ACCOUNT_TEAM, by=amara, at=at)
    found = Request.objects.get()
    page = visit(f"/approvals/go/{token(found.pk, at)}/", yusuf, **PHONE)

    expect(page).to_have_url(re.compile(rf"/approvals/{found.pk}/$"))
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    assert not Decision.objects.exists()

"""A change order from the executed SOW to the request for approval; work at risk on a phone."""

from __future__ import annotations

from playwright.sync_api import expect

from scoping.models import ScopingIssue
from sow.greenlights import Party, note
from sow.models import StatementOfWork
from tests.sow.approved import again, staffed
from tests.sow.changed import answer, priced, sign
from tests.sow.making import drafted


def test_what_is_signed_is_changed_and_what_is_not_may_begin_at_risk(visit, amara, at):
    base = drafted(amara, at)
    boss = staffed()["leadership"]
    phone = visit(f"/sow/{base.issue_id}/risk/", amara, viewport={"width": 390, "height": 800})
    phone.get_by_label("Why it cannot wait for the signatures").fill("They begin on Monday")
    phone.get_by_label("Hours planned before they sign").fill("20")
    phone.get_by_label("Their price").fill("6000")
    phone.get_by_label("At most").fill("5000")
    phone.get_by_label("Until").fill("2999-01-01")
    phone.get_by_role("button", name="Ask PS leadership").click()
    expect(phone.get_by_text("PS leadership has not decided")).to_be_visible()
    answer(boss, at)
    phone.reload()
    phone.get_by_label("On", exact=True).fill(f"{at:%Y-%m-%d}")
    phone.get_by_label("Hours", exact=True).fill("12")
    phone.get_by_label("Their price").fill("4500")
    phone.get_by_role("button", name="Note it").click()
    expect(phone.get_by_text("It is near its cap.")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    sign(base, amara, at)
    page = visit(f"/sow/{base.issue_id}/", amara)
    page.get_by_role("link", name="Change orders").click()
    page.get_by_label("Reason").fill("Two more teams move")
    page.get_by_label("Scope", exact=True).check()
    page.get_by_role("button", name="Begin it").click()
    expect(page.get_by_text("Not priced yet")).to_be_visible()
    order = base.orders.get()
    priced(order, amara, at, Plan=20)
    page.get_by_role("link", name="CO-1").click()
    page.get_by_role("link", name="Draft the SOW").click()
    page.get_by_role("button", name="Draft the SOW").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{base.number}-CO-1")
    expect(page.locator("#s-order")).to_contain_text("New total")
    page.locator("#s-background").get_by_role("link", name="Edit").click()
    page.get_by_label("Text of Background and goals").fill("They move their code.")
    page.get_by_role("button", name="Save a version").click()
    expect(page.locator("#checks")).to_contain_text("The change is the estimates'")

    made = again(StatementOfWork.objects.get(issue=ScopingIssue.objects.get(pk=order.issue_id)))
    for party in Party:
        said = {"who": "Ada", "on": at.date(), "evidence": "Mail"}
        note(made, party, **said, seen=made.latest, by=amara, at=at)
    page.goto(page.url.split("/sow/")[0] + f"/sow/{order.issue_id}/approval/")
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{base.number}-CO-1")
    expect(page.get_by_role("link", name="Open the request")).to_be_visible()

"""Change orders: what they start from, what they add, and where they are counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emdesk.activity.sentences import describe
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused, adopt, perform
from scoping.models import Opportunity, ScopingIssue
from scoping.states import CloseReason, State
from scoping.win_rate import win_rate
from scoping.win_rate_axes import Basis
from sow.approval_brief import brief
from sow.asking import draft_of
from sow.booking import book, standing
from sow.checks import check
from sow.handing_over import open_handoff
from sow.models import Case, ChangeOrder
from sow.ordering import confirm, open_orders, outdated, rebase, start
from sow.orders_page import rows_of, whole
from sow.package import missing as wanting
from sow.package import package
from sow.renewing import renew
from sow.saving import Typed, save
from tests.factories import NOON, make_opportunity, make_user
from tests.factories import again as again_issue
from tests.oracles.orders import paid, resulting
from tests.sow.approved import HOUR, again, approve_all, put, staffed
from tests.sow.changed import MORE, begun, drafted_order, priced, sign

pytestmark = pytest.mark.django_db


def won(issue):
    adopt(again_issue(issue), State.APPROVED, at=NOON + HOUR, origin="import")
    perform(again_issue(issue).win, by=None, at=NOON + HOUR, quarter="Q127")


def test_an_order_begins_from_what_both_have_signed(statement, em, lead):
    stranger, pm = make_user(), make_user(Role.PROJECT_MANAGER)
    with pytest.raises(Refused, match="not signed by both"):
        begun(statement, em)
    sign(statement, em)
    for who in (stranger, pm, make_user(Role.ACCOUNT_TEAM)):
        with pytest.raises(NotAllowed):
            begun(statement, who)
    order = begun(statement, em)

    issue = again_issue(order.issue)
    assert (order.name, issue.amends_id, issue.state) == (
        "CO-1",
        statement.issue_id,
        "strawman_wip",
    )
    assert (issue.account, issue.engagement_manager) == (statement.issue.account, em)
    copied = issue.estimates.get().lines.values_list("title", "hours", "rate", "unit_price")
    signed = statement.head.estimate_version.estimate.lines
    assert list(copied) == list(signed.values_list("title", "hours", "rate", "unit_price"))
    told = describe(Event.objects.about(statement.issue).last())
    assert (
        told == f"Amara Osei began CO-1 to {statement.number}, PS-{issue.pk}: “Two more teams move”"
    )
    assert [row.delta for row in rows_of(again(statement))] == [None]

    ScopingIssue.objects.filter(pk=statement.issue_id).update(project_manager=pm)
    second = begun(statement, pm, reason="Proposed by delivery")
    assert (second.name, again_issue(second.issue).state) == ("CO-2", State.OPEN)
    assert "while CO-1 is open too" in describe(Event.objects.about(statement.issue).last())
    assert [each.name for each in open_orders(again(statement))] == ["CO-1", "CO-2"]
    perform(again_issue(order.issue).dismiss, by=lead, at=NOON + 3 * HOUR, reason="declined")
    assert [each.name for each in open_orders(again(statement))] == ["CO-2"]
    assert rows_of(again(statement))[0].stands == "Withdrawn or declined"
    drafted = drafted_order(start(again(statement), by=lead, at=NOON + 3 * HOUR, **MORE), em)
    assert drafted.number == f"{statement.number}-CO-3"
    with pytest.raises(Refused, match="change order itself"):
        begun(drafted, em)


def test_each_case_says_which_paper_it_needs(statement, em, lead):
    sign(statement, em)
    papers = {
        Case.MORE_SCOPE: "order",
        Case.EXTENSION: "order",
        Case.BILLING: "order",
        Case.DOUBT: "order",
        Case.SWAP: "confirmation",
        Case.SHORT_EXTENSION: "confirmation",
        Case.OTHER_WORK: "new SOW",
    }
    said = {"what": "Two weeks later", "who": "Ada", "evidence": "Her mail", "on": NOON.date()}
    for case, paper in papers.items():
        if paper == "order":
            begun(statement, em, case=case)
        else:
            with pytest.raises(Refused, match=paper):
                begun(statement, em, case=case)
        if paper == "confirmation":
            kept = confirm(again(statement), case=case, by=em, at=NOON + 2 * HOUR, **said)
            assert (kept.who, kept.evidence) == ("Ada", "Her mail")
        else:
            with pytest.raises(Refused, match=paper):
                confirm(again(statement), case=case, by=em, at=NOON + 2 * HOUR, **said)
    late = said | {"on": NOON.date() + timedelta(days=9)}
    with pytest.raises(Refused, match="still to come"):
        confirm(again(statement), case=Case.SWAP, by=em, at=NOON + 2 * HOUR, **late)
    assert "Ada confirmed on 2 Mar 2026" in describe(Event.objects.about(statement.issue).last())


def test_an_order_goes_the_way_of_every_sow_and_only_what_it_adds_is_booked(statement, em):
    sign(statement, em)
    won(statement.issue)
    before = win_rate(Basis.ISSUES, "quarter").total
    people, desk = staffed(), make_user(Role.DEAL_DESK)
    order = begun(statement, em)
    found = drafted_order(order, em, Plan=20, Check=10)

    signed, now = statement.head.estimate_version, found.head.estimate_version
    adds, hours, total = resulting(signed.content, [now.content])
    assert adds > 0
    issue = again_issue(order.issue)
    assert issue.expected_value == adds
    text = found.head.said.text_of(found.head.said.section("order"))
    assert f"| This change order | USD {adds:,.2f} |" in text
    assert f"| New total | USD {total:,.2f} |" in text
    row = rows_of(again(statement))[0]
    assert (row.delta.price.by, row.delta.hours.by) == (adds, hours)
    assert {
        line.name: line.hours.by for line in row.delta.lines if line.name in {"Plan", "Check"}
    } == {
        "Plan": 12,
        "Check": -6,
    }
    assert found.head.said.fields["legal_name"] == "Silverlake University"

    save(found, seen=1, by=em, at=NOON + 4 * HOUR, typed=[Typed("background", "Goals", "Ours.")])
    asked = put(again(found), em, NOON + 5 * HOUR)
    assert (asked.value, asked.title) == (total, f"{found.number} v2")
    figure = brief(asked, em).figures[1]
    assert (figure.name, figure.value) == (f"CO-1 to {statement.number}", f"USD {adds:+,.2f}")
    approve_all(asked, people, NOON + 6 * HOUR)
    assert again_issue(issue).state == State.APPROVED
    sign(found, em, NOON + 7 * HOUR)
    row, said = rows_of(again(statement))[0], whole(again(statement), rows_of(again(statement)))
    assert (row.stands, row.open) == ("Signed by both", False)
    assert (said.price.by, said.hours.by, said.price.after) == (adds, hours, total)
    with pytest.raises(Refused, match="hand-off of its SOW"):
        open_handoff(again(found), by=em, at=NOON + 8 * HOUR)

    deal = make_opportunity(quoted_value=total, currency="USD")
    ScopingIssue.objects.filter(pk=issue.pk).update(opportunity=deal)
    assert wanting(again(found))[0] == "Bring quote and SOW to one amount."
    Opportunity.objects.filter(pk=deal.pk).update(quoted_value=adds)
    assert package(again(found), again(found).head, standing(found))[0].met
    assert book(again(found), [], by=desk, at=NOON + 9 * HOUR) == ""
    issue = again_issue(issue)
    assert (issue.state, issue.outcome, issue.close_quarter) == (State.CLOSED, "", "")
    assert issue.close_reason == CloseReason.AMENDED
    assert Opportunity.objects.get(pk=deal.pk).stage == "won"
    assert win_rate(Basis.ISSUES, "quarter").total == before
    assert rows_of(again(statement))[0].stands == "Booked"


def test_an_order_over_nothing_is_booked_without_a_quote_and_a_lower_value_not_at_all(
    statement, em
):
    sign(statement, em)
    desk = make_user(Role.DEAL_DESK)
    same = drafted_order(begun(statement, em, case=Case.DOUBT), em)
    assert not [
        each
        for each in check(draft_of(same.head, same.issue, same.head.said))
        if each.faults and "booked" in each.name
    ]
    assert package(again(same), same.head, standing(same))[0].met
    sign(same, em, NOON + 5 * HOUR)
    adopt(again_issue(same.issue), State.APPROVED, at=NOON + 5 * HOUR, origin="import")
    book(again(same), [], by=desk, at=NOON + 6 * HOUR)
    assert again_issue(same.issue).close_reason == CloseReason.AMENDED

    less = drafted_order(begun(statement, em), em, Plan=1)
    faults = {
        each.name: each.faults for each in check(draft_of(less.head, less.issue, less.head.said))
    }
    assert "may not go down" in faults["What is booked does not fall"][0]
    assert again_issue(less.issue).expected_value == 0
    lost = perform(
        again_issue(less.issue).lose, by=em, at=NOON + 7 * HOUR, quarter="Q127", reason="price"
    )
    assert lost is not None
    issue = again_issue(less.issue)
    assert (issue.outcome, issue.close_reason) == ("", CloseReason.WITHDRAWN)
    assert rows_of(again(statement))[1].stands == "Withdrawn or declined: Price."


def test_of_two_open_orders_the_second_builds_on_what_was_signed_first(statement, em):
    sign(statement, em)
    first, second = begun(statement, em), begun(statement, em, reason="A course more")
    one, two = drafted_order(first, em, Plan=20), drafted_order(second, em, Check=30)
    assert outdated(second) == ""
    with pytest.raises(Refused, match="builds on what both have signed"):
        rebase(second, by=em, at=NOON + 5 * HOUR)
    sign(one, em, NOON + 5 * HOUR)

    second = ChangeOrder.objects.select_related("base", "basis", "issue").get(pk=second.pk)
    assert outdated(second) == "CO-1"
    found = check(draft_of(again(two).head, two.issue, two.head.said))
    assert "CO-1 was signed" in found[-1].faults[0]
    with pytest.raises(NotAllowed):
        rebase(second, by=make_user(), at=NOON + 6 * HOUR)
    rebase(second, by=em, at=NOON + 6 * HOUR)
    perform(again_issue(second.issue).revise_scope, by=em, at=NOON + 6 * HOUR)
    priced(second, em, NOON + 7 * HOUR, Check=30)
    renew(again(two), by=em, at=NOON + 8 * HOUR, why="On CO-1")
    sign(two, em, NOON + 9 * HOUR)

    contents = [again(each).head.estimate_version.content for each in (statement, one, two)]
    adds, hours, total = resulting(contents[0], contents[1:])
    said = whole(again(statement), rows_of(again(statement)))
    assert (said.price.by, said.hours.by, said.price.after) == (adds, hours, total)
    assert {row.delta.price.before for row in rows_of(again(statement))} == {
        paid(contents[0]),
        paid(contents[1]),
    }
    third = begun(statement, em)
    assert third.basis == again(two).head.estimate_version


def test_the_page_begins_an_order_keeps_confirmations_and_asks_no_more_for_more(
    client, statement, em, django_assert_max_num_queries
):
    address = f"/sow/{statement.issue_id}/orders/"
    client.force_login(em)
    page = client.get(address).content.decode()
    assert "is not signed by both yet" in page
    assert "Begin it" not in page
    sign(statement, em)
    page = client.get(address).content.decode()
    assert "No change order yet" in page
    assert "Begin it" in page
    refused = client.post(address, {"do": "start", "case": Case.SWAP, "reason": "A swap"})
    assert refused.status_code == 422
    said = {
        "do": "start",
        "case": Case.MORE_SCOPE,
        "reason": "Two teams more",
        "touches": ["scope"],
    }
    assert client.post(address, said).status_code == 302
    order = ChangeOrder.objects.get()
    page = client.get(address).content.decode()
    assert "Two teams more" in page
    assert "Not priced yet" in page
    assert "CO-1" in page
    kept = {"do": "confirm", "case": Case.SWAP, "what": "A swap", "who": "Ada", "evidence": "Mail"}
    assert client.post(address, kept | {"on": "2026-03-01"}).status_code == 302
    assert client.post(address, kept | {"on": "2999-03-01"}).status_code == 422
    assert client.post(address, {"do": "other"}).status_code == 404

    found = drafted_order(order, em, Plan=20)
    page = client.get(address).content.decode()
    assert "1 line of the estimate" in page or "lines of the estimate" in page
    issue = client.get(order.issue.get_absolute_url()).content.decode()
    assert f'href="{address}"' in issue
    assert f"Amends PS-{statement.issue_id}" in issue
    text = client.get(found.get_absolute_url()).content.decode()
    assert f"CO-1 to {statement.number}" in text
    assert "The change is the estimates&#x27;" in text
    assert client.get(f"/sow/{found.issue_id}/orders/").url == address
    assert client.get(f"/sow/{found.issue_id}/handoff/").url.endswith(
        f"/{statement.issue_id}/handoff/"
    )
    listed = client.get("/sow/?kind=order").content.decode()
    assert found.number in listed
    assert f">{statement.number} v" not in listed
    sign(found, em, NOON + 5 * HOUR)
    open_handoff(again(statement), by=em, at=NOON)
    for part in ("handoff/", "orders/"):
        assert "Signed by both" in client.get(f"/sow/{statement.issue_id}/{part}").content.decode()

    begun(statement, em)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _ in range(4):
        begun(statement, em)
    with django_assert_max_num_queries(len(one)):
        client.get(address)

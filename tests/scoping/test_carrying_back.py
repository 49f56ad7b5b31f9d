"""Files for the CRM and the tracker hold what changed here, and load back without a difference."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now

from emdesk.people.models import Role
from scoping.deals import amend_deal
from scoping.facts import amend
from scoping.labels import read_labels
from scoping.models import Confidence, Imported
from tests.factories import make_issue, make_opportunity, make_ready_issue, make_user

pytestmark = pytest.mark.django_db
GREEN = {"confidence": "green", "confidence_rationale": "Verbal yes"}


def rows(browser, address, days=7):
    since = localdate() - timedelta(days=days)
    answer = browser.get(address, {"since": since})
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def deals(browser, **asked):
    return rows(browser, "/opportunities/changed/", **asked)


def labels(browser, **asked):
    return rows(browser, "/issues/labels/changed/", **asked)


def test_changed_em_fields_come_by_the_id_of_the_crm(client, em):
    deal = make_opportunity(external_id="006000000000001AAA", engagement_manager=em)
    issue = make_issue(opportunity=deal)
    amend_deal(deal, by=em, at=now(), **GREEN)
    quiet = make_opportunity(external_id="006000000000002AAA")
    amend_deal(quiet, by=em, at=now(), amount=5)
    old = make_opportunity(external_id="006000000000003AAA")
    amend_deal(old, by=em, at=now() - timedelta(days=9), **GREEN)
    amend_deal(make_opportunity(), by=em, at=now(), **GREEN)

    (row,) = deals(client)

    assert row["Id"] == "006000000000001AAA"
    assert row["Engagement_Manager__c"] == em.name
    assert row["EM_Confidence__c"] == Confidence.GREEN.label
    assert row["EM_Confidence_Rationale__c"] == "Verbal yes"
    assert row["Scoping_Issue_Link__c"].endswith(issue.get_absolute_url())
    assert len(deals(client, days=10)) == 2


def test_a_deal_linked_to_another_issue_is_changed_too(client, em):
    deal = make_opportunity(external_id="006000000000001AAA")
    issue = make_issue()
    assert deals(client) == []

    amend(issue, by=em, at=now(), opportunity=deal)

    assert deals(client)[0]["Scoping_Issue_Link__c"].endswith(issue.get_absolute_url())


def test_one_takes_away_only_what_one_sees(signed_in, em):
    team = make_user(Role.ACCOUNT_TEAM)
    seen, hidden = (make_opportunity(external_id=f"00600000000000{n}AAA") for n in (1, 2))
    make_issue(opportunity=seen, requester=team)
    for deal in (seen, hidden):
        amend_deal(deal, by=em, at=now(), **GREEN)

    assert [row["Id"] for row in deals(signed_in(team))] == [seen.external_id]


def test_changed_labels_say_what_to_add_and_to_remove(client, em):
    issue = make_ready_issue("strawman_wip", free_labels=["urgent"])
    other = make_ready_issue("strawman_wip")
    for number, each in enumerate((issue, other)):
        there = ["proposal::Strawman_WIP", f"Segment::{each.segment.name}", "old"]
        there = there if each == issue else there[:2]
        Imported.objects.create(issue=each, project="ps/plan", iid=number, labels=there)
        amend(each, by=em, at=now(), em_status="todo")
    amend(other, by=em, at=now(), em_status="")

    (row,) = labels(client)

    assert (row["Issue"], row["Project"], row["IID"]) == (issue.reference, "ps/plan", "0")
    assert row["Add"] == "EM_Status::ToDo,urgent"
    assert row["Remove"] == "old"
    assert read_labels(row["Labels"].split(","), [issue.segment.name]).problems == []

"""Comments on clauses: who may, what is counted, who hears; and which versions left the house."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic
from django.test import Client
from django.utils.timezone import now

from emdesk.activity.sentences import describe
from emdesk.ledger.models import Event
from emdesk.notifications.audiences import abouts, heard
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused
from scoping.notices import load_issues
from sow import pen as pens
from sow.commenting import comment, reopen, resolve, threads
from sow.models import ClauseComment, StatementOfWork, Version
from sow.models.comment import LONGEST_BODY
from sow.saving import Typed, save
from tests.factories import NOON, make_user
from tests.scoping.pages import queries_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def last(statement):
    return Event.objects.about(statement.issue).last()


def hearers(event, statement):
    """Reasons by person, the first of each."""
    (issue,) = load_issues([statement.issue_id])
    found = {}
    for each in heard(event, issue, "watched"):
        for pk in each.people:
            found.setdefault(pk, each.because)
    return found


def page(user, address):
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()


def test_a_comment_stands_by_its_clause_until_it_is_resolved_and_may_be_opened_again(
    statement, em, legal
):
    said = comment(statement, "travel", "At cost? ", seen=1, by=legal, at=NOON)
    comment(statement, "header", "Whose terms?", seen=1, by=em, at=NOON)

    found = threads(statement, statement.head.said)
    assert [(each.key, each.open) for each in found] == [("header", 1), ("travel", 1)]
    resolve(statement, said, by=em, at=NOON + HOUR)
    said.refresh_from_db()
    assert (said.resolved_by, said.resolved_at) == (em, NOON + HOUR)
    assert [each.open for each in threads(statement, statement.head.said)] == [1, 0]
    with pytest.raises(Refused, match="resolved it already"):
        resolve(statement, said, by=legal, at=NOON + HOUR)
    reopen(statement, said, by=legal, at=NOON + HOUR)
    with pytest.raises(Refused, match="opened it already"):
        reopen(statement, said, by=legal, at=NOON + HOUR)
    assert "opened a comment on “Travel and expenses”" in describe(last(statement))


def test_what_cannot_be_a_comment_is_refused_and_the_database_agrees(statement, em):
    for section, body, seen in (
        ("travel", "  ", 1),
        ("travel", "x" * (LONGEST_BODY + 1), 1),
        ("nowhere", "Hm", 1),
        ("travel", "Hm", 9),
    ):
        with pytest.raises(Refused):
            comment(statement, section, body, seen=seen, by=em, at=NOON)
    for role in (Role.VIEWER, Role.SIGNATORY, Role.ACCOUNT_TEAM):
        with pytest.raises(NotAllowed):
            comment(statement, "travel", "Hm", seen=1, by=make_user(role), at=NOON)
    kept = {"statement": statement, "section": "travel", "version": 1, "by": em, "at": NOON}
    for wrong in ({"body": ""}, {"body": "Hm", "resolved_at": NOON}):
        with pytest.raises(IntegrityError), atomic():
            ClauseComment.objects.create(**kept | wrong)


def test_comments_about_a_clause_that_is_gone_are_still_there(statement, em):
    comment(statement, "travel", "Who pays?", seen=1, by=em, at=NOON)
    gone = [each for each in statement.head.said.sections if each.key != "travel"]
    content = type(statement.head.said)({}, tuple(gone))

    (left,) = threads(statement, content)
    assert left.title == "travel, which is gone"


def test_the_page_and_the_version_say_who_and_when_and_count_in_the_outline(statement, em, legal):
    client = Client()
    client.force_login(em)
    address = f"/sow/{statement.issue_id}/comments/"
    said = {"section": "travel", "seen": "1", "body": "<b>At</b> cost?", "page": "1"}
    answer = client.post(address, said)
    assert answer.url == f"/sow/{statement.issue_id}/versions/1/#comments"

    for path in ("", "versions/1/"):
        shown = page(legal, f"/sow/{statement.issue_id}/{path}")
        assert "&lt;b&gt;At" in shown
        assert "1 open" in shown
        assert "Amara Osei" in shown.partition('id="comments"')[2]
    outline = page(legal, statement.get_absolute_url()).partition('aria-label="Outline"')[2]
    assert "standard, 1 comment" in outline.partition("</nav>")[0]
    kept = statement.comments.get()
    assert client.post(f"{address}{kept.pk}/", {"do": "resolve"}).status_code == 302
    assert "Resolved by Amara Osei" in page(legal, statement.get_absolute_url())
    assert client.post(address, said | {"seen": "x", "body": ""}).status_code == 302
    assert statement.comments.count() == 1


def test_more_comments_take_no_more_queries(statement, em, legal):
    client = Client()
    client.force_login(em)
    paths = (statement.get_absolute_url(), f"/sow/{statement.issue_id}/versions/1/")
    comment(statement, "travel", "One", seen=1, by=em, at=NOON)
    few = [queries_of(client, path) for path in paths]
    for number in range(4):
        made = comment(statement, "header", f"No. {number}", seen=1, by=legal, at=NOON)
        resolve(statement, made, by=em, at=NOON)

    assert [queries_of(client, path) for path in paths] == few


def test_those_on_the_deal_hear_of_comments_and_who_is_called_first(statement, em, lead):
    comment(statement, "travel", "@lena-vogel please look", seen=1, by=em, at=NOON)
    assert hearers(last(statement), statement)[lead.pk] == "you are mentioned"
    assert em.pk in hearers(last(statement), statement)
    said = statement.comments.get()
    resolve(statement, said, by=lead, at=NOON)
    assert hearers(last(statement), statement) == {em.pk: "you wrote the comment"}
    link = abouts["scoping.scopingissue"].link(last(statement), statement.issue)
    assert link == f"{statement.get_absolute_url()}#comments"


def test_the_holder_hears_that_the_pen_is_asked_for_and_the_asker_that_it_is_back(
    statement, em, legal, lead
):
    pens.hold(statement, by=em, at=NOON)
    pens.ask(statement, by=legal, at=NOON, reason="Liability")
    assert hearers(last(statement), statement)[em.pk] == "you hold the pen"
    pens.hand_back(statement, by=em, at=NOON)
    assert hearers(last(statement), statement)[legal.pk] == "you asked for the pen"
    pens.hold(statement, by=legal, at=NOON)
    pens.take_over(statement, by=lead, at=NOON, reason="Urgent")
    assert hearers(last(statement), statement)[legal.pk] == "you held the pen"


def test_a_version_given_to_the_customer_is_marked_as_sent_and_stays(statement, em):
    at = now()
    pens.give(statement, "customer", by=em, at=at)
    with pytest.raises(pens.PenHeld):
        save(statement, seen=1, by=em, at=at, typed=[Typed("travel", "Travel", "None")])
    pens.hand_back(statement, by=em, at=at)
    save(statement, seen=1, by=em, at=at, typed=[Typed("travel", "Travel", "None")])

    shown = page(em, f"/sow/{statement.issue_id}/versions/")
    second, first = shown.split(f"/sow/{statement.issue_id}/versions/1/")
    assert "Sent to" not in second
    assert "Sent to customer" in first
    assert "by Amara Osei" in first
    assert "Sent to customer" in page(em, f"/sow/{statement.issue_id}/versions/1/")
    with pytest.raises(IntegrityError), atomic():
        Version.objects.filter(statement=statement, number=1).update(why="Never said")
    assert StatementOfWork.objects.get(pk=statement.pk).latest == 2

"""Whoever waits for an estimate, or for its answer, is told once, with what was said."""

from __future__ import annotations

import pytest
from django.utils.timezone import now

from emdesk.ledger.models import Dispatch
from emdesk.people.models import Role
from scoping.estimating.sending import decide, send
from scoping.models.estimate import Addressee, Standing
from tests.factories import make_user
from tests.notifications.telling import announced, lines, mails
from tests.scoping.estimating.desk import add_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(issue):
    person = make_user(Role.ACCOUNT_TEAM, email="ana@customer.example")
    issue.account_team.add(person)
    return person


@pytest.fixture
def estimate(estimate):
    add_line(estimate, title="Move", hours=8, rate=330)
    Dispatch.objects.all().delete()
    return estimate


def test_the_account_team_hears_of_each_version_once_and_at_once(estimate, em, ana):
    send(estimate, to=Addressee.ACCOUNT_TEAM, by=em, at=now())
    announced()
    assert [mail.subject.partition(": ")[2] for mail in mails(ana)] == ["the estimate is ready"]

    send(estimate, to=Addressee.ACCOUNT_TEAM, by=em, at=now())
    announced()
    assert [mail.subject.partition(": ")[2] for mail in mails(ana)][1:] == [
        "v2 of the estimate is sent"
    ]
    assert lines(em) == [], "nobody hears of what they did themselves"


def test_what_was_answered_lies_in_the_inbox_with_the_customers_words(
    signed_in, issue, estimate, em, ana
):
    lead = make_user(Role.EM_LEAD)
    for standing, words in ((Standing.REWORK, "Too dear"), (Standing.ACCEPTED, "Go on")):
        version = send(estimate, to=Addressee.CUSTOMER, by=em, at=now())
        Dispatch.objects.all().delete()
        decide(version, standing, answer=words, by=lead, at=now())
        announced()
        for person in (em, ana):
            page = signed_in(person).get("/inbox/").content.decode()
            assert words in page, (person, standing)
            assert f"/issues/{issue.pk}/estimate/v{version.number}/" in page
    subjects = [mail.subject.partition(": ")[2] for mail in mails(ana)]
    assert subjects == ["v1 of the estimate needs rework", "v2 of the estimate is accepted"]

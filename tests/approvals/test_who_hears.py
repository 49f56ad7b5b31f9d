"""Who hears of a decision that is asked for, made or no longer needed; and whose duty it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from emdesk.activity.sentences import describe, unspelled
from emdesk.approvals.deciding import recall
from emdesk.approvals.holding import VERBS
from emdesk.approvals.inquiring import answer, ask
from emdesk.approvals.minding import mind
from emdesk.approvals.passing import delegate
from emdesk.desk.duties import duties, waits
from emdesk.ledger.models import Event
from emdesk.people.models import Absence, Role, User
from tests.approvals.papers import asked, paper, say, step_of
from tests.factories import NOON, TODAY, make_user
from tests.notifications.telling import announced, lines, mails

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


@pytest.fixture
def yusuf(people, issue) -> User:
    issue.technical_architect = people["architect"]
    issue.save(update_fields=["technical_architect"])
    return people["architect"]


@pytest.fixture
def ewa(people) -> User:
    return make_user(Role.TECHNICAL_ARCHITECT, name="Ewa Zielonka")


def heard(user):
    announced()
    told = [line.event.verb.partition(".") for line in lines(user)]
    return [what for app, _, what in told if app == "approvals"]


def own_duties(user, at=NOON):
    return [
        (duty.verb, duty.button.label)
        for duty in duties([user], at)
        if "approvals" in duty.button.url
    ]


def test_every_verb_is_spelled():
    assert unspelled(VERBS) == set()


def test_who_is_asked_gets_a_mail_with_the_link_and_the_requester_does_not(issue, em, yusuf, ewa):
    found = asked(issue, em)
    assert heard(yusuf) == ["asked"]
    assert "asked" not in heard(em) + heard(ewa)
    (mail,) = mails(yusuf)
    assert mail.subject == f"{issue}: your decision on Paper 1"
    assert "/approvals/go/" in mail.text
    assert found.get_absolute_url() not in mail.text


def test_the_requester_hears_the_answer_and_whoever_was_asked_that_it_is_over(
    issue, em, yusuf, ewa
):
    say(asked(issue, em, paper(1)), "architect", yusuf, "sent_back")
    recall(asked(issue, em, paper(2)), "Wrong", by=em, at=NOON)
    asked(issue, em, paper(3))
    asked(issue, em, paper(4))
    assert heard(em) == ["sent_back"]
    assert heard(yusuf) == ["asked", "asked", "recalled", "asked", "superseded", "asked"]


def test_questions_answers_reminders_and_delegation_reach_whom_they_concern(issue, em, yusuf, ewa):
    found = asked(issue, em)
    step = step_of(found, "architect")
    answer(ask(step, "Why?", by=yusuf, at=NOON), "So", by=em, at=NOON)
    delegate(step, ewa, until=TODAY + timedelta(days=30), reason="", by=yusuf, at=NOON)
    mind(NOON + timedelta(days=9))
    assert heard(em) == ["inquired", "delegated", "reminded"]
    assert heard(yusuf) == ["asked", "answered"]
    assert heard(ewa) == ["delegated", "reminded"]


def test_every_event_of_a_request_reads_as_a_sentence_with_names(issue, em, yusuf, ewa):
    Absence(user=yusuf, delegate=ewa, first_day=TODAY, last_day=TODAY).keep(by=yusuf, at=NOON)
    found = asked(issue, em)
    say(found, "architect", ewa)
    told = [describe(each) for each in Event.objects.about(issue).select_related("actor")]
    assert "emdesk put “Architect's review” of Paper 1 to Ewa Zielonka for Yusuf Demir" in told
    assert "Ewa Zielonka approved Paper 1 for Yusuf Demir (“Architect's review”): “Because”" in told


def test_duties_are_those_of_whoever_has_to_do_something(issue, em, yusuf, ewa):
    found = asked(issue, em)
    assert own_duties(yusuf) == [("Decide about", "Decide")]
    assert own_duties(ewa) == own_duties(em) == []
    assert [wait.whom for wait in waits([em], NOON)] == ["for “Architect's review” of Paper 1"]
    inquiry = ask(step_of(found, "architect"), "Why?", by=yusuf, at=NOON)
    assert own_duties(em) == [("Answer about", "Answer")]
    answer(inquiry, "So", by=em, at=NOON)
    delegate(step_of(found, "architect"), ewa, until=TODAY, reason="", by=yusuf, at=NOON)
    assert own_duties(ewa) == [("Decide about", "Decide")]
    assert own_duties(ewa, LATER) == []
    say(found, "architect", ewa, "sent_back")
    assert own_duties(em) == [("Work in what came back for", "Read")]
    assert own_duties(yusuf) == own_duties(ewa) == []
    asked(issue, em, paper(2))
    assert own_duties(em) == []


def test_leads_find_an_approver_for_what_nobody_can_decide_any_more(issue, em, yusuf):
    asked(issue, em)
    lead = make_user(Role.EM_LEAD)
    assert own_duties(lead) == []
    yusuf.deactivate(by=lead, at=NOON)
    assert own_duties(lead) == [("Find an approver for", "Open")]

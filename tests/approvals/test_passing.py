"""Absences, delegation and reassigning: no step waits for somebody who is not there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from emdesk.approvals.minding import mind
from emdesk.approvals.models import Request, Step
from emdesk.approvals.passing import delegate, reassign
from emdesk.approvals.refusals import NotAllowed, Overtaken, Refused
from emdesk.approvals.standings import stuck
from emdesk.ledger.models import Event
from emdesk.people.models import Absence, Role, User
from scoping.models import ScopingIssue
from tests.approvals.papers import asked, paper, say, step_of
from tests.factories import NOON, TODAY, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def yusuf(people, issue) -> User:
    """Named on the issue, so asked by name."""
    ScopingIssue.objects.filter(pk=issue.pk).update(technical_architect=people["architect"])
    issue.refresh_from_db(fields=["technical_architect"])
    return people["architect"]


@pytest.fixture
def ewa(people) -> User:
    return make_user(Role.TECHNICAL_ARCHITECT, name="Ewa Zielonka")


def away(user, stand_in, first=TODAY, last=TODAY + 5 * DAY):
    absence = Absence(user=user, delegate=stand_in, first_day=first, last_day=last)
    absence.keep(by=user, at=NOON)


def whose(found):
    step = step_of(found, "architect")
    return step.assignee, step.delegate, step.delegate_until


def events(issue, verb):
    return list(Event.objects.about(issue).filter(verb=f"approvals.{verb}"))


def test_the_one_named_is_asked_and_nobody_else_of_the_role(issue, em, yusuf, ewa):
    found = asked(issue, em)
    assert whose(found) == (yusuf, None, None)
    with pytest.raises(NotAllowed, match="Yusuf Demir"):
        say(found, "architect", ewa)
    say(found, "architect", yusuf)


def test_without_a_name_or_when_they_wrote_it_any_holder_of_the_role_decides(
    issue, em, people, ewa
):
    assert whose(asked(issue, em, paper(1))) == (None, None, None)
    issue.technical_architect = ewa
    issue.save(update_fields=["technical_architect"])
    found = asked(issue, em, paper(2, 60_000, ewa))
    assert whose(found) == (None, None, None)
    say(found, "architect", people["architect"])


def test_who_is_away_is_stood_in_for_and_both_names_are_on_record(issue, em, yusuf, ewa):
    away(yusuf, ewa)
    found = asked(issue, em)
    assert whose(found) == (yusuf, ewa, TODAY + 5 * DAY)
    decision = say(found, "architect", ewa)
    assert (decision.by, decision.on_behalf_of) == (ewa, yusuf)
    (told,) = events(issue, "approved")
    assert (told.actor, told.data["on_behalf_of"]) == (ewa, "Yusuf Demir")


def test_standing_in_ends_with_the_absence(issue, em, yusuf, ewa):
    away(yusuf, ewa)
    found = asked(issue, em)
    with pytest.raises(NotAllowed):
        say(found, "architect", ewa, at=NOON + 6 * DAY)
    say(found, "architect", yusuf, at=NOON + 6 * DAY)


def test_a_stand_in_who_may_not_decide_leaves_it_to_the_role(issue, em, yusuf, ewa):
    """Neither a stand-in without the role, nor the requester by that back door."""
    away(yusuf, em)
    found = asked(issue, em)
    assert whose(found) == (None, None, None)
    with pytest.raises(NotAllowed):
        say(found, "architect", em)
    say(found, "architect", ewa)


def test_away_and_nobody_else_it_stays_with_them(issue, em, yusuf):
    away(yusuf, em)
    assert whose(asked(issue, em))[0] == yusuf


def test_an_absence_that_begins_later_passes_it_on_once(issue, em, yusuf, ewa):
    found = asked(issue, em)
    away(yusuf, ewa, TODAY + DAY, TODAY + 3 * DAY)
    assert mind(NOON) == 0
    assert mind(NOON + DAY) == 1
    assert mind(NOON + DAY) == 0
    assert whose(found) == (yusuf, ewa, TODAY + 3 * DAY)
    (told,) = events(issue, "stood_in")
    assert told.data["asked"] == [ewa.pk]


def test_who_leaves_or_loses_the_role_is_replaced_by_the_role(issue, em, yusuf, ewa):
    found = asked(issue, em)
    User.objects.filter(pk=yusuf.pk).update(roles=[Role.VIEWER])
    assert mind(NOON) == 1
    assert whose(found) == (None, None, None)
    assert stuck(Request.objects.with_steps(), NOON) == []
    User.objects.filter(pk=ewa.pk).update(is_active=False)
    assert [step.pk for step in stuck(Request.objects.with_steps(), NOON)] == [
        step_of(found, "architect").pk
    ]


def test_an_approver_lets_a_colleague_decide_until_a_day(issue, em, yusuf, ewa):
    found = asked(issue, em)
    step = step_of(found, "architect")
    facts = {"reason": "At a customer", "by": yusuf, "at": NOON}
    for until in (TODAY - DAY, TODAY + 91 * DAY):
        with pytest.raises(Refused, match="90 days"):
            delegate(step, ewa, until=until, **facts)
    for nobody in (em, make_user(Role.REVENUE), yusuf):
        with pytest.raises(Refused):
            delegate(step, nobody, until=TODAY, **facts)
    with pytest.raises(NotAllowed):
        delegate(step, yusuf, until=TODAY, **facts | {"by": ewa})
    delegate(step, ewa, until=TODAY + 2 * DAY, **facts)
    with pytest.raises(NotAllowed):
        delegate(step, make_user(Role.TECHNICAL_ARCHITECT), until=TODAY, **facts | {"by": ewa})
    with pytest.raises(NotAllowed):
        say(found, "architect", ewa, at=NOON + 3 * DAY)
    assert say(found, "architect", ewa, at=NOON + 2 * DAY).on_behalf_of == yusuf


def test_the_one_who_asked_never_decides_also_not_as_a_delegate(issue, yusuf, ewa):
    both = make_user(Role.EM, Role.TECHNICAL_ARCHITECT)
    found = asked(issue, both)
    step = step_of(found, "architect")
    with pytest.raises(Refused, match="cannot decide"):
        delegate(step, both, until=TODAY, reason="", by=yusuf, at=NOON)
    with pytest.raises(Refused, match="cannot decide"):
        reassign(step, both, reason="x", by=make_user(Role.EM_LEAD), at=NOON)
    Step.objects.filter(pk=step.pk).update(delegate=both, delegate_until=TODAY + DAY)
    with pytest.raises(NotAllowed, match="also not for somebody else"):
        say(found, "architect", both)


def test_the_leads_give_a_step_to_somebody_else_with_a_reason(issue, em, yusuf, ewa):
    found, lead = asked(issue, em), make_user(Role.EM_LEAD)
    step = step_of(found, "architect")
    with pytest.raises(NotAllowed):
        reassign(step, ewa, reason="x", by=em, at=NOON)
    with pytest.raises(Refused, match="Say why"):
        reassign(step, ewa, reason="", by=lead, at=NOON)
    reassign(step, ewa, reason="Knows the customer", by=lead, at=NOON)
    with pytest.raises(NotAllowed):
        say(found, "architect", yusuf)
    say(found, "architect", ewa)
    with pytest.raises(Overtaken):
        reassign(step, yusuf, reason="x", by=lead, at=NOON)


def test_no_row_holds_a_delegate_without_an_end_or_of_oneself(issue, em, yusuf, ewa):
    rows = Step.objects.filter(pk=step_of(asked(issue, em), "architect").pk)
    for wrong in (
        {"delegate": ewa, "delegate_until": None},
        {"delegate": yusuf, "delegate_until": TODAY},
        {"assignee": None, "delegate": ewa, "delegate_until": TODAY},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)

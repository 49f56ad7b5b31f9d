"""Two at the same moment: one wins, the other is told."""

from __future__ import annotations

import pytest

from emdesk.approvals.asking import supersede
from emdesk.approvals.deciding import recall
from emdesk.approvals.minding import mind
from emdesk.approvals.models import Decision, Request, Standing
from emdesk.approvals.refusals import Overtaken
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from scoping.states import State
from tests.approvals.papers import PAPER, asked, paper, say
from tests.factories import NOON, make_ready_issue, make_user
from tests.reports import report
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS, TABS = 4, 8


def test_two_approvers_at_once_one_wins_and_the_other_is_told(em, people):
    rival = make_user(Role.TECHNICAL_ARCHITECT, name="Ewa Zielonka")
    extra = 0
    for number in range(1, ROUNDS + 1):
        issue = make_ready_issue(State.ESTIMATE_FEEDBACK, engagement_manager=em)
        found = asked(issue, em, paper(number))
        came_to = together(
            [
                lambda found=found: say(found, "architect", people["architect"]),
                lambda found=found: say(found, "architect", rival, "rejected"),
            ]
        )
        (lost,) = [each for each in came_to if isinstance(each, Overtaken)]
        (won,) = [each for each in came_to if isinstance(each, Decision)]
        assert won.by.name in lost.reason or "by now" in lost.reason
        extra += Decision.objects.filter(step__request=found).count() - 1
    report("concurrency", "two approvers at once", rounds=ROUNDS, extra=extra)
    assert extra == 0


def test_twelve_clicks_are_one_decision_and_one_event(em, people):
    issue = make_ready_issue(State.ESTIMATE_FEEDBACK, engagement_manager=em)
    found = asked(issue, em)
    came_to = together([lambda: say(found, "architect", people["architect"])] * TABS)
    assert {each.pk for each in came_to} == {Decision.objects.get().pk}
    assert Event.objects.about(issue).filter(verb="approvals.approved").count() == 1


def test_a_decision_and_a_new_version_or_a_recall_at_once(em, people):
    for number in range(1, 2 * ROUNDS, 2):
        issue = make_ready_issue(State.ESTIMATE_FEEDBACK, engagement_manager=em)
        found = asked(issue, em, paper(number))
        ends = (
            (lambda found=found: recall(found, "Wrong", by=em, at=NOON))
            if number % 4 == 1
            else (lambda issue=issue: supersede(PAPER, issue, by=em, at=NOON))
        )
        said = lambda found=found: say(found, "architect", people["architect"], "rejected")  # noqa: E731
        decided, _ = together([said, ends])
        stands = Request.objects.get(pk=found.pk).standing
        won = isinstance(decided, Decision)
        assert won == (stands == Standing.REJECTED)
        assert won == Decision.objects.filter(step__request=found).exists()


def test_two_requests_at_once_leave_one_open(em, people):
    issue = make_ready_issue(State.ESTIMATE_FEEDBACK, engagement_manager=em)
    papers = [paper(1), paper(2)]
    together([lambda each=each: asked(issue, em, each) for each in papers])
    assert Request.objects.waiting().count() == 1


def test_several_sweeps_at_once_remind_once(em, people):
    issue = make_ready_issue(State.ESTIMATE_FEEDBACK, engagement_manager=em)
    found = asked(issue, em)
    later = found.steps.get(gate="architect").remind_at
    assert sum(together([lambda: mind(later)] * 4)) == 1
    assert Event.objects.about(issue).filter(verb="approvals.reminded").count() == 1

"""Two at the same moment: one wins, the other is told, and no word is lost."""

from __future__ import annotations

import pytest

from emdesk.approvals.deciding import decide
from emdesk.approvals.models import Decision
from emdesk.approvals.refusals import Overtaken
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import Refused
from sow import pen as pens
from sow.drafting import draft
from sow.models import Pen, StatementOfWork
from sow.saving import Typed, save
from tests.factories import NOON, make_user
from tests.sow.approved import put, ready, say, staffed
from tests.sow.making import agreed
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_at_once_one_drafts_one_holds_one_asks_and_both_keep_their_words():
    em, legal, other = make_user(), make_user(Role.LEGAL), make_user(Role.LEGAL)
    issue = agreed(em)

    made = together([lambda: draft(issue, by=em, at=NOON)] * 3)
    assert sum(isinstance(each, Refused) for each in made) == 2
    statement = StatementOfWork.objects.get()

    said = {"seen": 1, "at": NOON}
    mine = [Typed("travel", "Travel", "None.")]
    theirs = [Typed("billing", "Billing", "In 45 days.")]
    saved = together(
        [
            lambda: save(statement, by=em, typed=mine, **said),
            lambda: save(statement, by=legal, typed=theirs, **said),
        ]
    )
    assert sum(isinstance(each, pens.PenHeld) for each in saved) == 1
    assert Pen.objects.filter(released_at=None).count() == 1
    assert StatementOfWork.objects.get().latest == 2
    words = {each["text"] for each in statement.proposals.get().typed}
    words |= {each.text for each in StatementOfWork.objects.get().head.said.sections}
    assert {"None.", "In 45 days."} <= words

    holder = pens.held(statement, NOON).holder
    asking = [each for each in (em, legal, other) if each != holder]
    asked = together(
        [
            lambda: pens.ask(statement, by=asking[0], at=NOON, reason="Now"),
            lambda: pens.ask(statement, by=asking[1], at=NOON, reason="Now"),
        ]
    )
    refused = [each for each in asked if isinstance(each, Refused)]
    assert [("asked first" in each.reason) for each in refused] == [True]
    assert Event.objects.filter(verb=pens.ASKED).count() == 1


def test_of_a_decision_and_a_save_at_once_one_comes_first_and_nothing_is_half_done():
    em, people = make_user(), staffed()
    for place in range(4):
        found = put(ready(em), em, NOON)
        statement = StatementOfWork.objects.get(issue=found.subject_id)
        typed = [Typed("travel", "Travel", f"None, {place}.")]
        said = {"seen": 2, "by": em, "at": NOON, "why": "They asked"}

        decided, saved = together(
            [
                lambda found=found: say(found, people, "architect", NOON),
                lambda statement=statement, said=said, typed=typed: save(
                    statement, typed=typed, **said
                ),
            ]
        )

        found.refresh_from_db()
        assert (saved.number, found.standing) == (3, "superseded")
        late = isinstance(decided, Overtaken)
        assert found.steps.get(gate="architect").turn == ("dropped" if late else "approved")
        assert late or decided is None


def test_two_of_one_role_decide_at_once_and_one_is_told_of_the_other():
    em, people = make_user(), staffed()
    people["second"] = make_user(Role.TECHNICAL_ARCHITECT)
    found = put(ready(em), em, NOON)
    step = found.steps.get(gate="architect")
    words = [
        lambda user=people[name], verdict=verdict: decide(
            step, verdict, by=user, at=NOON, digest=found.digest, reason="Looked at"
        )
        for name, verdict in (("architect", "approved"), ("second", "approved")) * 2
    ]

    said = together(words)

    assert Decision.objects.filter(step=step).count() == 1
    assert sum(isinstance(each, Overtaken) for each in said) == 2

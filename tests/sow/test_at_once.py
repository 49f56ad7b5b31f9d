"""Two at the same moment: one wins, the other is told, and no word is lost."""

from __future__ import annotations

import pytest

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import Refused
from sow import pen as pens
from sow.drafting import draft
from sow.models import Pen, StatementOfWork
from sow.saving import Typed, save
from tests.factories import NOON, make_user
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

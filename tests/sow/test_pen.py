"""One holds the pen; it lapses, is asked for, taken over with a reason; no words are lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic
from django.test import Client
from django.utils.timezone import now

from emdesk.activity.sentences import describe
from emdesk.configuration.values import set_value
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused
from sow import pen as pens
from sow.models import Pen, StatementOfWork
from sow.models.pen import Side
from sow.saving import Typed, save
from tests.factories import NOON, make_user
from tests.sow.making import KNOWN, drafted

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
TYPED = Typed("travel", "Travel and expenses", "Nobody travels.")


def again(statement):
    return StatementOfWork.objects.get(pk=statement.pk)


def put(statement, by, at, words="Nobody travels.", seen=1, **more):
    typed = [Typed("travel", "Travel and expenses", words)]
    return save(statement, seen=seen, by=by, at=at, typed=typed, **more)


def last(statement):
    return Event.objects.about(statement.issue).last()


def test_who_saves_first_holds_the_pen_and_the_other_is_told(statement, em, legal):
    put(statement, em, NOON)

    assert pens.held(statement, NOON).holder == em
    with pytest.raises(pens.PenHeld, match="Amara Osei holds the pen since"):
        put(statement, legal, NOON + MINUTE, "At cost.")
    assert again(statement).latest == 2


def test_words_written_without_the_pen_are_kept_as_a_proposal(statement, em, legal):
    pens.hold(statement, by=em, at=NOON)
    with pytest.raises(pens.PenHeld):
        put(statement, legal, NOON, "At cost.", fields=KNOWN | {"end_date": "2026-09-01"})

    (kept,) = statement.proposals.all()
    assert [each["text"] for each in kept.typed] == ["At cost.", "2026-09-01"]
    assert (kept.by, kept.version, kept.settled_at) == (legal, 1, None)
    assert "kept as a proposal" in describe(last(statement))
    pens.settle(statement, kept.pk, by=em, at=NOON)
    with pytest.raises(Refused, match="already"):
        pens.settle(statement, kept.pk, by=em, at=NOON)


def test_the_pen_lapses_after_idle_minutes_counted_from_the_last_save(statement, em, legal):
    put(statement, em, NOON)
    put(statement, em, NOON + 20 * MINUTE, "None.", seen=2)

    assert pens.held(statement, NOON + 50 * MINUTE)  # to the minute
    assert pens.held(statement, NOON + 50 * MINUTE + timedelta(seconds=1)) is None
    with pytest.raises(pens.PenHeld):
        put(statement, legal, NOON + 45 * MINUTE, "At cost.", seen=3)
    assert put(statement, legal, NOON + 51 * MINUTE, "At cost.", seen=3).number == 4
    first, second = statement.pens.order_by("pk")
    assert (first.last_version, first.released_at) == (3, NOON + 51 * MINUTE)
    assert (second.side, second.version) == (Side.LEGAL, 3)


def test_the_idle_minutes_are_a_setting(statement, em):
    said = {"effective_from": NOON.date(), "reason": "x", "by": None, "at": NOON}
    set_value("sow_pen_minutes", 5, **said)
    pens.hold(statement, by=em, at=NOON)

    assert pens.held(statement, NOON + 6 * MINUTE) is None


def test_the_database_knows_one_turn_and_its_hand(statement, em):
    pens.hold(statement, by=em, at=NOON)
    said = {"statement": statement, "version": 1, "taken_at": NOON, "renewed_at": NOON}

    for wrong in (
        {"side": "em", "holder": em},
        {"side": "customer", "holder": em, "released_at": NOON},
        {"side": "em", "holder": None, "released_at": NOON},
        {"side": "court", "holder": None, "released_at": NOON},
    ):
        with pytest.raises(IntegrityError), atomic():
            Pen.objects.create(**said | wrong)


def test_it_is_handed_back_with_a_note(statement, em, legal):
    pens.hold(statement, by=em, at=NOON)
    with pytest.raises(pens.PenHeld):
        pens.hand_back(statement, by=legal, at=NOON)

    pens.hand_back(statement, by=em, at=NOON, note="Look at billing")

    assert pens.held(statement, NOON) is None
    assert statement.pens.get().note == "Look at billing"
    assert describe(last(statement)).endswith(
        f"handed the pen of {statement.number} back: “Look at billing”"
    )
    with pytest.raises(Refused, match="Nobody"):
        pens.hand_back(statement, by=em, at=NOON)


def test_leads_and_legal_take_it_over_with_a_reason_and_nobody_else(statement, em, lead, legal):
    pens.hold(statement, by=em, at=NOON)
    with pytest.raises(Refused, match="Say why"):
        pens.take_over(statement, by=lead, at=NOON, reason="")
    for other in (make_user(), make_user(Role.PS_LEADERSHIP)):
        with pytest.raises(NotAllowed):
            pens.take_over(statement, by=other, at=NOON, reason="Now")

    pens.take_over(statement, by=legal, at=NOON, reason="It is urgent")

    assert pens.held(statement, NOON).holder == legal
    event = last(statement)
    assert event.data["from"] == "Amara Osei"
    assert "“It is urgent”" in describe(event)
    with pytest.raises(NotAllowed):
        pens.take_over(statement, by=em, at=NOON, reason="Mine")


def test_two_ask_and_the_second_is_told_of_the_first(statement, em, legal, lead):
    with pytest.raises(Refused, match="free"):
        pens.ask(statement, by=legal, at=NOON, reason="Billing")
    pens.hold(statement, by=em, at=NOON)
    with pytest.raises(Refused, match="Say why"):
        pens.ask(statement, by=legal, at=NOON, reason="")
    pens.ask(statement, by=legal, at=NOON, reason="Billing")

    with pytest.raises(Refused, match="Lea Gall asked first"):
        pens.ask(statement, by=lead, at=NOON, reason="Also")

    pens.hand_back(statement, by=em, at=NOON)
    assert statement.requests.get().answered_at == NOON


def test_while_the_customer_holds_it_nothing_is_saved_and_the_clock_knows(statement, em, lead):
    pens.give(statement, Side.CUSTOMER, by=em, at=NOON, reason="For review")

    pen = pens.held(statement, NOON + timedelta(days=30))
    assert (pen.side, pen.holder, pen.version) == ("customer", None, 1)
    verbs = Event.objects.about(statement.issue).values_list("verb", flat=True)
    assert [verb for verb in verbs if ".pen_" in verb] == ["sow.pen_given", "scoping.pen_given"]
    with pytest.raises(pens.PenHeld, match="The customer holds the pen"):
        put(statement, em, NOON)
    pens.hand_back(statement, by=em, at=NOON + MINUTE, note="They agree")
    assert list(verbs.all())[-2:] == ["sow.pen_back", "scoping.pen_back"]
    put(statement, em, NOON + MINUTE)


def test_only_parties_are_given_it_by_the_em_while_nobody_else_holds_it(statement, em, legal):
    with pytest.raises(Refused, match="account team or to the customer"):
        pens.give(statement, Side.LEGAL, by=em, at=NOON)
    with pytest.raises(NotAllowed):
        pens.give(statement, Side.CUSTOMER, by=legal, at=NOON)
    pens.hold(statement, by=legal, at=NOON)
    with pytest.raises(pens.PenHeld):
        pens.give(statement, Side.ACCOUNT_TEAM, by=em, at=NOON)


def test_the_page_says_whose_turn_it_is_and_what_changed_since_ones_own(em, lead, legal):
    at = now()
    statement = drafted(em, at)
    address = statement.get_absolute_url()
    mine, theirs = Client(), Client()
    mine.force_login(em)
    theirs.force_login(legal)
    desk = f"{address}pen/"

    assert "The pen is free" in mine.get(address).content.decode()
    mine.post(desk, {"do": "take", "reason": "Scope"})
    assert "You hold the pen" in mine.get(address).content.decode()
    shown = theirs.get(f"{address}?edit=all").content.decode()
    assert "Amara Osei holds the pen" in shown
    assert "<textarea" not in shown
    theirs.post(desk, {"do": "ask", "reason": "Billing"})
    assert "Lea Gall asks for the pen" in mine.get(address).content.decode()
    answer = theirs.post(address, {"seen": 1, "t.travel": "Travel", "x.travel": "At cost."})
    assert answer.status_code == 409
    assert "Proposed by Lea Gall" in answer.content.decode()
    (kept,) = statement.proposals.all()
    mine.post(f"{address}proposals/{kept.pk}/settle/")
    mine.post(desk, {"do": "back", "reason": "Done with scope"})
    assert "Done with scope" in theirs.get(address).content.decode()
    theirs.post(address, {"seen": 1, "t.travel": "Travel", "x.travel": "At cost."})
    shown = mine.get(address).content.decode()
    assert "Changed since you last held it" in shown
    assert "?a=1&amp;b=2" in shown
    assert "Proposed by" not in shown
    theirs.post(desk, {"do": "nothing"})
    theirs.post(desk, {"do": "back"})
    mine.post(desk, {"do": "give", "side": "customer"})
    assert "The customer holds the pen" in mine.get(address).content.decode()
    mine.post(desk, {"do": "back"})
    assert "The pen is free" in mine.get(address).content.decode()

"""Who decides what, in which order, about which document; and what the database refuses."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from emdesk.approvals.asking import preview
from emdesk.approvals.chains import Chain, Gate, register
from emdesk.approvals.deciding import recall
from emdesk.approvals.eligible import matched
from emdesk.approvals.models import Decision, Request, Standing, Step, Turn
from emdesk.approvals.refusals import NotAllowed, Overtaken, Refused
from emdesk.ledger.models import Event
from emdesk.people.models import Role, User
from tests.approvals.papers import PAPER, asked, paper, rewritten, say
from tests.factories import NOON, make_ready_issue, make_user

pytestmark = pytest.mark.django_db
GATES = ("architect", "revenue", "leadership", "legal")


def standing(found):
    return Request.objects.get(pk=found.pk).standing


def turns(found):
    return dict(Step.objects.filter(request=found).values_list("gate", "turn"))


def verbs(issue):
    return [
        each.verb.partition(".")[2]
        for each in Event.objects.about(issue)
        if "approvals" in each.verb
    ]


def test_of_all_orders_only_those_of_the_places_are_accepted(em, people):
    accepted = []
    for order in permutations(GATES):
        found = asked(make_ready_issue(engagement_manager=em), em)
        for gate in order:
            try:
                say(found, gate, people[gate])
            except Overtaken:
                break
        if standing(found) == Standing.APPROVED:
            accepted.append(order)
    assert accepted == [
        ("architect", "revenue", "leadership", "legal"),
        ("architect", "leadership", "revenue", "legal"),
    ]


def test_gates_of_one_place_are_asked_together_and_the_next_when_all_said_yes(issue, em, people):
    found = asked(issue, em)
    assert turns(found) == {
        "architect": Turn.ASKED,
        "revenue": Turn.LATER,
        "leadership": Turn.LATER,
        "legal": Turn.LATER,
    }
    say(found, "architect", people["architect"])
    say(found, "leadership", people["leadership"])
    assert (turns(found)["revenue"], turns(found)["legal"]) == (Turn.ASKED, Turn.LATER)
    say(found, "revenue", people["revenue"])
    assert turns(found)["legal"] == Turn.ASKED
    say(found, "legal", people["legal"])
    assert standing(found) == Standing.APPROVED
    assert verbs(issue) == [
        *("requested", "asked", "approved", "asked", "asked"),
        *("approved", "approved", "asked", "approved"),
    ]


def test_a_setting_may_turn_parallel_gates_into_a_sequence(issue, em, people):
    places = {"revenue": 3}
    chain = Chain(**{**PAPER.__dict__, "key": "in-turn", "places": lambda day: places})
    register(chain)
    from emdesk.approvals.asking import request  # noqa: PLC0415

    found = request(chain, issue, paper(1, 100), by=em, at=NOON)
    assert found
    assert turns(found) == {"revenue": Turn.ASKED, "leadership": Turn.LATER, "legal": Turn.LATER}


def test_nobody_decides_what_they_asked_for_or_wrote_or_without_the_role(issue, em, people):
    both = make_user(Role.EM, Role.TECHNICAL_ARCHITECT)
    author = make_user(Role.TECHNICAL_ARCHITECT)
    found = asked(issue, both, paper(1, 60_000, author))
    outsiders = [
        both,
        author,
        em,
        people["revenue"],
        make_user(Role.ADMIN),
        make_user(Role.EM_LEAD),
    ]
    for person in outsiders:
        with pytest.raises(NotAllowed):
            say(found, "architect", person)
    assert not Decision.objects.exists()
    say(found, "architect", people["architect"])


def test_the_role_is_looked_at_when_it_is_used(issue, em, people):
    found = asked(issue, em)
    User.objects.filter(pk=people["architect"].pk).update(roles=[Role.VIEWER])
    with pytest.raises(NotAllowed):
        say(found, "architect", User.objects.get(pk=people["architect"].pk))


def test_nobody_decides_two_steps_of_one_request(issue, em, people):
    both = make_user(Role.REVENUE, Role.PS_LEADERSHIP)
    found = asked(issue, em, paper(1, 100))
    say(found, "revenue", both)
    with pytest.raises(NotAllowed):
        say(found, "leadership", both)
    say(found, "leadership", people["leadership"])


def test_a_chain_that_nobody_can_complete_is_refused(issue, em, people):
    User.objects.filter(pk=people["legal"].pk).update(is_active=False)
    with pytest.raises(Refused, match="Legal stamp"):
        asked(issue, em)
    User.objects.filter(pk=people["legal"].pk).update(is_active=True)
    # One person with both roles is one too few.
    User.objects.filter(pk=people["revenue"].pk).update(is_active=False)
    User.objects.filter(pk=people["leadership"].pk).update(roles=[Role.REVENUE, Role.PS_LEADERSHIP])
    with pytest.raises(Refused, match="Nobody can decide"):
        asked(issue, em)
    assert preview(PAPER, issue, paper(), by=em, at=NOON).stuck
    assert not Request.objects.exists()


def test_people_are_matched_to_steps_as_a_plain_search_would():
    def plainly(people):
        steps = list(people)
        best = 0
        everybody = sorted({each for found in people.values() for each in found})
        for order in permutations([*everybody, *[None] * len(steps)], len(steps)):
            held = [who for step, who in zip(steps, order, strict=True) if who in people[step]]
            best = max(best, len(held))
        return best

    cases = [
        {"a": [1], "b": [1]},
        {"a": [1, 2], "b": [1], "c": [2, 3]},
        {"a": [1, 2], "b": [1, 2], "c": [1, 2]},
        {"a": [], "b": [4]},
        {"a": [1, 2, 3], "b": [1], "c": [1, 2]},
    ]
    assert [len(matched(case)) for case in cases] == [plainly(case) for case in cases]


def test_a_chain_without_gates_or_roles_or_with_two_of_one_name_is_not_declared():
    gate = Gate("one", "One", "them", (Role.LEGAL,))
    for gates in ((), (gate, gate), (Gate("one", "One", "them", ()),)):
        with pytest.raises(ValueError, match="bad"):
            register(Chain(**{**PAPER.__dict__, "key": "bad", "gates": gates}))


def test_a_no_needs_a_reason_and_ends_the_request(issue, em, people):
    for place, verdict in enumerate(("sent_back", "rejected"), start=1):
        found = asked(issue, em, paper(place))
        with pytest.raises(Refused, match="Say why"):
            say(found, "architect", people["architect"], verdict, reason=" ")
        say(found, "architect", people["architect"], verdict, reason="The waves are too large")
        assert standing(found) == verdict
        assert set(turns(found).values()) == {verdict, Turn.DROPPED}
        with pytest.raises(Overtaken):
            say(found, "revenue", people["revenue"])
        with pytest.raises(Refused, match="Send a new version"):
            asked(issue, em, paper(place))


def test_a_decision_is_bound_to_what_was_looked_at(issue, em, people):
    found = asked(issue, em)
    with pytest.raises(Overtaken, match="another version"):
        say(found, "architect", people["architect"], digest="0" * 64)
    rewritten(1)
    with pytest.raises(Overtaken, match="replaced"):
        say(found, "architect", people["architect"])
    newer = asked(issue, em, paper(2))
    assert standing(found) == Standing.SUPERSEDED
    with pytest.raises(Overtaken, match="replaced"):
        say(found, "architect", people["architect"])
    say(newer, "architect", people["architect"])


def test_saying_the_same_twice_is_one_word_and_another_word_is_refused(issue, em, people):
    found = asked(issue, em)
    first = say(found, "architect", people["architect"])
    again = say(found, "architect", people["architect"], at=NOON + timedelta(seconds=1))
    assert first.pk == again.pk
    with pytest.raises(Overtaken, match="Yusuf Demir decided this first"):
        say(found, "architect", people["architect"], "rejected")
    with pytest.raises(Overtaken, match="approved"):
        say(found, "architect", make_user(Role.TECHNICAL_ARCHITECT), "rejected")
    assert Decision.objects.count() == 1


def test_what_an_approval_covers_is_compared_with_what_was_really_approved(issue, em, people):
    def ask(number, **facts):
        found = asked(issue, em, paper(number, 60_000, **facts))
        return {each.gate: hasattr(each, "decision") for each in found.steps.all()}

    first = asked(issue, em, paper(1, price=1, scope=1))
    for gate in GATES:
        say(first, gate, people[gate])
    assert ask(2, price=1, scope=1) == {
        "architect": True,
        "revenue": True,
        "leadership": False,
        "legal": False,
    }
    assert ask(3, price=1, scope=2) == {
        "architect": False,
        "revenue": True,
        "leadership": False,
        "legal": False,
    }
    assert ask(4, price=2, scope=1) == {
        "architect": False,
        "revenue": False,
        "leadership": False,
        "legal": False,
    }
    kept = Decision.objects.exclude(kept_from=None)
    assert {each.kept_from.step.request.title for each in kept} == {"Paper 1"}
    assert {each.by for each in kept} == {people["architect"], people["revenue"]}


def test_an_approval_lasts_no_longer_than_the_last_word(issue, em, people):
    first = asked(issue, em, paper(1, price=1, scope=1))
    say(first, "architect", people["architect"])
    second = asked(issue, em, paper(2, price=2, scope=1))
    say(second, "architect", people["architect"], "sent_back")
    third = asked(issue, em, paper(3, price=1, scope=1))
    assert turns(third)["architect"] == Turn.ASKED


def test_who_asked_recalls_with_a_reason_and_may_ask_again(issue, em, people):
    found = asked(issue, em)
    with pytest.raises(NotAllowed):
        recall(found, "Because", by=people["architect"], at=NOON)
    with pytest.raises(Refused, match="Say why"):
        recall(found, "", by=em, at=NOON)
    recall(found, "Wrong rates", by=em, at=NOON)
    assert (standing(found), set(turns(found).values())) == (Standing.RECALLED, {Turn.DROPPED})
    with pytest.raises(Overtaken):
        recall(found, "Again", by=em, at=NOON)
    with pytest.raises(Overtaken, match="recalled"):
        say(found, "architect", people["architect"])
    assert asked(issue, em, paper()).pk != found.pk


def test_who_may_not_ask_does_not(issue, people):
    with pytest.raises(NotAllowed):
        asked(issue, people["legal"])

"""Whom a SOW is put to, in which order, what an edit takes away, and how the board follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from emdesk.activity.sentences import describe
from emdesk.approvals.deciding import decide, recall
from emdesk.approvals.models import Request
from emdesk.approvals.refusals import Overtaken
from emdesk.configuration.values import set_value
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused, perform
from scoping.states import State
from sow.approving import CHAIN, pinned
from sow.asking import Resets, ask, effects_of, foreseen, missing
from sow.aspects import RESETS, aspects_of, outlives, within_review
from sow.content import Section
from sow.discounts import finance_needed, lead_needed
from sow.greenlights import Party, note
from sow.kinds import Kind
from sow.saving import Typed, save
from sow.terms import free_needed
from tests.factories import NOON, make_ready_issue, make_user
from tests.oracles import resets as oracle
from tests.sow.approved import HOUR, again, agree, approve_all, put, ready, say, staffed
from tests.sow.making import KNOWN

pytestmark = pytest.mark.django_db
TRAVEL = Typed("travel", "Travel and expenses", "Nobody travels.")
LIABILITY = Typed("liability", "Warranty and liability", "None whatsoever.")


@pytest.fixture
def people():
    return staffed()


@pytest.fixture
def statement(em):
    return ready(em)


def setting(key, value, lead):
    set_value(key, value, effective_from=NOON.date(), reason="Ours", by=lead, at=NOON)


def state_of(statement):
    return again(statement).issue.state


def write(statement, by, typed, at=NOON + 3 * HOUR, **more):
    statement = again(statement)
    more = {"why": "They asked"} | more
    return save(statement, seen=statement.latest, by=by, at=at, typed=[typed], **more)


def turns(found):
    return {step.gate: step.turn for step in found.steps.all()}


def test_the_chain_asks_one_after_the_other_and_the_board_follows(statement, em, people):
    found = put(statement, em, NOON + HOUR)
    assert turns(found) == {
        "architect": "asked",
        "delivery": "later",
        "revenue": "later",
        "leadership": "later",
    }
    for gate, follows in (
        *(("architect", State.SOW_WIP), ("delivery", State.SOW_WIP)),
        *(("revenue", State.READY_FOR_APPROVAL), ("leadership", State.APPROVED)),
    ):
        say(found, people, gate, NOON + 2 * HOUR)
        assert state_of(statement) == follows

    moves = Event.objects.about(statement.issue).moves()
    by = [(event.after, event.actor) for event in moves][-2:]
    assert by == [(State.READY_FOR_APPROVAL, em), (State.APPROVED, people["leadership"])]


def test_a_setting_asks_revenue_beside_ps_leadership(statement, em, people, lead):
    setting("sow_revenue_parallel", "on", lead)
    found = put(statement, em, NOON + HOUR)
    say(found, people, "architect", NOON + HOUR)
    say(found, people, "delivery", NOON + HOUR)

    assert turns(found)["revenue"] == turns(found)["leadership"] == "asked"
    assert state_of(statement) == State.READY_FOR_APPROVAL
    say(found, people, "leadership", NOON + HOUR)
    assert state_of(statement) == State.READY_FOR_APPROVAL
    say(found, people, "revenue", NOON + HOUR)
    assert state_of(statement) == State.APPROVED


def test_delivery_is_asked_while_the_setting_is_on(statement, em, people, lead):
    assert "delivery" in {each.gate.key for each in plan(statement, em).asks}

    setting("sow_delivery_approves", "off", lead)

    assert "delivery" not in {each.gate.key for each in plan(statement, em).asks}


def plan(statement, by, at=NOON):
    statement = again(statement)
    return foreseen(statement, statement.head, by=by, at=at)


def test_an_architect_is_asked_about_a_price_over_the_threshold_or_a_scope_none_has_seen(
    statement, em, people
):
    architect = next(each for each in CHAIN.gates if each.key == "architect")
    evidence = pinned(statement.head)

    def asked(listed, reviewed=""):
        facts = {**evidence.facts, "list_total": listed, "reviewed": reviewed}
        return architect.needed(replace(evidence, facts=facts), NOON.date())

    assert asked("50000.00") == "No technical architect has seen its scope."
    assert asked("50000.01") == "Its list total of USD 50,000.01 is over 50,000."
    assert asked("50000.01", "Estimate v1") == ""


def test_the_ladder_of_discounts_is_that_of_the_oracle(statement):
    evidence = pinned(statement.head)
    for percent in ("0", "0.01", "7.5", "10", "10.01", "20", "30", "30.01", "100"):
        each = replace(evidence, facts={**evidence.facts, "discount_percent": percent})
        found = {
            key
            for key, needed in (
                ("discount_lead", lead_needed),
                ("discount_finance", finance_needed),
                ("free_services", free_needed),
                ("free_sales", free_needed),
            )
            if needed(each, NOON.date())
        }
        assert found == oracle.discount_asks(Fraction(percent)), percent


def test_an_edit_resets_what_the_oracle_says(statement):
    said = statement.head.said
    other = Section("own", Kind.OTHER, "Own", "Ours")
    said = replace(said, sections=(*said.sections, other))
    facts = aspects_of(said)
    seen = set()

    def gone(content):
        return {gate for gate in RESETS if not outlives(gate, facts, aspects_of(content))}

    for place, each in enumerate(said.sections):
        for edited in (replace(each, text=f"{each.text} More."), replace(each, title="Else")):
            sections = (*said.sections[:place], edited, *said.sections[place + 1 :])
            assert gone(replace(said, sections=sections)) == oracle.BY_KIND[each.kind], each.kind
        seen.add(each.kind)
    assert len(seen) >= 15
    for name, wanted in oracle.BY_FIELD.items():
        assert gone(replace(said, fields={**said.fields, name: "Else"})) == wanted, name
    spaced = tuple(replace(each, text=f"\n{each.text}\n\n") for each in reversed(said.sections))
    assert gone(replace(said, sections=spaced)) == set()
    assert gone(replace(said, fields={**said.fields, "title": "Else"})) == set()
    without = replace(said, sections=said.sections[:-1])
    assert gone(without) == oracle.ALL


def test_every_kind_and_gate_stands_in_the_table():
    assert set(oracle.BY_KIND) == set(Kind.values)
    assert set(RESETS) == oracle.ALL == {gate.key for gate in CHAIN.gates}
    assert set(oracle.BY_FIELD) == set(KNOWN)


def test_an_architect_looks_again_at_what_the_oracle_says():
    amounts = [10_000, 49_999, 50_000, 50_001, 54_999, 55_001, 55_002, 60_000, 66_000, 66_001]
    for old in amounts:
        for new in amounts:
            wanted = oracle.architect_again(old, new, above=50_000, percent=10)
            said = [Decimal(each) / 100 for each in (old, new, 50_000)]
            assert within_review(*said, Decimal(10)) is not wanted, (old, new)


def test_asking_needs_good_checks_the_account_team_and_the_customer(em, people, statement):
    assert missing(statement, statement.head) == [
        "Account team's review is not noted yet.",
        "Customer's go-ahead is not noted yet.",
    ]
    save(statement, seen=2, by=em, at=NOON, fields=KNOWN | {"end_date": "2026-03-01"})
    agree(statement, em, NOON + HOUR)
    with pytest.raises(Refused, match="1 check still to mend"):
        ask(again(statement), seen=3, by=em, at=NOON + HOUR)
    save(again(statement), seen=3, by=em, at=NOON + HOUR, fields=KNOWN)
    with pytest.raises(Refused, match="review was of v3; dates changed since"):
        ask(again(statement), seen=4, by=em, at=NOON + HOUR)
    agree(statement, em, NOON + HOUR)
    assert ask(again(statement), seen=4, by=em, at=NOON + HOUR).title.endswith("v4")


def test_who_agreed_is_noted_once_it_is_so_and_told(statement, em):
    said = {"who": "Ada", "evidence": "Her mail", "seen": 1, "by": em, "at": NOON}
    for day in (NOON.date() - timedelta(days=1), NOON.date() + timedelta(days=1)):
        with pytest.raises(Refused):
            note(statement, Party.CUSTOMER, on=day, **said)
    with pytest.raises(NotAllowed):
        note(statement, Party.CUSTOMER, on=NOON.date(), **said | {"by": make_user()})

    note(statement, Party.CUSTOMER, on=NOON.date(), **said)

    told = describe(Event.objects.about(statement.issue).last())
    assert "customer's go-ahead" in told
    assert "Ada, 2 Mar 2026. Her mail" in told


def test_nobody_decides_two_gates_or_what_they_wrote(statement, em, people):
    people["revenue"].roles = [Role.REVENUE, Role.PS_LEADERSHIP]
    people["revenue"].save()
    found = put(statement, em, NOON + HOUR)
    for gate in ("architect", "delivery", "revenue"):
        say(found, people, gate, NOON + HOUR)

    with pytest.raises(Exception, match="decided by PS leadership"):
        decide(
            found.steps.get(gate="leadership"),
            "approved",
            by=people["revenue"],
            at=NOON + HOUR,
            digest=found.digest,
        )
    assert em.pk in found.authors


def test_saving_tells_first_what_it_resets_and_then_ends_and_moves_back(statement, em, people):
    approve_all(put(statement, em, NOON + HOUR), people, NOON + 2 * HOUR)
    assert state_of(statement) == State.APPROVED
    names = {"Revenue's approval", "PS leadership's approval"}

    with pytest.raises(Refused, match="Say why"):
        write(statement, em, TRAVEL, why="")
    with pytest.raises(Resets) as told:
        write(statement, em, TRAVEL, told=())
    assert set(told.value.effects.resets) == names
    assert set(told.value.effects.keeps) == {"Architect's approval", "Delivery's approval"}
    assert again(statement).latest == 2

    write(statement, em, TRAVEL, told=names)

    assert state_of(statement) == State.SOW_WIP
    found = put(statement, em, NOON + 4 * HOUR)
    assert turns(found) == {
        "architect": "approved",
        "delivery": "approved",
        "revenue": "asked",
        "leadership": "later",
    }


def test_a_cosmetic_edit_keeps_every_approval_and_terms_leave_them_to_the_stamp(
    statement, em, people
):
    approve_all(put(statement, em, NOON + HOUR), people, NOON + 2 * HOUR)
    travel = again(statement).head.said.section("travel")
    blank = Typed("travel", travel.title, f"{travel.text}\n")
    for typed in (blank, LIABILITY):
        write(statement, em, typed, told=())
        assert state_of(statement) == State.APPROVED
    agree(statement, em, NOON + 4 * HOUR)

    found = ask(again(statement), seen=4, by=em, at=NOON + 4 * HOUR)

    assert (found.standing, set(turns(found).values())) == ("approved", {"approved"})


def test_a_save_ends_what_is_open_and_a_decision_on_the_last_version_is_refused(
    statement, em, people
):
    found = put(statement, em, NOON + HOUR)
    say(found, people, "architect", NOON + HOUR)
    write(statement, em, TRAVEL)

    assert Request.objects.get(pk=found.pk).standing == "superseded"
    with pytest.raises(Overtaken):
        say(found, people, "delivery", NOON + 4 * HOUR)


def test_scope_written_anew_is_seen_by_the_architect_again(statement, em, people):
    found = put(statement, em, NOON + HOUR)
    approve_all(found, people, NOON + 2 * HOUR)
    head = again(statement).head
    said = head.said
    scope = next(each for each in said.sections if each.kind == Kind.EXCLUSIONS)
    edited = replace(scope, text="Nothing is out of scope.")
    sections = tuple(edited if each.key == scope.key else each for each in said.sections)

    effects = effects_of(head, replace(said, sections=sections), by=em, at=NOON + 3 * HOUR)

    assert set(effects.resets) == {
        *("Architect's approval", "Delivery's approval", "PS leadership's approval"),
    }
    assert effects.keeps == ("Revenue's approval",)


def test_a_no_and_a_recall_bring_the_board_back(statement, em, people):
    found = put(statement, em, NOON + HOUR)
    for gate in ("architect", "delivery", "revenue"):
        say(found, people, gate, NOON + HOUR)
    say(found, people, "leadership", NOON + 2 * HOUR, "sent_back")
    assert state_of(statement) == State.SOW_WIP
    with pytest.raises(Refused, match="asked about already: changes asked"):
        ask(again(statement), seen=2, by=em, at=NOON + 3 * HOUR)

    write(statement, em, LIABILITY)
    second = put(statement, em, NOON + 4 * HOUR)
    assert state_of(statement) == State.READY_FOR_APPROVAL
    recall(second, "Not yet", by=em, at=NOON + 5 * HOUR)
    assert state_of(statement) == State.SOW_WIP


def test_the_board_is_not_ahead_of_the_sow_but_by_a_reason(statement, em, people, lead):
    def move(name, by, **more):
        return perform(getattr(again(statement).issue, name), by=by, at=NOON + 3 * HOUR, **more)

    with pytest.raises(Refused, match="is not put to approval"):
        move("request_approval", em)
    found = put(statement, em, NOON + HOUR)
    with pytest.raises(Refused, match="still waits for “Architect's approval”"):
        move("request_approval", em)
    move("request_approval", em, override="They are on their way")
    with pytest.raises(Refused, match="Decide on its page"):
        move("approve", people["leadership"])
    approve_all(found, people, NOON + 4 * HOUR)
    assert state_of(statement) == State.APPROVED


def test_an_issue_whose_sow_is_written_elsewhere_moves_as_before(em, people):
    issue = make_ready_issue(State.SOW_WIP, engagement_manager=em)

    perform(issue.request_approval, by=em, at=NOON + HOUR)
    issue.refresh_from_db(fields=[each.name for each in issue._meta.fields if each.name != "state"])
    moved = type(issue).objects.get(pk=issue.pk)

    assert perform(moved.approve, by=people["leadership"], at=NOON + HOUR).after == State.APPROVED


def test_a_signatory_sees_what_they_are_asked_about(em, people):
    statement = ready(em, discount_percent=35)
    found = put(statement, em, NOON + HOUR)
    approve_all(found, people, NOON + 2 * HOUR)

    seen = type(statement).objects.visible_to(people["discount_finance"])

    assert seen.filter(pk=statement.pk).exists()
    assert not seen.exclude(pk=statement.pk).exists()
    assert state_of(statement) == State.APPROVED

"""The dated deeds: who may note them, with which dates, once each, and taking them back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from emdesk.activity.sentences import describe, unspelled
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused, perform
from scoping.clocks import LEGS
from scoping.deeds import DEEDS, NEXT, ON_THE_WAY_TO
from scoping.meetings import hold
from scoping.models import Meeting, MeetingKind
from scoping.promises import UNDONE, VERBS, next_deed, note, offered_deed, standing, take_back
from scoping.states import LIVE, CommunicationOwner, State
from tests.factories import NOON, again, make_issue, make_ready_issue, make_user

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEN_MINUTES = timedelta(minutes=10)
LATER = NOON + 2 * DAY
EMS = ["reminded", "call_held", "intent_confirmed", "content_final"]
DELIVERED = ["estimate_delivered", "draft_delivered"]
ROUTED = ["stamped_sow_sent", "leg_account_team"]
AGREED = {"leg_revenue", "leg_ps", "leg_legal", "leg_signatory", "leg_account_team"}


@pytest.fixture
def em():
    return make_user()


@pytest.fixture
def issue(em):
    return make_ready_issue(State.SOW_WIP, engagement_manager=em)


def done(issue):
    return standing(issue)[issue.pk]


def verbs(issue):
    return [event.verb for event in Event.objects.about(issue) if event.verb in {*VERBS, UNDONE}]


# What is written.


def test_a_deed_is_an_event_of_the_moment_it_was_noted(issue, em):
    event = note(issue, DEEDS["estimate_delivered"], by=em, at=LATER)

    assert (event.verb, event.at, event.data) == ("scoping.estimate_delivered", LATER, {})
    assert done(issue) == {"estimate_delivered": event}


def test_an_earlier_date_is_kept_beside_the_moment_it_was_noted(issue, em):
    event = note(issue, DEEDS["call_held"], by=em, at=LATER, happened_at=NOON + HOUR)

    assert (event.at, event.data["happened_at"]) == (LATER, (NOON + HOUR).isoformat())
    assert describe(event).endswith("held the scoping call on 2 Mar 2026, 13:00")


def test_the_minute_it_is_noted_in_is_no_earlier_date(issue, em):
    event = note(issue, DEEDS["call_held"], by=em, at=LATER, happened_at=LATER - HOUR / 100)

    assert event.data == {}


def test_the_legs_are_those_of_the_clock_and_the_verbs_those_agreed(issue, em):
    assert {key for key in DEEDS if key.startswith("leg_")} == AGREED
    assert {deed.data["leg"] for deed in DEEDS.values() if deed.data} == set(LEGS)

    event = note(issue, DEEDS["leg_legal"], by=em, at=LATER)

    assert (event.verb, event.data) == ("scoping.leg_done", {"leg": "legal"})
    assert "leg_legal" in done(issue)


def test_every_deed_reads_as_a_sentence(issue, em):
    assert unspelled({*VERBS, UNDONE}) == set()
    for deed in DEEDS.values():
        event = note(issue, deed, by=em, at=LATER)
        assert describe(event) == f"{em} {deed.told}"
    undone = take_back(issue, event.number, by=em, at=LATER, within=TEN_MINUTES)
    assert describe(undone) == f"{em} took back “Stamped SOW sent”"


# Which dates.


def test_a_date_in_the_future_is_refused(issue, em):
    with pytest.raises(Refused, match="in the future"):
        note(issue, DEEDS["call_held"], by=em, at=NOON, happened_at=NOON + HOUR)


def test_a_date_before_the_issue_was_raised_is_refused(issue, em):
    with pytest.raises(Refused, match="before 2 Mar 2026, 12:00"):
        note(issue, DEEDS["call_held"], by=em, at=LATER, happened_at=NOON - HOUR)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("call_held", "estimate_delivered"),
        ("intent_confirmed", "draft_delivered"),
        ("content_final", "leg_legal"),
        ("content_final", "stamped_sow_sent"),
    ],
)
def test_nothing_is_kept_before_its_clock_began(issue, em, first, then):
    note(issue, DEEDS[first], by=em, at=LATER, happened_at=NOON + DAY)

    with pytest.raises(Refused, match="when its clock began"):
        note(issue, DEEDS[then], by=em, at=LATER, happened_at=NOON + DAY - HOUR)
    event = note(issue, DEEDS[then], by=em, at=LATER, happened_at=NOON + DAY)
    assert event.data["happened_at"] == (NOON + DAY).isoformat()


def test_where_no_deed_began_the_clock_the_card_did(em):
    issue = make_ready_issue(State.ESTIMATE_FEEDBACK, engagement_manager=em)
    perform(issue.start_sow, by=em, at=NOON + DAY)

    with pytest.raises(Refused, match="before 3 Mar 2026, 12:00"):
        note(issue, DEEDS["draft_delivered"], by=em, at=LATER, happened_at=NOON + HOUR)


def test_a_date_within_the_minute_of_the_start_is_the_start(em):
    raised = NOON + timedelta(seconds=40)
    issue = make_ready_issue(at=raised, engagement_manager=em)

    event = note(issue, DEEDS["reminded"], by=em, at=LATER, happened_at=NOON)

    assert event.data["happened_at"] == raised.isoformat()
    early = raised - timedelta(minutes=1)
    with pytest.raises(Refused, match="when its clock began"):
        note(issue, DEEDS["reminded"], by=em, at=LATER, happened_at=early)


# Who may.


def on_team(issue, **fields):
    member = make_user(Role.ACCOUNT_TEAM)
    issue.account_team.add(member)
    for name, value in fields.items():
        setattr(issue, name, value)
    issue.save(update_fields=list(fields))
    return member


def may(issue, who):
    return {key for key, deed in DEEDS.items() if deed.allowed(issue, who)}


def test_its_em_and_the_leads_may_note_everything(issue, em):
    assert may(issue, em) == may(issue, make_user(Role.EM_LEAD)) == set(DEEDS)
    assert may(issue, make_user(Role.DIRECTOR)) == set(DEEDS)


def test_any_em_reminds_the_account_team_and_nothing_else(issue):
    assert may(issue, make_user()) == {"reminded"}


def test_the_account_team_routes_the_signature_and_delivers_where_it_speaks(issue):
    member = on_team(issue)

    assert may(issue, member) == set(ROUTED)
    for owner in (CommunicationOwner.ACCOUNT_TEAM, CommunicationOwner.SHARED):
        issue.communication_owner = owner
        assert may(issue, member) == {*ROUTED, *DELIVERED, "pen_given", "pen_back"}
    issue.communication_owner = CommunicationOwner.EM
    assert may(issue, member) == set(ROUTED)
    assert may(issue, make_user(Role.ACCOUNT_TEAM)) == set()


@pytest.mark.parametrize(
    ("role", "leg"),
    [
        (Role.REVENUE, "leg_revenue"),
        (Role.PS_LEADERSHIP, "leg_ps"),
        (Role.LEGAL, "leg_legal"),
        (Role.SIGNATORY, "leg_signatory"),
    ],
)
def test_who_holds_a_step_notes_that_it_is_done(issue, role, leg):
    assert may(issue, make_user(role)) == {leg}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN, Role.DEAL_DESK, Role.PROJECT_MANAGER])
def test_others_note_nothing(issue, role):
    stranger = make_user(role)

    assert may(issue, stranger) == set()
    with pytest.raises(NotAllowed, match="EM or a lead"):
        note(issue, DEEDS["reminded"], by=stranger, at=LATER)
    assert verbs(issue) == []


def test_a_closed_issue_is_past_its_promises(em):
    closed = make_issue(State.CLOSED, engagement_manager=em)

    with pytest.raises(Refused, match="is closed"):
        note(closed, DEEDS["estimate_delivered"], by=em, at=LATER)


# Once each.


def test_who_did_not_see_the_last_one_is_told_of_it(issue, em):
    first = note(issue, DEEDS["call_held"], by=em, at=LATER, seen=0)

    with pytest.raises(Refused, match="noted “Scoping call held” already, on 4 Mar, 12:00"):
        note(issue, DEEDS["call_held"], by=em, at=LATER, seen=0)
    second = note(issue, DEEDS["call_held"], by=em, at=LATER + HOUR, seen=first.number)

    assert done(issue)["call_held"] == second
    assert verbs(issue).count("scoping.call_held") == 2


# Taking back.


def test_a_deed_taken_back_is_as_if_it_were_not_and_stays_on_record(issue, em):
    first = note(issue, DEEDS["reminded"], by=em, at=LATER)
    second = note(issue, DEEDS["reminded"], by=em, at=LATER + HOUR)

    undone = take_back(issue, second.number, by=em, at=LATER + HOUR, within=TEN_MINUTES)

    named = {"deed": "reminded", "title": "Account team reminded"}
    assert undone.data == {"undoes": second.number, **named}
    assert done(issue) == {"reminded": first}
    assert verbs(issue) == ["scoping.reminded", "scoping.reminded", UNDONE]
    with pytest.raises(Refused, match="nothing to undo"):
        take_back(issue, second.number, by=em, at=LATER + HOUR, within=TEN_MINUTES)


def test_only_deeds_are_taken_back_and_only_the_last_of_a_kind(issue, em):
    first = note(issue, DEEDS["reminded"], by=em, at=LATER)
    note(issue, DEEDS["reminded"], by=em, at=LATER)

    for number in (1, first.number, 999):
        with pytest.raises(Refused, match="nothing to undo"):
            take_back(issue, number, by=em, at=LATER, within=TEN_MINUTES)


def test_after_the_minutes_to_undo_it_stays(issue, em):
    event = note(issue, DEEDS["reminded"], by=em, at=LATER)

    with pytest.raises(Refused, match="for 10 minutes"):
        take_back(issue, event.number, by=em, at=LATER + 2 * TEN_MINUTES, within=TEN_MINUTES)


def test_anothers_deed_is_taken_back_by_a_lead_alone(issue, em):
    event = note(issue, DEEDS["reminded"], by=em, at=LATER)

    with pytest.raises(NotAllowed, match=f"{em} noted this"):
        take_back(issue, event.number, by=make_user(), at=LATER, within=TEN_MINUTES)
    lead = make_user(Role.EM_LEAD)
    take_back(issue, event.number, by=lead, at=LATER, within=TEN_MINUTES)

    assert done(issue) == {}


# Meetings.


def planned(issue, **fields):
    fields = {"kind": MeetingKind.SCOPING_CALL, "starts_at": NOON + HOUR} | fields
    return Meeting.objects.create(issue=issue, **fields)


def test_the_planned_call_is_the_one_that_was_held(issue, em):
    other = planned(issue, kind=MeetingKind.INTERNAL_SYNC)
    tomorrow = planned(issue, starts_at=LATER + DAY)
    call = planned(issue)

    event = note(issue, DEEDS["call_held"], by=em, at=LATER, happened_at=NOON + DAY)

    call.refresh_from_db()
    assert (call.held_at, event.data["meeting"]) == (NOON + DAY, call.pk)
    assert set(issue.meetings.filter(held_at=None)) == {other, tomorrow}
    take_back(issue, event.number, by=em, at=LATER, within=TEN_MINUTES)
    assert not issue.meetings.exclude(held_at=None).exists()


def test_a_scoping_meeting_held_is_the_call_and_no_other_meeting_is(issue, em):
    hold(planned(issue, kind=MeetingKind.INTERNAL_SYNC), notes="x", by=em, at=LATER)
    assert done(issue) == {}

    hold(planned(issue), notes="x", by=em, at=LATER)

    assert set(done(issue)) == {"call_held"}
    last = Event.objects.about(issue).last()
    take_back(issue, last.number, by=em, at=LATER, within=TEN_MINUTES)
    assert done(issue) == {}


# What comes next.


def test_each_column_asks_for_its_first_deed_that_is_missing(em):
    for state in LIVE:
        issue = make_ready_issue(state, engagement_manager=em)
        for key in NEXT.get(state, ()):
            assert next_deed(issue, done(issue)) == DEEDS[key]
            note(issue, DEEDS[key], by=em, at=LATER)
        assert next_deed(issue, done(issue)) is None


def test_a_move_offers_the_deed_on_its_way_until_it_is_noted(issue, em):
    assert offered_deed(issue, State.SOW_WIP, em) == ON_THE_WAY_TO[State.SOW_WIP]
    assert offered_deed(issue, State.SOW_WIP, make_user(Role.VIEWER)) is None
    assert offered_deed(issue, State.CLOSED, em) is None

    note(issue, DEEDS["intent_confirmed"], by=em, at=LATER)

    assert offered_deed(issue, State.SOW_WIP, em) is None


def test_the_deeds_of_many_issues_cost_one_query(em, django_assert_num_queries):
    issues = [make_ready_issue(engagement_manager=em) for _ in range(5)]
    for each in issues:
        note(each, DEEDS["reminded"], by=em, at=LATER)

    for asked in (issues[:1], issues):
        with django_assert_num_queries(1):
            found = standing(*asked)
            assert all(str(found[each.pk]["reminded"].actor) == em.name for each in asked)
    assert again(issues[0]).moves == issues[0].moves

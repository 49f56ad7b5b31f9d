"""Clocks that stand still by a person's word, or while the customer holds the pen (Q-08)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import now
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from emdesk.activity.sentences import what
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.sla.explaining import course, explain
from emdesk.sla.models import Policy, State
from emdesk.sla.projecting import CLOCKS
from emdesk.sla.sweeping import sweep
from emdesk.workflow import NotAllowed, Refused, perform
from scoping.deeds import DEEDS
from scoping.pausing import pause, resume
from scoping.promises import history_of, note, take_back
from scoping.states import State as Column
from tests.factories import NOON, QUARTER, again, make_issue, make_ready_issue, make_user
from tests.sla.stories import HOUR, announced, called, clock, deed

pytestmark = pytest.mark.django_db
DAY = 24 * HOUR
WITHIN = timedelta(minutes=10)


def em_of(issue):
    return issue.engagement_manager


def halt(issue, at, key="estimate", reason="Their office is shut", **more):
    return pause(issue, key, reason, by=em_of(issue), at=at, **more)


def go_on(issue, at, key="estimate", **more):
    return resume(issue, key, by=em_of(issue), at=at, **more)


# By hand.


def test_a_clock_paused_by_hand_does_not_count_and_says_why():
    issue = called()
    event = halt(issue, NOON + HOUR)
    held = clock(issue, "estimate")
    assert (held.state, held.due_at) == (State.PAUSED, None)
    assert what(event) == "paused the clock “Estimate”: “Their office is shut”"

    go_on(issue, NOON + 11 * HOUR)

    running = clock(issue, "estimate")
    assert (running.state, running.due_at) == (State.RUNNING, NOON + 82 * HOUR)
    said = explain(running, course("scoping.scopingissue", history_of(issue)), NOON + 12 * HOUR)
    assert said.sentence.endswith("10 h not counted (paused: Their office is shut 10 h).")
    assert CLOCKS.differences() == 0


def test_a_pause_stops_one_clock_and_leaves_the_others():
    issue = called()
    deed(issue, "intent", NOON)
    deed(issue, "call", NOON)

    halt(issue, NOON + HOUR)

    assert clock(issue, "sow_draft").state == State.RUNNING
    assert clock(issue, "estimate").state == State.PAUSED


def test_pauses_and_resumptions_may_be_dated():
    issue = called()
    halt(issue, NOON + 9 * HOUR, happened_at=NOON + 2 * HOUR)
    go_on(issue, NOON + 20 * HOUR, happened_at=NOON + 6 * HOUR)

    assert clock(issue, "estimate").due_at == NOON + 76 * HOUR


@pytest.mark.parametrize(
    ("begins", "why"),
    [
        (NOON + 90 * HOUR, "lies in the future"),
        (NOON - HOUR, "when its clock began"),
    ],
)
def test_a_date_that_cannot_be_is_refused(begins, why):
    issue = called()
    with pytest.raises(Refused, match=why):
        halt(issue, NOON + 30 * HOUR, happened_at=begins)


def test_no_pause_reaches_back_past_what_people_were_told():
    issue = called()
    sweep(NOON + 36 * HOUR)

    with pytest.raises(Refused, match="People were told"):
        halt(issue, NOON + 40 * HOUR, happened_at=NOON + 35 * HOUR)

    halt(issue, NOON + 40 * HOUR, happened_at=NOON + 37 * HOUR)
    assert clock(issue, "estimate").state == State.PAUSED


def test_no_pause_hides_that_time_is_up():
    issue = called()
    with pytest.raises(Refused, match="time is up"):
        halt(issue, NOON + 72 * HOUR)
    sweep(NOON + 73 * HOUR)
    with pytest.raises(Refused, match="time is up"):
        halt(issue, NOON + 74 * HOUR)


def test_what_is_paused_is_not_paused_again_and_what_runs_is_not_resumed():
    issue = called()
    with pytest.raises(Refused, match="not paused by hand"):
        go_on(issue, NOON + HOUR)
    halt(issue, NOON + HOUR)
    with pytest.raises(Refused, match="paused already"):
        halt(issue, NOON + 2 * HOUR)
    deed(issue, "estimate", NOON + 3 * HOUR)
    with pytest.raises(Refused, match="does not run any more"):
        go_on(issue, NOON + 4 * HOUR)


def test_only_its_own_em_and_the_leads_pause():
    issue = called()
    for role in (Role.EM, Role.ACCOUNT_TEAM, Role.PS_LEADERSHIP, Role.ADMIN):
        with pytest.raises(NotAllowed):
            pause(issue, "estimate", "Why not", by=make_user(role), at=NOON + HOUR)

    pause(issue, "estimate", "Agreed", by=make_user(Role.EM_LEAD), at=NOON + HOUR)


def test_a_pause_taken_back_never_was():
    issue = called()
    event = halt(issue, NOON + HOUR)

    undone = take_back(issue, event.number, by=em_of(issue), at=NOON + HOUR, within=WITHIN)

    assert clock(issue, "estimate").due_at == NOON + 72 * HOUR
    assert clock(issue, "estimate").pauses == []
    assert what(undone) == "took back “Pause of Estimate”"
    halt(issue, NOON + 2 * HOUR)
    assert CLOCKS.differences() == 0


def test_a_pause_ends_with_its_clock_and_the_next_cycle_runs():
    issue = called()
    halt(issue, NOON + HOUR)
    perform(issue.lose, by=None, at=NOON + 2 * HOUR, quarter=QUARTER, reason="price")
    perform(again(issue).reopen, by=None, at=NOON + 3 * HOUR)

    anew = clock(issue, "estimate")

    assert (anew.state, anew.due_at) == (State.RUNNING, NOON + 75 * HOUR)
    halt(again(issue), NOON + 4 * HOUR)
    assert clock(issue, "estimate").state == State.PAUSED


def test_nothing_is_announced_while_a_clock_stands_still_and_what_follows_is():
    issue = called()
    halt(issue, NOON + HOUR)
    assert sweep(NOON + 999 * HOUR).announced == 0
    go_on(issue, NOON + 1_001 * HOUR)

    sweep(NOON + 1_036 * HOUR)

    assert announced(issue) == [("sla.warned", "estimate", 50)]


# The pen.


def drafting(**fields):
    issue = make_ready_issue(Column.SOW_WIP, **fields)
    deed(issue, "intent")
    return issue


def pen(issue, key, at, **more):
    return note(issue, DEEDS[key], by=em_of(issue), at=at, **more)


def test_the_clock_stands_still_while_the_customer_holds_the_pen():
    issue = drafting()
    pen(issue, "pen_given", NOON + HOUR)
    assert clock(issue, "sow_draft").state == State.PAUSED

    pen(issue, "pen_back", NOON + 6 * HOUR)

    running = clock(issue, "sow_draft")
    assert running.due_at == NOON + 53 * HOUR
    said = explain(running, course("scoping.scopingissue", history_of(issue)), NOON + 7 * HOUR)
    assert said.left_out == {"the customer holds the pen": 5 * HOUR}


def test_a_policy_may_let_the_pen_count():
    Policy.objects.filter(key="sow_draft").update(pauses=["on_hold"])
    issue = drafting()

    pen(issue, "pen_given", NOON + HOUR)

    assert clock(issue, "sow_draft").due_at == NOON + 48 * HOUR


def test_final_content_means_the_pen_is_back():
    issue = drafting()
    pen(issue, "pen_given", NOON + HOUR)

    note(issue, DEEDS["content_final"], by=em_of(issue), at=NOON + 3 * HOUR)

    assert clock(issue, "stamped_sow").due_at == NOON + 75 * HOUR
    with pytest.raises(Refused, match="does not hold the pen"):
        pen(issue, "pen_back", NOON + 4 * HOUR)
    pen(issue, "pen_given", NOON + 5 * HOUR)
    assert clock(issue, "stamped_sow").state == State.PAUSED


def test_the_pen_passes_once_and_only_over_a_sow():
    early, issue = make_ready_issue(), drafting()
    with pytest.raises(Refused, match="no SOW"):
        pen(early, "pen_given", NOON + HOUR)
    with pytest.raises(Refused, match="does not hold the pen"):
        pen(issue, "pen_back", NOON + HOUR)
    pen(issue, "pen_given", NOON + HOUR)
    with pytest.raises(Refused, match="holds the pen already"):
        pen(issue, "pen_given", NOON + 2 * HOUR)
    with pytest.raises(Refused, match="when its clock began"):
        pen(issue, "pen_back", NOON + 9 * HOUR, happened_at=NOON)


def test_giving_the_pen_taken_back_lets_the_clock_run():
    issue = drafting()
    event = pen(issue, "pen_given", NOON + HOUR)

    take_back(issue, event.number, by=em_of(issue), at=NOON + HOUR, within=WITHIN)

    assert clock(issue, "sow_draft").due_at == NOON + 48 * HOUR
    assert CLOCKS.differences() == 0


# The pages.


@pytest.fixture
def em():
    return make_user()


@pytest.fixture
def client(signed_in, em):
    return signed_in(em)


def test_the_strip_leads_to_a_pause_and_out_of_it(client, em):
    issue = called(now() - HOUR, engagement_manager=em)
    page = issue.get_absolute_url()
    address = f"{page}clocks/estimate/pause/"
    assertContains(client.get(page), address)

    refused = client.post(address, {"reason": "", "happened_at": ""})
    assert (refused.status_code, clock(issue, "estimate").state) == (422, State.RUNNING)
    done = client.post(address, {"reason": "Their office is shut", "happened_at": ""})

    assertRedirects(done, f"{page}#clocks", fetch_redirect_response=False)
    shown = client.get(page)
    assertContains(shown, "paused: Their office is shut")
    assertContains(shown, "Resume<span")
    assertNotContains(shown, address)
    again = client.post(address, {"reason": "Again", "happened_at": ""})
    assert again.status_code == 422
    assertContains(again, "paused already", status_code=422)
    assert client.post(f"{page}clocks/estimate/resume/").status_code == 302
    assert clock(issue, "estimate").state == State.RUNNING
    (event,) = Event.objects.about(issue).filter(verb="scoping.clock_resumed")
    assert client.post(f"{page}deeds/{event.number}/undo/").status_code == 302
    assert clock(issue, "estimate").state == State.PAUSED
    assert client.get(f"{page}clocks/sow_draft/pause/").status_code == 404


def test_who_may_not_pause_sees_no_way_to(signed_in, em):
    issue = called(now() - HOUR, engagement_manager=em)

    page = signed_in(make_user(Role.EM)).get(issue.get_absolute_url())

    assertNotContains(page, "clocks/estimate/pause/")


def test_a_clock_whose_time_is_up_offers_no_pause(client, em):
    issue = called(now() - 73 * HOUR, engagement_manager=em)

    assertNotContains(client.get(issue.get_absolute_url()), "clocks/estimate/pause/")


def test_a_deed_noted_on_the_page_renews_the_clocks_too(client, em, htmx):
    issue = called(now() - HOUR, engagement_manager=em)

    said = client.post(f"{issue.get_absolute_url()}deeds/estimate_delivered/", headers=htmx)

    assertContains(said, 'hx-target="#clocks"')
    assertContains(said, "Met, 1h")


def test_the_page_offers_the_pen_when_it_can_pass(client, em):
    issue = make_issue(Column.SOW_WIP, engagement_manager=em)
    page = issue.get_absolute_url()
    assertContains(client.get(page), "deeds/pen_given/")
    assertNotContains(client.get(page), "deeds/pen_back/")

    client.post(f"{page}deeds/pen_given/", {"seen": "0"})

    assertContains(client.get(page), "deeds/pen_back/")
    assertNotContains(client.get(page), f'action="{page}deeds/pen_given/"')
    client.post(f"{page}deeds/pen_back/", {"seen": "0"})
    assertContains(client.get(page), "deeds/pen_given/")

"""Policies: versions, who changes them, what keeps its own version, what is tried out first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from emdesk.calendars.editing import keep_holiday
from emdesk.calendars.models import Holiday
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.sla.forms import PolicyForm
from emdesk.sla.models import Clock, Policy
from emdesk.sla.projecting import CLOCKS
from emdesk.sla.publishing import Overtaken, publish
from emdesk.sla.replaying import replay
from emdesk.sla.sweeping import sweep
from emdesk.workflow import perform
from tests.factories import HELD, NOON, make_calendar, make_user
from tests.oracles import clocks as oracle
from tests.people import people
from tests.sla.stories import HOUR, announced, called, clock, deed

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = "/clocks/policies/estimate/"
CHANGE = f"{PAGE}change/"


def newest(key="estimate"):
    return Policy.objects.filter(key=key).latest("version")


def shorten(hours=24, *, at=NOON, begins=None, key="estimate", **more):
    lead = make_user(Role.EM_LEAD)
    more = {"budget_minutes": hours * 60} | more
    return publish(
        newest(key), by=lead, at=at, effective_from=begins or at, reason="Faster", **more
    )


@pytest.fixture
def lead():
    return people.signed_in(people.make_user(Role.EM_LEAD))


def said(**other):
    usual = {
        "amount": "24",
        "hours": "elapsed",
        "warn_at": "50, 80",
        "lead_at": "100",
        "director_at": "150",
        "enabled": "on",
        "reason": "Customers wait",
        "version": "1",
    }
    return {name: value for name, value in (usual | other).items() if value is not None}


def test_the_four_promises_ship_on_and_the_secondary_ones_off():
    shipped = {each.key: each.budget_minutes / 60 for each in Policy.objects.filter(enabled=True)}

    assert shipped == oracle.HOURS
    assert Policy.objects.filter(enabled=False).count() == 8
    assert not Policy.objects.exclude(hours="elapsed").filter(enabled=True).exists()


def test_what_runs_and_what_ended_keep_their_version():
    running, ended = called(), called()
    deed(ended, "estimate", NOON + 50 * HOUR)
    before = list(Clock.objects.order_by("pk").values())

    shorten(at=NOON + HOUR)

    assert list(Clock.objects.order_by("pk").values()) == before
    assert CLOCKS.differences() == 0
    assert clock(running, "estimate").policy.version == 1


def test_what_starts_from_then_on_runs_under_the_new_one():
    shorten(at=NOON, begins=NOON + 10 * HOUR)

    before, after = called(NOON + 9 * HOUR), called(NOON + 10 * HOUR)

    assert clock(before, "estimate").due_at == NOON + 81 * HOUR
    assert clock(after, "estimate").due_at == NOON + 34 * HOUR


def test_running_clocks_move_when_that_is_asked_and_say_so():
    issue, ended = called(), called()
    deed(ended, "estimate", NOON + HOUR)
    sweep(NOON + 36 * HOUR)

    shorten(48, at=NOON + 37 * HOUR, migrate=True)

    moved = clock(issue, "estimate")
    assert (moved.policy.version, moved.due_at) == (2, NOON + 48 * HOUR)
    assert clock(ended, "estimate").policy.version == 1
    event = Event.objects.about(issue).last()
    assert (event.verb, event.data["version"], event.data["to"]) == ("sla.migrated", 1, 2)
    assert CLOCKS.differences() == 0


def test_a_breach_that_was_announced_is_not_lost_by_a_longer_promise():
    issue = called()
    sweep(NOON + 72 * HOUR)

    shorten(200, at=NOON + 73 * HOUR, migrate=True)
    sweep(NOON + 200 * HOUR)

    assert clock(issue, "estimate").breached_at == NOON + 72 * HOUR
    assert announced(issue) == [("sla.breached", "estimate", 100)]
    deed(issue, "estimate", NOON + 201 * HOUR)
    assert clock(issue, "estimate").state == "late"
    assert CLOCKS.differences() == 0


def test_a_promise_that_is_no_longer_made_starts_nothing_and_lets_run_what_runs():
    running = called()
    shorten(72, at=NOON + HOUR, enabled=False)

    new = called(NOON + 2 * HOUR)

    assert clock(running, "estimate").live
    assert clock(new, "estimate") is None
    assert CLOCKS.differences() == 0


def test_two_versions_never_share_a_number():
    old = newest()
    shorten()

    with pytest.raises(Overtaken):
        publish(
            old,
            by=make_user(Role.EM_LEAD),
            at=NOON,
            effective_from=NOON,
            reason="Late",
            enabled=True,
        )


def test_the_database_refuses_a_version_that_reaches_back():
    with pytest.raises(IntegrityError), transaction.atomic():
        Policy.objects.create(
            key="estimate",
            version=9,
            name="x",
            budget_minutes=1,
            effective_from=NOON,
            set_at=NOON + HOUR,
        )


def test_a_clock_keeps_the_calendar_it_started_in():
    Policy.objects.filter(key="estimate").update(hours="working_days")
    calendar = make_calendar()
    em = make_user(calendar=calendar)
    issue = called(engagement_manager=em)
    before = list(Clock.objects.order_by("pk").values())

    off = Holiday(calendar=calendar, day=date(2026, 3, 3), name="Off")
    keep_holiday(off, by=make_user(Role.EM_LEAD), at=NOON)
    issue.engagement_manager.calendar = None
    issue.engagement_manager.save()
    CLOCKS.rebuild()

    now = list(Clock.objects.order_by("pk").values())
    assert [row | {"id": 0} for row in now] == [row | {"id": 0} for row in before]
    assert clock(issue, "estimate").calendar is not None


@given(
    start=st.integers(0, 28_000_000).map(lambda seconds: NEW_YEAR + timedelta(seconds=seconds)),
    steps=st.lists(st.integers(1, 200_000), max_size=7),
)
def test_due_is_exact_to_the_second_whatever_was_paused(start, steps):
    """T1, against whole seconds counted apart; daylight saving changes nothing in elapsed time."""
    issue, at = called(start), start
    spells = []
    for number, seconds in enumerate(steps):
        at += timedelta(seconds=seconds)
        if number % 2:
            perform(type(issue).objects.get(pk=issue.pk).resume, by=None, at=at)
            spells[-1] = (spells[-1][0], at)
        else:
            perform(type(issue).objects.get(pk=issue.pk).hold, by=None, at=at, **HELD)
            spells.append((at, None))

    expected = oracle.due(start, 72 * 3600, spells)

    assert clock(issue, "estimate").due_at == expected


# Trying out.


def test_a_replay_counts_last_quarters_clocks_both_ways():
    start = datetime(2026, 2, 2, 12, tzinfo=UTC)
    for hours in (10, 30, 60, 80):
        deed(called(start), "estimate", start + hours * HOUR)
    cancelled = called(start)
    perform(cancelled.lose, by=None, at=start + HOUR, quarter="Q127", reason="price")
    proposed = Policy(key="estimate", budget_minutes=24 * 60, warn_at=[50], effective_from=NOON)
    before = list(Clock.objects.order_by("pk").values())

    played = replay(proposed, date(2026, 6, 1), datetime(2026, 6, 1, tzinfo=UTC))

    assert str(played.quarter) == "Q127"
    assert {name: (then, now) for name, then, now in played.rows} == {
        "met": (3, 1),
        "late": (1, 3),
        "overdue": (0, 0),
        "running": (0, 0),
        "cancelled": (1, 1),
    }
    assert played.different == 2
    assert list(Clock.objects.order_by("pk").values()) == before


def test_the_page_says_when_a_friday_afternoon_would_be_due(lead):
    calendar = make_calendar()
    address = f"{PAGE}?started=2026-03-06T16:00&calendar={calendar.pk}"

    trials = {each.hours: each for each in lead.get(address).context["trials"]}

    assert {name: f"{each.due_at:%a %-d %H:%M}" for name, each in trials.items()} == {
        "elapsed hours": "Mon 9 16:00",
        "hours of working days": "Wed 11 16:00",
        "office hours": "Thu 19 16:00",
    }
    assert [name for name, each in trials.items() if each.chosen] == ["elapsed hours"]


# The pages.


def test_a_lead_looks_first_and_publishes_then(lead):
    looked = lead.post(CHANGE, said(do="look"))
    assert looked.status_code == 200
    assert newest().version == 1

    assert lead.post(CHANGE, said(do="publish")).status_code == 302

    policy = newest()
    assert (policy.version, policy.budget_minutes, policy.reason) == (2, 1440, "Customers wait")
    page = lead.get(PAGE).content.decode()
    assert "24 elapsed hours" in page
    assert "time: 72 h → 24 h" in page
    assert Event.objects.filter(verb="sla.policy_published").get().data["changed"] == {
        "budget_minutes": [4320, 1440],
        "pauses": [["on_hold", "customer_pen"], []],
    }


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "9999"}, "amount"),
        ({"warn_at": "150"}, "warn_at"),
        ({"warn_at": "half"}, "warn_at"),
        ({"warn_at": "1,2,3,4,5,6"}, "warn_at"),
        ({"director_at": "90"}, "director_at"),
        ({"effective_from": "2020-01-01T10:00"}, "effective_from"),
        ({"effective_from": "2099-01-01T10:00", "migrate": "on"}, "migrate"),
        ({"reason": ""}, "reason"),
        ({"hours": "lunar"}, "hours"),
    ],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(lead, wrong, field):
    response = lead.post(CHANGE, said(**wrong, do="publish"))

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert newest().version == 1


def test_a_clock_nothing_starts_cannot_be_switched_on(lead):
    response = lead.post("/clocks/policies/deal_desk_case/change/", said(do="publish"))

    assert "enabled" in response.context["form"].errors


def test_who_comes_second_is_told(lead):
    shorten()

    response = lead.post(CHANGE, said(do="publish"))

    assert "another version meanwhile" in response.content.decode()
    assert newest().version == 2


def test_everybody_reads_and_only_leads_change():
    for role, may in ((Role.EM, 403), (Role.ADMIN, 403), (Role.DIRECTOR, 200)):
        browser = Client()
        browser.force_login(make_user(role))
        assert browser.get("/clocks/policies/").status_code == 200
        assert browser.get(PAGE).status_code == 200
        assert browser.get(CHANGE).status_code == may
    assert browser.get("/clocks/policies/nothing/").status_code == 404


def test_who_publishes_proves_who_they_are_unless_they_did_minutes_ago(lead):
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert lead.post(CHANGE, said(do="look")).status_code == 200
        asked = lead.post(CHANGE, said(do="publish"))
        assert asked["Location"].startswith(reverse("account_reauthenticate"))
        assert newest().version == 1
        assert lead.post(asked["Location"], {"password": "a wrong guess"}).status_code == 200
        assert newest().version == 1

        answer = lead.post(asked["Location"], {"password": people.PASSWORD})

    assert answer["Location"] == PAGE
    assert (newest().version, newest().budget_minutes) == (2, 1440)


def test_the_list_counts_the_running_clocks_whose_issues_one_sees():
    stranger = make_user(Role.ACCOUNT_TEAM)
    called(requester=stranger)
    called()
    found = {}
    for user in (stranger, make_user(Role.EM)):
        browser = Client()
        browser.force_login(user)
        lines = browser.get("/clocks/policies/").context["lines"]
        found[user] = {line.policy.key: line.running for line in lines if line.running}
        rows = browser.get("/clocks/?policy=estimate").context["shown"].paginator.count
        assert rows == found[user]["estimate"]

    assert list(found.values()) == [{"estimate": 1}, {"estimate": 2}]


def test_a_form_that_is_sent_back_as_it_came_changes_no_minute():
    for minutes in range(1, 600):
        policy = Policy(key="estimate", version=1, budget_minutes=minutes, pauses=[], warn_at=[])
        shown = PolicyForm(policy, NOON, heard=True).initial
        sent = PolicyForm(policy, NOON, shown | {"reason": "As it is"}, heard=True)
        assert sent.is_valid(), (minutes, sent.errors)
        assert sent.changed["budget_minutes"] == minutes

"""The sweep: each mark once, whoever sweeps, whatever failed, however long nobody did (T2, T3)."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.transaction import atomic
from django.test.utils import CaptureQueriesContext

from emdesk.clock import database_now
from emdesk.ledger.models import Event
from emdesk.ledger.recording import lock
from emdesk.sla import sweeping
from emdesk.sla.models import Clock, State
from emdesk.sla.projecting import CLOCKS
from emdesk.sla.sweeping import sweep
from emdesk.sla.tasks import sweep_clocks
from emdesk.workflow import perform
from tests.factories import HELD, NOON, make_ready_issue
from tests.reports import report
from tests.sla.stories import HOUR, announced, called, clock, deed
from tests.together import together

MINUTE = timedelta(minutes=1)


@pytest.mark.django_db
def test_each_mark_is_announced_when_it_is_reached_and_once():
    issue = called()
    before = {hours: sweep(NOON + hours * HOUR).announced for hours in (35, 36, 37, 57, 58, 71)}
    assert before == {35: 0, 36: 1, 37: 0, 57: 0, 58: 1, 71: 0}

    for _ in range(3):
        sweep(NOON + 72 * HOUR)
    sweep(NOON + 108 * HOUR)
    sweep(NOON + 999 * HOUR)

    assert announced(issue) == [
        ("sla.warned", "estimate", 50),
        ("sla.warned", "estimate", 80),
        ("sla.breached", "estimate", 100),
        ("sla.escalated", "estimate", 150),
    ]
    broken = clock(issue, "estimate")
    assert (broken.state, broken.breached_at) == (State.BREACHED, NOON + 72 * HOUR)
    assert broken.next_at is None
    assert CLOCKS.differences() == 0


@pytest.mark.django_db
def test_after_downtime_one_pass_says_the_last_mark_and_names_what_it_overtook():
    issue = called()

    sweep(NOON + 200 * HOUR)

    event = Event.objects.about(issue).last()
    assert (event.verb, event.data["mark"]) == ("sla.escalated", 150)
    assert event.data["folded"] == [50, 80, 100]
    assert event.data["late"] is True
    assert event.data["due"] == (NOON + 72 * HOUR).isoformat()
    assert event.data["tells"] == ["em", "lead", "director"]
    assert CLOCKS.differences() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("behind", "late"), [(MINUTE, False), (5 * MINUTE, True)])
def test_a_mark_told_late_says_so(behind, late):
    issue = called()

    sweep(NOON + 36 * HOUR + behind)

    assert Event.objects.about(issue).last().data["late"] is late


@pytest.mark.django_db
def test_the_ladder_tells_each_step_at_its_own_mark():
    issue = called()
    tells = {}
    for hours in (36, 58, 72, 108):
        sweep(NOON + hours * HOUR)
        event = Event.objects.about(issue).last()
        tells[event.data["mark"]] = event.data["tells"]

    assert tells == {50: ["em"], 80: ["em"], 100: ["em", "lead"], 150: ["director"]}


@pytest.mark.django_db
def test_what_is_paused_or_stopped_in_time_never_breaches():
    held, stopped = called(), called()
    perform(held.hold, by=None, at=NOON + 72 * HOUR - timedelta(seconds=1), **HELD)
    deed(stopped, "estimate", NOON + 72 * HOUR - timedelta(seconds=1))

    sweep(NOON + 999 * HOUR)

    assert [mark for *_, mark in announced(held)] == [80]
    assert announced(stopped) == []
    assert clock(held, "estimate").state == State.PAUSED


@pytest.mark.django_db
def test_a_clock_that_fails_rests_and_keeps_nobody_waiting(monkeypatch, caplog):
    poison, others = called(), [called() for _ in range(5)]
    tell = sweeping.announcement

    def fail(clock, at):
        if clock.subject_id == poison.pk:
            raise ValueError("poison")
        return tell(clock, at)

    monkeypatch.setattr(sweeping, "announcement", fail)
    at = NOON + 36 * HOUR
    swept = sweep(at)
    assert (swept.announced, swept.stumbled) == (5, 1)
    assert all(len(announced(issue)) == 1 for issue in others)

    assert sweep(at + timedelta(seconds=30)).stumbled == 0
    assert sweep(at + MINUTE).stumbled == 1
    assert sweep(at + 2 * MINUTE).stumbled == 0
    assert CLOCKS.differences() == 0

    monkeypatch.undo()
    assert sweep(at + 9 * MINUTE).announced == 1
    assert clock(poison, "estimate").stumbles == 0
    assert "poison" in caplog.text


@pytest.mark.django_db
def test_a_pass_with_nothing_due_is_one_statement(django_assert_num_queries):
    for _ in range(5):
        called()

    with django_assert_num_queries(1):
        assert sweep(NOON + HOUR).announced == 0


@pytest.mark.django_db
def test_a_batch_costs_the_same_however_many_clocks():
    cost = {}
    for clocks in (1, 20):
        for _ in range(clocks):
            called()
        with CaptureQueriesContext(connection) as asked:
            assert sweep(NOON + 72 * HOUR).announced == clocks
        cost[clocks] = len(asked)

    assert cost[20] == cost[1] <= 12


@pytest.mark.django_db
def test_more_than_a_batch_is_swept_in_one_pass(monkeypatch):
    monkeypatch.setattr(sweeping, "BATCH", 3)
    issues = [called() for _ in range(8)]

    swept = sweep(NOON + 72 * HOUR)

    assert (swept.announced, swept.finished) == (8, True)
    assert all(len(announced(issue)) == 1 for issue in issues)


@pytest.mark.django_db
def test_a_pass_that_ran_out_of_time_says_so():
    called()

    assert not sweep(NOON + 72 * HOUR, longest=timedelta(0)).finished


@pytest.mark.django_db
def test_the_sweep_goes_by_the_databases_clock(monkeypatch):
    issue = called(database_now() - 72 * HOUR)
    monkeypatch.setattr("emdesk.sla.tasks.database_now", lambda: NOON - 999 * HOUR)
    sweep_clocks()
    assert announced(issue) == []
    monkeypatch.undo()

    sweep_clocks()

    assert announced(issue) == [("sla.breached", "estimate", 100)]


@pytest.mark.django_db(transaction=True)
def test_ten_workers_and_two_beats_do_no_harm(request):
    issues = [called() for _ in range(40)]

    def work():
        for hours in (36, 58, 72, 108):
            sweep(NOON + hours * HOUR)

    assert together([work] * 10) == [None] * 10

    sweep(NOON + 108 * HOUR)
    for issue in issues:
        marks = [mark for _, _, mark in announced(issue)]
        assert marks == sorted(set(marks))
        assert marks[-1] == 150
    call_command("rebuild", check=True)
    report("sla", "ten workers at once", clocks=len(issues), doubled=0, missed=0)


@pytest.mark.django_db(transaction=True)
def test_a_record_somebody_holds_is_left_for_the_next_pass():
    free, held = called(), called()
    at = NOON + 36 * HOUR
    with atomic():
        lock(held)
        assert together([lambda: sweep(at).announced]) == [1]

    assert announced(free)
    assert not announced(held)
    assert sweep(at).announced == 1


@pytest.mark.django_db(transaction=True)
def test_stopping_against_the_sweep_has_one_outcome(request):
    """T3: 500 races in the full run."""
    races = 500 if request.config.getoption("--full") else 60
    rng = Random(7)  # noqa: S311
    outcomes = {"met": 0, "late": 0}
    issues = [called() for _ in range(races)]
    due = NOON + 72 * HOUR
    for issue in issues:
        at = due - timedelta(microseconds=rng.randint(0, 9))
        stop = rng.choice([_deliver, _hold])
        came_to = together([lambda s=stop, i=issue, a=at: s(i, a), lambda: sweep(due)])
        assert not any(isinstance(each, Exception) for each in came_to)
        one = clock(issue, "estimate")
        broken = ("sla.breached", "estimate", 100) in announced(issue)
        assert broken == (one.state in {State.LATE, State.BREACHED})
        outcomes["late" if broken else "met"] += 1

    report("sla", "stop against sweep", races=races, both_outcomes=0, **outcomes)
    assert CLOCKS.differences() == 0


def _deliver(issue, at):
    deed(issue, "estimate", at, by=None)


def _hold(issue, at):
    perform(issue.hold, by=None, at=at, **HELD)


@pytest.mark.django_db
def test_the_index_of_the_sweep_holds_only_what_waits():
    called()
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'sla_clock_next'")
        (definition,) = cursor.fetchone()
    assert "WHERE (next_at IS NOT NULL)" in definition


@pytest.mark.django_db
def test_only_live_clocks_wait_for_a_mark():
    issue = make_ready_issue()
    deed(issue, "contact")

    assert not Clock.objects.exclude(next_at=None).exists()

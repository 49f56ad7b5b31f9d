"""The two-months rule: what is told when, what closes when, and what stops it."""

from datetime import date, timedelta

import pytest
from django.utils.timezone import now

from emdesk.activity.watching import watch
from emdesk.configuration.values import set_value
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused, adopt, perform, undo
from scoping.closing import time_to_undo
from scoping.facts import amend, assign, set_status
from scoping.models import Imported
from scoping.quarters import day_at
from scoping.quiet import nights
from scoping.quiet.keeping import keep_all, keep_open
from scoping.quiet.nights import pass_night
from scoping.quiet.silences import GRACE
from scoping.states import CloseReason, State
from scoping.tasks import mind_quiet_issues
from tests.factories import again, make_issue, make_ready_issue, make_user
from tests.scoping.quiet.stories import (
    DAY,
    LONG_AGO,
    every_night,
    in_zone,
    morning_after,
    night_after,
    noon,
    read_both_ways,
    told,
    worked_on,
)

pytestmark = pytest.mark.django_db
JAN_10 = date(2026, 1, 10)
SIX_WEEKS, WEEK_BEFORE = date(2026, 2, 21), date(2026, 3, 3)
TWO_MONTHS, CLOSES = date(2026, 3, 10), date(2026, 3, 24)


def test_its_em_is_told_at_six_weeks_a_week_before_and_at_two_months_then_it_closes():
    issue = worked_on(JAN_10)

    list(every_night(SIX_WEEKS - 2 * DAY, CLOSES + 3 * DAY))

    assert told(issue) == [
        ("six_weeks", str(SIX_WEEKS + DAY)),
        ("one_week", str(WEEK_BEFORE + DAY)),
        ("two_months", str(TWO_MONTHS + DAY)),
        ("closed", str(CLOSES + DAY)),
    ]
    closed = again(issue)
    assert (closed.state, closed.outcome) == (State.CLOSED, "lost")
    assert closed.close_reason == CloseReason.TIMED_OUT
    assert closed.close_note == "Nobody has worked on it since 10 Jan 2026."
    assert closed.close_to_note


def test_the_whole_last_day_is_left_to_act():
    issue = worked_on(JAN_10)
    night_after(TWO_MONTHS)

    assert night_after(CLOSES - DAY).closed == 0
    assert again(issue).live
    assert night_after(CLOSES).closed == 1


def test_it_is_lost_in_the_quarter_in_which_the_two_months_fell():
    """The first quarter ends with April: two months on its last day, grace in the next."""
    before, after = worked_on(date(2026, 2, 28)), worked_on(date(2026, 3, 1))
    for day in (date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 20)):
        night_after(day)

    assert again(before).close_quarter == "Q127"
    assert again(after).close_quarter == "Q227"


@pytest.mark.parametrize(
    ("worked", "over"),
    [
        (date(2025, 12, 31), date(2026, 2, 28)),
        (date(2027, 12, 30), date(2028, 2, 29)),
        (date(2026, 7, 31), date(2026, 9, 30)),
        (date(2025, 11, 15), date(2026, 1, 15)),
    ],
)
def test_two_months_are_the_same_day_or_the_last_of_a_shorter_month(worked, over):
    issue = worked_on(worked)

    night_after(over - DAY)
    assert told(issue)[-1][0] == "one_week"
    night_after(over)
    assert told(issue)[-1][0] == "two_months"


def test_a_second_pass_and_a_second_beat_find_nothing_left():
    issue = worked_on(JAN_10)
    for day in (TWO_MONTHS, CLOSES):
        assert night_after(day).told + night_after(day).told + night_after(day).closed <= 1

    assert [what for what, _ in told(issue)] == ["two_months", "closed"]


def test_after_downtime_one_pass_catches_up_and_folds_what_was_overtaken():
    issue = worked_on(JAN_10)
    night_after(SIX_WEEKS)

    late = night_after(TWO_MONTHS + 2 * DAY)

    assert late.told == 1
    last = Event.objects.about(issue).last()
    assert (last.data["mark"], last.data["folded"]) == ("two_months", ["one_week"])
    assert last.data["reached"] == str(TWO_MONTHS)
    assert night_after(CLOSES + 30 * DAY).closed == 1
    assert again(issue).close_quarter == "Q127"


def test_whoever_was_never_told_has_the_grace_from_the_first_notice():
    issue = worked_on(JAN_10)
    found = date(2026, 6, 1)

    assert night_after(found).closed == 0
    assert night_after(found + 13 * DAY).closed == 0
    assert night_after(found + 14 * DAY).closed == 1
    assert again(issue).close_quarter == "Q127"


def test_grace_is_a_setting():
    about = {"effective_from": LONG_AGO, "reason": "a test", "by": None, "at": noon(LONG_AGO)}
    set_value(GRACE, 3, **about)
    issue = worked_on(JAN_10)
    night_after(TWO_MONTHS)

    assert night_after(TWO_MONTHS + 2 * DAY).closed == 0
    assert night_after(TWO_MONTHS + 3 * DAY).closed == 1
    assert not again(issue).live


def people_work(issue, at):
    em = issue.engagement_manager
    return {
        "a move": lambda: perform(issue.start_sow, by=em, at=at),
        "a status": lambda: set_status(issue, "waiting", by=em, at=at),
        "a label": lambda: amend(issue, by=em, at=at, free_labels=["urgent"]),
        "a hold": lambda: perform(
            issue.hold, by=em, at=at, reason="Budget", review_date=day_at(at) + DAY
        ),
    }


def nobody_works(issue, at):
    em = issue.engagement_manager
    return {
        "a sync": lambda: amend(issue, by=None, at=at, description="New", verb="scoping.amended"),
        "an import": lambda: adopt(issue, State.SOW_WIP, at=at, origin="import"),
        "watching": lambda: watch(issue, by=em, at=at),
        "another hand": lambda: assign(issue, make_user(), by=em, at=at),
        "a notice": lambda: night_after(day_at(at)),
    }


def test_what_a_person_does_begins_the_two_months_anew():
    for name in people_work(make_ready_issue(State.ESTIMATE_FEEDBACK), now()):
        issue = worked_on(JAN_10)
        people_work(issue, noon(WEEK_BEFORE))[name]()

        night_after(CLOSES)

        assert again(issue).live, name
        assert told(issue) == [], name


def test_what_nobody_does_leaves_them_running():
    for name in nobody_works(make_ready_issue(State.ESTIMATE_FEEDBACK), now()):
        issue = worked_on(JAN_10)
        nobody_works(issue, noon(WEEK_BEFORE))[name]()

        night_after(TWO_MONTHS)
        night_after(CLOSES)

        assert not again(issue).live, name


def test_on_hold_counts_as_active_until_its_review_date_for_six_months_at_most():
    held, forever = worked_on(JAN_10), worked_on(JAN_10)
    review = date(2026, 4, 15)
    for issue, until in ((held, review), (forever, date(2030, 1, 1))):
        em = issue.engagement_manager
        perform(issue.hold, by=em, at=noon(JAN_10), reason="Budget", review_date=until)

    for day in (review + 41 * DAY, review + 42 * DAY):
        night_after(day)
    assert told(held) == [("six_weeks", str(review + 43 * DAY))]
    night_after(date(2026, 6, 15))
    assert told(held)[-1][0] == "two_months"
    assert told(forever) == []
    night_after(date(2026, 7, 10) + 42 * DAY)
    assert told(forever)[-1][0] == "six_weeks"


def test_kept_open_it_stays_until_the_day_that_was_said_and_is_told_a_week_before():
    issue = worked_on(JAN_10)
    night_after(TWO_MONTHS)
    until = date(2026, 5, 8)
    em = issue.engagement_manager
    keep_open(issue, until=until, reason="The budget comes in May", by=em, at=noon(CLOSES))

    list(every_night(CLOSES, until - 8 * DAY))
    assert [what for what, _ in told(issue)] == ["two_months"]
    list(every_night(until - 7 * DAY, until + 14 * DAY))

    assert told(issue)[1:] == [
        ("one_week", str(until - 6 * DAY)),
        ("two_months", str(until + DAY)),
        ("closed", str(until + 15 * DAY)),
    ]
    assert again(issue).close_quarter == "Q227"


def test_a_keep_is_renewed_and_can_be_shortened():
    issue = worked_on(JAN_10)
    em, at = issue.engagement_manager, noon(TWO_MONTHS)
    for until in (date(2026, 4, 10), date(2026, 5, 10), date(2026, 3, 20)):
        keep_open(issue, until=until, reason="Alive", by=em, at=at)

    night_after(date(2026, 3, 20))

    assert night_after(date(2026, 4, 3)).closed == 1


def test_a_keep_needs_a_day_ahead_that_is_neither_too_far_nor_in_vain():
    issue = worked_on(JAN_10)
    em, at = issue.engagement_manager, noon(SIX_WEEKS)
    for until, word in (
        (SIX_WEEKS, "after today"),
        (SIX_WEEKS + 91 * DAY, "renew"),
        (TWO_MONTHS, "anyway"),
    ):
        with pytest.raises(Refused, match=word):
            keep_open(issue, until=until, reason="Alive", by=em, at=at)
    with pytest.raises(NotAllowed):
        keep_open(issue, until=CLOSES, reason="Alive", by=make_user(), at=at)
    assert not Event.objects.about(issue).filter(verb="scoping.kept").exists()


def test_of_many_those_that_can_be_kept_are_and_the_others_say_why():
    mine, others = worked_on(JAN_10), worked_on(JAN_10)
    closed = make_issue(State.CLOSED, engagement_manager=mine.engagement_manager)
    said = {"until": CLOSES, "reason": "Alive", "at": noon(TWO_MONTHS)}

    kept = keep_all([mine, others, closed], by=mine.engagement_manager, **said)

    assert kept.done == [mine]
    assert [issue for issue, _ in kept.refused] == [others, closed]
    assert len(keep_all([mine, others], by=make_user(Role.EM_LEAD), **said).done) == 2


def test_who_closed_nothing_is_asked_for_what_a_guard_misses():
    """Nobody gave it a segment or an EM, so that it can neither leave Open nor count."""
    issue = make_issue(at=noon(JAN_10))
    night_after(TWO_MONTHS)

    night = night_after(CLOSES)

    assert again(issue).live
    assert "Choose a segment" in night.refused[issue.pk]


def test_its_em_takes_the_close_back_until_the_quarter_ends_and_two_months_begin():
    issue = worked_on(JAN_10)
    for day in (TWO_MONTHS, CLOSES):
        night_after(day)
    issue, em = again(issue), issue.engagement_manager
    at = noon(CLOSES + 10 * DAY)

    undo(issue, by=em, at=at, within=time_to_undo(issue, at))

    issue = again(issue)
    assert (issue.state, issue.outcome) == (State.ESTIMATE_FEEDBACK, "")
    assert night_after(CLOSES + 10 * DAY).told == 0
    assert night_after(CLOSES + 52 * DAY).told == 1


def test_reopened_within_its_quarter_it_begins_anew():
    issue = worked_on(JAN_10)
    for day in (TWO_MONTHS, CLOSES):
        night_after(day)
    issue = again(issue)

    perform(issue.reopen, by=issue.engagement_manager, at=noon(CLOSES + 2 * DAY))

    night_after(CLOSES + 3 * DAY)
    assert again(issue).state == State.ESTIMATE_FEEDBACK
    perform(again(issue).lose, by=None, at=noon(CLOSES + 4 * DAY), quarter="Q127", reason="price")
    with pytest.raises(Refused, match="which is over"):
        perform(again(issue).reopen, by=issue.engagement_manager, at=noon(date(2026, 5, 2)))


def test_days_are_those_of_the_fiscal_calendar_wherever_people_are():
    """Noon of the 10th in California is the 11th in Auckland."""
    auckland = in_zone("Pacific/Auckland")
    issue = worked_on(JAN_10)

    night_after(TWO_MONTHS, auckland)
    assert told(issue)[-1][0] == "one_week"
    night_after(TWO_MONTHS + DAY, auckland)
    assert told(issue)[-1][0] == "two_months"


def imported(created, moved, state=State.SOW_WIP):
    """As an import writes it: raised and moved where it came from, long before."""
    issue = make_ready_issue(at=created)
    adopt(issue, state, at=moved, origin="import")
    Imported.objects.create(issue=issue, project="a/b", iid=issue.pk, fingerprint="f")
    return issue


def test_an_imported_issue_is_told_of_the_night_after_and_has_the_grace_from_there():
    today = day_at(now())
    issue = imported(noon(today - 400 * DAY), noon(today - 100 * DAY))

    assert night_after(today).told == 1
    assert [what for what, _ in told(issue)] == ["two_months"]
    assert night_after(today + 13 * DAY).closed == 0
    assert night_after(today + 14 * DAY).closed == 1
    closed = again(issue)
    since = today - 100 * DAY
    assert closed.close_note == f"Nobody has worked on it since {since:%-d %b %Y}."


def test_the_silence_of_one_issue_is_that_which_the_query_for_many_finds():
    today = day_at(now())
    came = imported(noon(today - 400 * DAY), noon(today - 100 * DAY))
    adopt(came, State.APPROVED, at=noon(today + 5 * DAY), origin="import")
    worked = worked_on(today - 60 * DAY)
    held = make_ready_issue(State.SOW_WIP, at=noon(today - 90 * DAY))
    em = held.engagement_manager
    perform(held.hold, by=em, at=noon(today - 80 * DAY), reason="x", review_date=today - 5 * DAY)
    night_after(today)
    keep_open(worked, until=today + 30 * DAY, reason="x", by=worked.engagement_manager, at=now())

    assert [
        silence.active_on
        for silence in (read_both_ways(issue, now()) for issue in (came, worked, held))
    ] == [
        today - 100 * DAY,
        today - 60 * DAY,
        today - 5 * DAY,
    ]


def test_what_a_sync_tells_after_the_import_is_no_activity():
    today = day_at(now())
    issue = imported(noon(today - 400 * DAY), noon(today - 100 * DAY))
    adopt(issue, State.APPROVED, at=noon(today + 5 * DAY), origin="import")

    night_after(today + 6 * DAY)

    assert Event.objects.about(issue).last().data["since"] == str(today - 100 * DAY)


def test_the_task_goes_by_the_databases_clock():
    issue = worked_on(day_at(now()) - 50 * DAY)

    mind_quiet_issues()
    mind_quiet_issues()

    assert [what for what, _ in told(issue)] == ["six_weeks"]


def test_an_issue_somebody_broke_stops_no_other(monkeypatch):
    broken, sound = worked_on(JAN_10), worked_on(JAN_10)
    night_after(TWO_MONTHS)
    monkeypatch.setattr(nights, "close", failing_for(broken.pk))

    night = night_after(CLOSES)

    assert (night.closed, night.stumbled) == (1, 1)
    assert again(broken).live
    assert not again(sound).live


def failing_for(pk):
    really = nights.close

    def close(quiet, at, origin):
        if quiet.pk == pk:
            raise RuntimeError("broken")
        return really(quiet, at, origin)

    return close


def test_a_pass_that_runs_out_of_time_says_so():
    worked_on(JAN_10)

    night = pass_night(morning_after(TWO_MONTHS), longest=timedelta(seconds=-1))

    assert not night.finished

"""The daily digest: once for each person and day of theirs, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emdesk.clock import database_now
from emdesk.ledger.models import Dispatch, Heartbeat
from emdesk.ledger.recording import record
from emdesk.notifications.delivery import deliver
from emdesk.notifications.digests import make_digests
from emdesk.notifications.fanning import announce
from emdesk.notifications.models import Mail, Notification, Preferences
from emdesk.notifications.quiet import leaves_at, slot_before
from emdesk.notifications.rounds import Step, work_off
from emdesk.people.models import Role, User
from tests.factories import make_ready_issue, make_user
from tests.notifications.telling import promise
from tests.reports import report

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")


@pytest.fixture
def em(told_of_all):
    return make_user(name="Maya Okafor", time_zone="Europe/Berlin")


@pytest.fixture
def issue(em):
    found = make_ready_issue(engagement_manager=em)
    Dispatch.objects.all().delete()
    return found


def happen(issue, at):
    """Something that is told in the digest."""
    event = record(issue, "scoping.asked", by=make_user(), at=at, to="Ana", questions=["Why?"])
    announce([event], at)
    Dispatch.objects.all().delete()


def digests(user):
    return list(Mail.objects.filter(recipient=user, kind="digest").order_by("pk"))


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def test_a_digest_leaves_at_the_persons_hour_with_all_that_happened_before(em, issue):
    happen(issue, at("2026-03-02T09:00+01:00"))
    happen(issue, at("2026-03-02T18:00+01:00"))

    assert make_digests(at("2026-03-03T07:59+01:00")) == 0
    assert make_digests(at("2026-03-03T08:00+01:00")) == 1

    (mail,) = digests(em)
    assert mail.key == f"digest:{em.pk}:2026-03-03"
    assert mail.subject == "Your day at the desk, 3 March: 2 things"
    assert mail.text.count("asked Ana: “Why?”") == 2
    assert f"/issues/{issue.pk}/" in mail.text


def test_a_day_has_one_digest_however_often_it_is_asked_for(em, issue):
    happen(issue, at("2026-03-02T09:00+01:00"))
    for _ in range(5):
        make_digests(at("2026-03-03T08:00+01:00"))
    Notification.objects.update(digested_at=None)
    make_digests(at("2026-03-03T08:05+01:00"))

    assert len(digests(em)) == 1


def test_what_happens_after_the_hour_waits_for_the_next_day(em, issue):
    happen(issue, at("2026-03-02T09:00+01:00"))
    make_digests(at("2026-03-03T08:00+01:00"))
    happen(issue, at("2026-03-03T08:30+01:00"))

    assert make_digests(at("2026-03-03T23:00+01:00")) == 0
    assert make_digests(at("2026-03-04T08:00+01:00")) == 1


def test_a_day_without_anything_has_no_digest(em):
    assert make_digests(at("2026-03-03T08:00+01:00")) == 0


def test_a_downtime_over_the_hour_delays_the_digest_and_two_days_make_one(em, issue):
    happen(issue, at("2026-03-02T09:00+01:00"))

    assert make_digests(at("2026-03-05T05:00+01:00")) == 1

    (mail,) = digests(em)
    assert mail.key.endswith("2026-03-04")
    assert make_digests(at("2026-03-05T09:00+01:00")) == 0


def test_a_clock_that_is_set_back_doubles_nothing(em, issue):
    happen(issue, at("2026-03-02T09:00+01:00"))
    moment = at("2026-03-03T08:30+01:00")
    for step in (0, -2, 2, 0, -2):
        make_digests(moment + step * HOUR)
        happen(issue, moment + step * HOUR - 3 * HOUR)

    assert len(digests(em)) == 1


def test_what_one_may_not_see_any_more_is_left_out(told_of_all):
    ana = make_user(Role.ACCOUNT_TEAM, time_zone="Europe/Berlin")
    issue = make_ready_issue(requester=ana)
    said = {"kind": "internal sync"}
    planned = "scoping.meeting_planned"
    event = record(issue, planned, by=make_user(), at=at("2026-03-02T09:00+01:00"), **said)
    announce([event], event.at)
    issue.requester = None
    issue.save(update_fields=["requester"])

    assert make_digests(at("2026-03-03T08:00+01:00")) == 0
    assert digests(ana) == []


def test_a_digest_that_had_to_wait_is_not_sent_with_what_one_may_not_see_any_more(told_of_all):
    ana = make_user(Role.ACCOUNT_TEAM, time_zone="Europe/Berlin")
    seen, lost = make_ready_issue(requester=ana), make_ready_issue(requester=ana)
    for issue in (seen, lost):
        said = {"by": make_user(), "at": at("2026-03-02T09:00+01:00"), "kind": "internal sync"}
        announce([record(issue, "scoping.meeting_planned", **said)], said["at"])
    make_digests(at("2026-03-03T08:00+01:00"))
    lost.requester = None
    lost.save(update_fields=["requester"])

    deliver(at("2026-03-03T11:00+01:00"))
    (waited,) = digests(ana)
    assert waited.withdrawn_at

    make_digests(at("2026-03-04T08:00+01:00"))
    assert f"/issues/{seen.pk}/" in digests(ana)[1].text
    assert f"/issues/{lost.pk}/" not in digests(ana)[1].text


def test_times_in_a_digest_are_on_the_readers_clock(em, issue):
    happen(issue, at("2026-03-02T09:00+01:00"))
    Notification.objects.update(event=promise(issue, "sla.escalated"))

    make_digests(at("2026-03-03T08:00+01:00"))

    assert "which was due 2 Mar 2026 13:00 CET" in digests(em)[0].text


def test_a_digest_nobody_can_write_holds_up_no_other(em, issue):
    ben = make_user(time_zone="Europe/Berlin")
    happen(issue, at("2026-03-02T09:00+01:00"))
    happen(make_ready_issue(engagement_manager=ben), at("2026-03-02T09:00+01:00"))
    bad = record(issue, "scoping.asked", by=None, at=at("2026-03-02T09:00+01:00"))
    Notification.objects.filter(recipient=em).update(event=bad)

    assert make_digests(at("2026-03-03T08:00+01:00")) == 1

    assert (digests(em), len(digests(ben))) == ([], 1)
    assert Notification.objects.to_digest().filter(recipient=em).exists()


def test_a_digest_costs_the_same_for_one_record_and_for_five(em, issue):
    def statements(day):
        with CaptureQueriesContext(connection) as found:
            assert make_digests(at(f"2026-03-0{day}T08:00+01:00")) == 1
        return len(found)

    happen(issue, at("2026-03-02T09:00+01:00"))
    once = statements(3)
    for _ in range(5):
        happen(make_ready_issue(engagement_manager=em), at("2026-03-03T09:00+01:00"))

    assert statements(4) == once


def test_a_step_that_fails_holds_up_no_other():
    def fails(at):
        raise KeyError

    done = iter([3, 0])
    steps = (Step("first", fails), Step("second", lambda at: next(done)))
    assert work_off(steps, database_now, HOUR) == 3
    assert set(Heartbeat.objects.values_list("role", flat=True)) == {"first", "second"}


@pytest.mark.parametrize(
    "hour", [2, pytest.param(1, marks=pytest.mark.full), pytest.param(8, marks=pytest.mark.full)]
)
def test_every_day_of_a_year_has_one_digest_in_every_zone_also_when_the_clocks_change(
    told_of_all, hour
):
    """Looked at every hour around all changes of the clock in these zones."""
    people = [make_user(time_zone=zone) for zone in ZONES]
    issues = [make_ready_issue(engagement_manager=person) for person in people]
    for person in people:
        Preferences.objects.create(user=person, digest_hour=hour)
    slots = doubled = missing = 0
    for begins in (
        "2026-03-07",
        "2026-03-28",
        "2026-04-04",
        "2026-10-03",
        "2026-10-24",
        "2026-10-31",
    ):
        day = at(f"{begins}T00:00+00:00")
        Mail.objects.all().delete()
        for hours in range(3 * 24):
            moment = day + hours * HOUR
            if hours % 8 == 0 and hours < 2 * 24:
                for issue in issues:
                    happen(issue, moment - HOUR / 4)
            make_digests(moment)
        for person in people:
            keys = [mail.key for mail in digests(person)]
            slots += len(keys)
            doubled += len(keys) - len(set(keys))
            missing += not {
                f"digest:{person.pk}:{(day + timedelta(n)).date()}" for n in (1, 2)
            } <= set(keys)
    report(
        "notifications",
        f"digests at {hour}",
        zones=len(ZONES),
        slots=slots,
        doubled=doubled,
        missing=missing,
    )
    assert (doubled, missing) == (0, 0)
    assert slots >= 6 * len(ZONES) * 2


# Quiet hours, against a second reckoning.


def quiet_by_the_minute(wishes, user, moment):
    """Walk on minute by minute until the person's clock is outside their quiet hours."""
    begins, ends = wishes.quiet_from, wishes.quiet_until
    while True:
        clock = moment.astimezone(ZoneInfo(user.time_zone)).time()
        quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
        if not quiet:
            return moment
        moment += timedelta(minutes=1)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("begins", "ends"), [(20, 7), (0, 9), (12, 13)])
def test_a_mail_in_quiet_hours_leaves_at_their_end(zone, begins, ends):
    user = User(time_zone=zone)
    wishes = Preferences(user=user, quiet_from=time(begins), quiet_until=time(ends))
    for day in ("2026-03-07", "2026-03-28", "2026-06-10", "2026-10-24", "2026-12-31"):
        for step in range(0, 48, 3):
            moment = at(f"{day}T00:00+00:00") + step * HOUR
            assert leaves_at(wishes, user, moment) == quiet_by_the_minute(wishes, user, moment)


def test_without_quiet_hours_nothing_is_held():
    user = User(time_zone="UTC")
    night = at("2026-03-02T03:00+00:00")
    assert (
        leaves_at(Preferences(user=user, quiet_from=None, quiet_until=None), user, night) == night
    )


def test_the_slot_before_a_moment_is_never_ahead_of_it():
    user = User(time_zone="Pacific/Kiritimati")
    now = database_now()
    day, due = slot_before(Preferences(user=user, digest_hour=23), user, now)
    assert now - timedelta(days=1) < due <= now
    assert due.astimezone(ZoneInfo(user.time_zone)).date() == day

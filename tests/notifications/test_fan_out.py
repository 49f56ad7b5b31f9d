"""From events to notices: who hears, why, once, and at what cost."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emdesk.activity.commenting import comment
from emdesk.activity.watching import watch
from emdesk.clock import database_now
from emdesk.ledger.models import Dispatch, Origin
from emdesk.ledger.recording import append, event_of, record
from emdesk.notifications.fanning import GRACE, announce, fan_out
from emdesk.notifications.inbox import mute
from emdesk.notifications.kinds import By, kinds
from emdesk.notifications.models import Mail, Notification, Preferences
from emdesk.notifications.waits import TRIES
from emdesk.people.models import Absence, Role, User
from emdesk.workflow import perform, undo
from scoping.facts import set_account_team
from scoping.models import ScopingIssue
from scoping.states import State
from tests.factories import NOON, make_ready_issue, make_user

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=10)


@pytest.fixture
def em():
    return make_user(name="Maya Okafor")


@pytest.fixture
def ana():
    return make_user(Role.ACCOUNT_TEAM, name="Ana Reyes")


@pytest.fixture
def issue(em, ana, told_of_all):
    found = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em, requester=ana)
    Dispatch.objects.all().delete()
    return found


def announced():
    """All there is, at a moment when everything is due."""
    at = database_now() + timedelta(seconds=1)
    while fan_out(at):
        pass
    return at


def lines(user):
    return list(Notification.objects.filter(recipient=user).order_by("pk"))


def mails(user):
    return list(Mail.objects.filter(recipient=user).order_by("pk"))


def everything_now(*users):
    wishes = {key: {"inbox": True, "mail": By.NOW} for key in kinds}
    for user in users:
        Preferences.objects.create(user=user, wishes=wishes, quiet_from=None, quiet_until=None)


# Who hears, and why.


def test_an_estimate_that_is_ready_reaches_the_requester_by_mail_with_the_reason(issue, em, ana):
    perform(issue.send_estimate, by=em, at=NOON)

    announced()

    (line,) = lines(ana)
    (mail,) = mails(ana)
    assert (line.kind, line.because, line.inbox, line.seen_at) == (
        *("ready", "you asked for it"),
        *(True, None),
    )
    assert mail.subject == f"{issue}: the estimate is ready"
    assert "Maya Okafor moved this from Strawman_WIP to Estimate_Feedback." in mail.text
    assert "You get this because you asked for it." in mail.text
    assert f"/issues/{issue.pk}/" in mail.text


def test_nobody_hears_of_what_they_did_themselves(issue, em):
    perform(issue.send_estimate, by=em, at=NOON)
    announced()

    assert lines(em) == mails(em) == []


def test_who_may_not_see_the_record_hears_nothing(issue, em):
    outsider = make_user(Role.ACCOUNT_TEAM)
    watch(issue, by=outsider, at=NOON)
    comment(issue, f"@{outsider.email.partition('@')[0]} look", by=em, at=NOON)

    announced()

    assert lines(outsider) == mails(outsider) == []


def test_who_has_left_hears_nothing(issue, em, ana):
    User.objects.filter(pk=ana.pk).update(is_active=False)
    perform(issue.send_estimate, by=em, at=NOON)
    announced()

    assert lines(ana) == mails(ana) == []


def test_whoever_watches_hears_of_everything_and_the_first_reason_is_given(issue, em, ana):
    colleague = make_user()
    for user in (colleague, ana):
        watch(issue, by=user, at=NOON)
    record(issue, "scoping.woken", by=em, at=NOON)
    perform(issue.send_estimate, by=em, at=NOON)

    announced()

    assert [line.because for line in lines(colleague)] == ["you watch it"] * 2
    assert [line.because for line in lines(ana)] == ["you watch it", "you asked for it"]


def test_a_mention_is_told_as_one_and_carries_what_was_said(issue, em):
    colleague = make_user(email="jonas@example.com")
    said = comment(issue, "@jonas could you look?", by=em, at=NOON)

    announced()

    (line,), (mail,) = lines(colleague), mails(colleague)
    assert (line.kind, line.because) == ("mention", "you are mentioned")
    assert "@jonas could you look?" in mail.text
    assert f"/activity/comments/{said.pk}/" in mail.text


@pytest.mark.parametrize("mark", [50, 80, 100, 150])
def test_the_ladder_of_a_promise_reaches_the_steps_it_tells(issue, em, mark):
    lead, director = make_user(Role.EM_LEAD), make_user(Role.DIRECTOR)
    verb = {100: "sla.breached", 150: "sla.escalated"}.get(mark, "sla.warned")
    tells = {50: ["em"], 80: ["em", "lead"]}.get(mark, ["em", "lead", "director"])
    promise(issue, verb, mark=mark, tells=tells)

    announced()

    told = {
        step
        for step, user in zip(("em", "lead", "director"), (em, lead, director), strict=True)
        if lines(user)
    }
    assert told == set(tells)
    assert "72 h estimate" in mails(em)[0].subject
    assert lines(em)[0].kind == ("warned" if mark < 100 else "breached")


def test_an_imported_event_is_told_to_nobody(issue, ana):
    record(issue, "scoping.send_estimate", by=None, at=NOON, origin=Origin.IMPORT)
    announced()

    assert not Notification.objects.exists()
    assert not Mail.objects.exists()


# Wishes.


def test_what_is_for_the_digest_is_not_mailed_and_what_is_for_neither_is_not_kept(issue, em, ana):
    wishes = {"ready": {"inbox": False, "mail": By.DIGEST}}
    Preferences.objects.create(user=ana, wishes=wishes)
    perform(issue.send_estimate, by=em, at=NOON)
    announced()
    (line,) = lines(ana)
    assert (line.inbox, line.digest, mails(ana)) == (False, True, [])

    Preferences.objects.update(wishes={"ready": {"inbox": False, "mail": By.NEVER}})
    Notification.objects.all().delete()
    append([event_of(issue, "scoping.send_estimate", by=em, at=NOON)])
    announced()
    assert lines(ana) == mails(ana) == []


def test_a_mute_holds_until_one_is_called_by_name(issue, em):
    colleague = make_user(email="jonas@example.com")
    watch(issue, by=colleague, at=NOON)
    mute(colleague, "scoping.scopingissue", issue.pk, NOON)
    comment(issue, "For all to see", by=em, at=NOON)
    comment(issue, "@jonas you too", by=em, at=NOON)

    announced()

    assert [line.kind for line in lines(colleague)] == ["mention"]


def away(user, delegate, at):
    day = at.date()
    Absence(user=user, delegate=delegate, first_day=day, last_day=day).keep(by=user, at=at)


def promise(issue, verb="sla.breached", **said):
    data = {"policy": "estimate", "name": "72 h estimate", "clock": 1, "late": False, "folded": []}
    data |= {"due": NOON.isoformat(), "mark": 100, "tells": ["em"]}
    return record(issue, verb, by=None, at=NOON, **data | said)


def test_a_stand_in_gets_what_is_for_who_is_away_who_keeps_only_the_line(issue, em):
    delegate, other = make_user(name="Jonas Lindqvist"), make_user()
    away(em, delegate, database_now())
    Dispatch.objects.all().delete()
    record(issue, "scoping.answered", by=other, at=NOON, question="Why?", text="So")

    announced()

    (line,), (own,) = lines(delegate), lines(em)
    assert (line.because, line.meant_for) == ("you stand in for Maya Okafor, who is away", em)
    assert (own.because, own.inbox) == ("you are its engagement manager", True)
    assert (len(mails(delegate)), len(mails(em))) == (1, 0)


def test_a_breach_reaches_who_is_away_too(issue, em):
    delegate = make_user()
    away(em, delegate, database_now())
    Dispatch.objects.all().delete()
    promise(issue)
    announced()

    assert (len(mails(delegate)), len(mails(em))) == (1, 1)


def test_a_stand_in_who_may_not_see_it_hears_nothing_and_the_mail_goes_where_it_was_meant(
    issue, em
):
    delegate = make_user(Role.LEGAL)
    User.objects.filter(pk=delegate.pk).update(roles=[])
    away(em, delegate, database_now())
    Dispatch.objects.all().delete()
    record(issue, "scoping.answered", by=make_user(), at=NOON, question="Why?", text="So")
    announced()

    assert lines(delegate) == mails(delegate) == []
    assert len(mails(em)) == 1


def test_quiet_hours_hold_a_mail_until_the_morning_but_not_a_breach(issue, em):
    User.objects.filter(pk=em.pk).update(time_zone="Europe/Berlin")
    night = datetime.fromisoformat("2026-10-24T22:30:00+02:00")
    events = [
        record(issue, "scoping.answered", by=make_user(), at=NOON, question="Why?", text="So"),
        promise(issue),
    ]

    announce(events, night)

    held, broken = sorted(mails(em), key=lambda mail: mail.kind, reverse=True)
    assert held.leaves_at == datetime.fromisoformat("2026-10-25T07:00:00+01:00")
    assert (broken.kind, broken.leaves_at) == ("breached", night)


# Undone.


def test_what_is_taken_back_before_anybody_was_told_is_not_told(issue, em, ana):
    perform(issue.send_estimate, by=em, at=NOON)
    undo(ScopingIssue.objects.get(pk=issue.pk), by=em, at=NOON, within=SOON)
    announced()

    assert not Notification.objects.exists()
    assert not Mail.objects.exists()


def test_a_mail_that_has_not_left_is_stopped_when_its_move_is_taken_back(issue, em, ana):
    perform(issue.send_estimate, by=em, at=NOON)
    at = announced()
    (mail,) = mails(ana)
    assert mail.leaves_at == at + GRACE

    undo(ScopingIssue.objects.get(pk=issue.pk), by=em, at=NOON, within=SOON)
    announced()

    (mail,) = mails(ana)
    assert mail.withdrawn_at is not None
    assert not Notification.objects.filter(recipient=ana, inbox=True).exists()


def test_who_was_told_of_a_move_is_told_that_it_was_taken_back(issue, em, ana):
    everything_now(ana)
    perform(issue.send_estimate, by=em, at=NOON)
    at = announced()
    Mail.objects.update(sent_at=at)
    undo(ScopingIssue.objects.get(pk=issue.pk), by=em, at=NOON, within=SOON)
    announced()

    assert [mail.subject for mail in mails(ana)][-1] == f"{issue}: a move was taken back"


# Once.


def test_a_second_pass_over_the_same_event_does_nothing(issue, em, ana):
    event = perform(issue.send_estimate, by=em, at=NOON)
    for _ in range(3):
        announce([event], NOON)

    assert (len(lines(ana)), len(mails(ana))) == (1, 1)


def test_a_faulty_event_waits_and_ends_while_the_others_are_told(issue, em, ana, monkeypatch):
    bad = append_broken(issue)
    perform(issue.send_estimate, by=em, at=NOON)

    announced()

    assert len(mails(ana)) == 1
    row = Dispatch.objects.get()
    assert (row.pk, row.attempts, row.dead_at) == (bad.pk, 1, None)
    assert "KeyError" in row.last_error
    for _ in range(TRIES - 1):
        fan_out(Dispatch.objects.get().next_at)
    assert Dispatch.objects.get().dead_at
    assert fan_out(database_now() + timedelta(days=9)) == 0


def append_broken(issue):
    """An event that nobody can put into words: it lacks what its verb says."""
    return record(issue, "scoping.answered", by=None, at=NOON)


@pytest.mark.django_db(transaction=True)
def test_several_at_once_tell_each_event_once(issue, em, ana):
    for _ in range(60):
        append(
            [event_of(issue, "scoping.send_estimate", by=em, at=NOON, before="open", after="open")]
        )
    at = database_now() + timedelta(seconds=1)

    def work():
        while fan_out(at):
            pass
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert not Dispatch.objects.exists()
    assert Mail.objects.filter(recipient=ana).count() == 60
    assert Notification.objects.filter(recipient=ana).count() == 60


# What it costs.


@pytest.mark.parametrize("people", [1, 50])
def test_one_event_to_fifty_people_costs_no_more_than_ten_statements(issue, em, people):
    team = [make_user(Role.ACCOUNT_TEAM) for _ in range(people)]
    set_account_team(issue, team, by=em, at=NOON)
    Dispatch.objects.all().delete()
    perform(issue.send_estimate, by=em, at=NOON)
    at = database_now() + timedelta(seconds=1)

    with CaptureQueriesContext(connection) as found:
        assert fan_out(at) == 1

    said = [each["sql"] for each in found.captured_queries]
    statements = [sql for sql in said if "SAVEPOINT" not in sql]
    assert len(statements) == 10, "\n".join(sql[:150] for sql in statements)
    assert Mail.objects.filter(recipient__in=team).count() == people


def test_many_events_cost_the_statements_of_one(issue, em, ana):
    def statements(count):
        for _ in range(count):
            append(
                [event_of(issue, "scoping.start_sow", by=em, at=NOON, before="open", after="open")]
            )
        with CaptureQueriesContext(connection) as found:
            assert fan_out(database_now() + timedelta(seconds=1)) == count
        return len(found)

    assert statements(1) == statements(40)

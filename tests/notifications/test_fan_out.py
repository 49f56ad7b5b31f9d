"""From events to notices: each once, what is taken back, and at what cost."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emdesk.clock import database_now
from emdesk.ledger.models import Dispatch
from emdesk.ledger.recording import append, event_of, record
from emdesk.notifications.fanning import announce, fan_out
from emdesk.notifications.kinds import By
from emdesk.notifications.models import Mail, Notification, Preferences
from emdesk.notifications.waits import GRACE, TRIES
from emdesk.people.models import Role
from emdesk.workflow import perform, undo
from scoping.facts import set_account_team
from scoping.models import ScopingIssue
from tests.factories import NOON, make_user
from tests.notifications.telling import announced, everything_now, lines, mails, promise

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=10)


# Undone.


def test_what_is_taken_back_before_anybody_was_told_is_not_told(issue, em, ana):
    perform(issue.send_estimate, by=em, at=NOON)
    undo(ScopingIssue.objects.get(pk=issue.pk), by=em, at=NOON, within=SOON)
    announced()

    assert not Notification.objects.exists()
    assert not Mail.objects.exists()


def test_a_mail_that_has_not_left_is_stopped_when_its_move_is_taken_back(issue, em, ana):
    everything_now(ana)
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


def test_a_mail_that_may_have_left_is_followed_by_one_that_it_was_taken_back(issue, em, ana):
    everything_now(ana)
    perform(issue.send_estimate, by=em, at=NOON)
    announced()
    Mail.objects.update(unknown_outcomes=1)

    undo(ScopingIssue.objects.get(pk=issue.pk), by=em, at=NOON, within=SOON)
    announced()

    assert [mail.withdrawn_at for mail in mails(ana)] == [None, None]
    assert len(lines(ana)) == 2


# Once.


def test_each_reads_times_on_a_clock_of_their_own(issue, em, ana):
    ana.time_zone, em.time_zone = "Asia/Kathmandu", "America/New_York"
    for user in (ana, em):
        user.save(update_fields=["time_zone"])
    everything_now(ana, em)
    announce([promise(issue, tells=["em"])], NOON)
    announce([promise(issue, "sla.escalated", tells=["em"])], NOON)

    assert all("due 2 Mar 2026 07:00 EST" in mail.text for mail in mails(em))
    assert len(mails(em)) == 2


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


def test_what_cannot_be_said_is_no_line_of_an_inbox_or_a_digest_either(issue, em):
    wishes = {"ready": {"inbox": True, "mail": By.DIGEST}}
    Preferences.objects.create(user=em, wishes=wishes)
    bad = append_broken(issue)

    announced()

    assert lines(em) == []
    assert Dispatch.objects.get().pk == bad.pk


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

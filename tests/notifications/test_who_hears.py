"""Who hears of what, why, and by what way: wishes, mutes, absences, quiet hours."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from emdesk.activity.commenting import comment
from emdesk.activity.watching import watch
from emdesk.clock import database_now
from emdesk.ledger.models import Dispatch, Origin
from emdesk.ledger.recording import append, event_of, record
from emdesk.notifications.fanning import announce
from emdesk.notifications.inbox import mute
from emdesk.notifications.kinds import By
from emdesk.notifications.models import Mail, Notification, Preferences
from emdesk.people.models import Role, User
from emdesk.workflow import perform
from tests.factories import NOON, make_user
from tests.notifications.telling import announced, away, everything_now, lines, mails, promise

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=10)


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


def test_a_stand_in_who_wants_no_mail_takes_none_from_who_is_away(issue, em):
    delegate = make_user()
    wishes = {"ready": {"inbox": True, "mail": By.NEVER}}
    Preferences.objects.create(user=delegate, wishes=wishes)
    away(em, delegate, database_now())
    Dispatch.objects.all().delete()
    record(issue, "scoping.answered", by=make_user(), at=NOON, question="Why?", text="So")

    announced()

    assert (len(lines(delegate)), mails(delegate)) == (1, [])
    assert len(mails(em)) == 1


def test_a_stand_in_who_hears_for_themselves_relieves_who_is_away_too(issue, em):
    delegate = make_user()
    everything_now(delegate, em)
    watch(issue, by=delegate, at=NOON)
    away(em, delegate, database_now())
    Dispatch.objects.all().delete()
    record(issue, "scoping.answered", by=make_user(), at=NOON, question="Why?", text="So")

    announced()

    assert [line.because for line in lines(delegate)] == ["you watch it"]
    assert (len(mails(delegate)), mails(em)) == (1, [])


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

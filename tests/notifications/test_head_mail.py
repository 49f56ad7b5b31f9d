"""The day's head of the ledger reaches every administrator, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from emdesk.ledger import heads
from emdesk.ledger.recording import record
from emdesk.notifications.delivery import deliver
from emdesk.notifications.heads import anchor_and_mail
from emdesk.notifications.models import Mail
from emdesk.people.models import Role, User
from tests.factories import NOON, make_user
from tests.reports import report

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "heads.jsonl"


@pytest.fixture
def admins(em):
    for name in ("ana", "ben"):
        make_user(Role.ADMIN, email=f"{name}@example.com")
    gone = make_user(Role.ADMIN)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    for _ in range(7):
        record(em, "people.amended", by=em, at=NOON, fields=["name"])


def test_the_daily_head_is_written_once_and_mailed_to_each_administrator_once(server, admins, path):
    for hours in range(6):
        anchor_and_mail(path, NOON + hours * HOUR)
    deliver(NOON + 6 * HOUR)

    (head,) = heads.read(path)
    assert sorted(server.addresses) == ["ana@example.com", "ben@example.com"]
    for mail in server.mails:
        assert mail["Subject"] == f"emdesk ledger head of {head.day}"
        assert head.digest in mail.get_content()
        assert f"Last event: {head.last_event}" in mail.get_content()
    assert head.events >= 7
    assert list(heads.broken(path)) == []
    report("ledger", "daily head", asked=6, heads=1, admins=2, mailed=len(server.taken))


def test_who_was_ended_between_file_and_mails_is_made_up_for(admins, path):
    heads.anchor(path, NOON)

    anchor_and_mail(path, NOON + HOUR)

    assert len(heads.read(path)) == 1
    assert Mail.objects.filter(kind="head").count() == 2


def test_every_day_has_a_head_and_a_mail_of_its_own(admins, path):
    for days in range(3):
        anchor_and_mail(path, NOON + timedelta(days=days))

    assert len(heads.read(path)) == 3
    assert Mail.objects.filter(kind="head").count() == 6

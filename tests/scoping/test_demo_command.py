"""``manage.py demo``: once, the same for the same seed, and only where it does no harm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.transaction import atomic, set_rollback

from emdesk.ledger.models import Event
from emdesk.people.models import Role, User
from scoping.demo.loading import load
from scoping.models import Account, ScopingIssue

MORNING = datetime(2026, 3, 18, 6, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def demo(**options: Any) -> str:
    out = StringIO()
    call_command("demo", stdout=out, issues=20, **options)
    return out.getvalue()


def desk(seed: int, at: datetime) -> list[tuple[Any, ...]]:
    """What a demo puts on the desk, without the numbers the database gives."""
    with atomic():
        load(seed=seed, issues=30, at=at)
        issues = ScopingIssue.objects.order_by("pk").values_list(
            "title", "account__name", "state", "created_at", "entered_state_at", "next_step"
        )
        events = Event.objects.order_by("pk").values_list("verb", "at", "actor__name", "after")
        found = [*issues, *events]
        set_rollback(True)
    return found


def test_a_seed_makes_the_same_desk_all_day():
    assert desk(3, MORNING) == desk(3, MORNING + timedelta(hours=15))


def test_another_seed_makes_another_desk():
    assert desk(3, MORNING) != desk(4, MORNING)


def test_a_second_run_changes_nothing():
    demo()
    before = Event.objects.count(), ScopingIssue.objects.count(), User.objects.count()

    assert demo() == "The demo is here already.\n"
    assert (Event.objects.count(), ScopingIssue.objects.count(), User.objects.count()) == before


def test_a_desk_in_use_is_left_alone():
    account = Account.objects.create(name="Wrenfield Rail")
    ScopingIssue.objects.open_issue(by=None, at=MORNING, account=account, title="Move to SaaS")

    assert "issues of its own" in demo(logins=True)
    assert not User.objects.exists()


def test_a_desk_in_production_gets_no_well_known_passwords(settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="password"):
        demo()


@pytest.mark.parametrize("issues", [0, 19, 10**6])
def test_an_absurd_number_of_issues_is_refused(issues):
    with pytest.raises(CommandError, match="Ask for"):
        call_command("demo", issues=issues)


def test_the_logins_begin_with_an_em_and_cover_every_role():
    lines = demo(logins=True).splitlines()[1:]

    assert lines[0].startswith(Role.EM.label)
    assert [line[:32].strip() for line in lines[:3]] == [
        Role.EM.label,
        Role.EM_LEAD.label,
        Role.DIRECTOR.label,
    ]
    assert {line[:32].strip() for line in lines} == set(Role.labels)

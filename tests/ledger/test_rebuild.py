"""Rows derived from the ledger can always be derived anew, and be held against it."""

import pytest
from django.core.management import CommandError, call_command

from scoping.models import Stay
from scoping.states import State
from scoping.stays import STAYS
from tests.factories import make_issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def issues():
    return [make_issue(state) for state in State]


def test_rows_that_agree_are_said_to_agree(issues, capsys):
    call_command("rebuild", check=True)

    assert capsys.readouterr().out == (
        "clocks: 0 differ\nstays in columns: 0 differ\nwords to find issues by: 0 differ\n"
        "hand-offs: 0 differ\nsnapshots of the forecast: 0 differ\nwhat desk and CRM disagree about: 0 differ\n"
        "corrections of frozen quarters: 0 differ\n"
    )


def tell_wrong(stays):
    stays.filter(left_at=None).update(state=State.APPROVED)


def lose(stays):
    stays.filter(pk__in=stays.values("pk")[:2]).delete()


def double(stays):
    stay = stays.exclude(left_at=None).first()
    stay.pk = None
    stay.save()


@pytest.mark.parametrize("spoil", [tell_wrong, lose, double])
def test_rows_that_differ_are_counted_and_rebuilt(spoil, issues, capsys):
    spoil(Stay.objects.all())

    with pytest.raises(CommandError, match=r"manage\.py rebuild"):
        call_command("rebuild", check=True)
    call_command("rebuild")

    assert STAYS.differences() == 0
    call_command("rebuild", check=True)


def test_a_check_changes_nothing(issues):
    Stay.objects.first().delete()
    before = list(Stay.objects.order_by("pk").values_list())

    with pytest.raises(CommandError):
        call_command("rebuild", check=True)

    assert list(Stay.objects.order_by("pk").values_list()) == before

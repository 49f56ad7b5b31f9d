from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.transaction import atomic

from emdesk.ledger.models import Event
from emdesk.people.models import Absence
from tests.people.people import NOON, TODAY, make_user

A_DAY = timedelta(days=1)


def away(user, delegate, first=0, last=0, **fields):
    days = {"first_day": TODAY + first * A_DAY, "last_day": TODAY + last * A_DAY}
    return Absence(user=user, delegate=delegate, **days, **fields)


def planned(*args, **fields):
    absence = away(*args, **fields)
    absence.keep(by=None, at=NOON)
    return absence


@pytest.mark.parametrize(
    ("first", "last", "on"), [(0, 0, True), (-1, 1, True), (1, 2, False), (-2, -1, False)]
)
def test_an_absence_counts_from_its_first_to_its_last_day(first, last, on):
    planned(make_user(), make_user(), first, last)

    assert Absence.objects.on(TODAY).exists() == on


def test_the_delegate_acts_while_they_are_away():
    ana, ben = make_user(), make_user()
    planned(ana, ben, 0, 3)

    assert ana.delegate_on(TODAY) == ben
    assert ana.delegate_on(TODAY + 4 * A_DAY) is None


def test_a_delegate_who_is_away_too_passes_it_on_once():
    ana, ben, cem, dora = (make_user() for _ in range(4))
    planned(ana, ben)
    planned(ben, cem)
    planned(cem, dora)

    assert ana.delegate_on(TODAY) == cem


def test_two_who_stand_in_for_each_other_leave_nobody():
    ana, ben = make_user(), make_user()
    planned(ana, ben)
    planned(ben, ana)

    assert ana.delegate_on(TODAY) is None


def test_somebody_who_left_does_not_stand_in():
    ana, ben = make_user(), make_user()
    planned(ana, ben)
    ben.deactivate(by=None, at=NOON)

    assert ana.delegate_on(TODAY) is None


@pytest.mark.parametrize(("first", "last"), [(0, 0), (-9, 0), (2, 9), (-9, 9)])
def test_absences_of_one_person_do_not_overlap(first, last):
    ana, ben = make_user(), make_user()
    planned(ana, ben, 0, 2)

    with pytest.raises(ValidationError, match="overlap"):
        planned(ana, ben, first, last)
    with pytest.raises(IntegrityError), atomic():
        away(ana, ben, first, last).save()


def test_the_day_after_is_free_again():
    ana, ben = make_user(), make_user()
    planned(ana, ben, 0, 2)
    planned(ana, ben, 3, 4)
    planned(ben, ana, 1, 1)

    assert Absence.objects.count() == 3


def test_nobody_stands_in_for_themselves():
    ana = make_user()

    with pytest.raises(ValidationError, match="somebody else"):
        planned(ana, ana)
    with pytest.raises(IntegrityError), atomic():
        away(ana, ana).save()


def test_days_are_in_order():
    ana, ben = make_user(), make_user()

    with pytest.raises(IntegrityError), atomic():
        away(ana, ben, 1, 0).save()


def test_coming_back_early_shortens_it_on_record():
    ana, ben = make_user(), make_user()
    absence = planned(ana, ben, -3, 3)

    absence.end(TODAY - A_DAY, by=ana, at=NOON)

    assert ana.delegate_on(TODAY) is None
    absent, changed = Event.objects.about(ana)
    assert (absent.verb, changed.verb) == ("people.absent", "people.absence_changed")
    assert changed.data == {"last_day": ["2026-03-05", "2026-03-01"]}


def test_an_absence_that_has_not_begun_is_called_off():
    ana, ben = make_user(), make_user()

    planned(ana, ben, 1, 3).end(TODAY - A_DAY, by=ana, at=NOON)

    assert not Absence.objects.exists()
    assert Event.objects.about(ana).last().verb == "people.absence_cancelled"


def test_why_they_are_away_stays_out_of_the_ledger():
    ana, ben = make_user(), make_user()

    planned(ana, ben, note="Surgery")

    assert "Surgery" not in str(Event.objects.about(ana).get().data)

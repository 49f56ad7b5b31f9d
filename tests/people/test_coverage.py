from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.transaction import atomic

from emdesk.ledger.models import Event
from emdesk.people.models import Coverage, Segment, Territory
from tests.people.people import NOON, TODAY, make_user

A_DAY = timedelta(days=1)


def test_segments_are_shipped_as_the_boards_spell_them():
    assert [segment.name for segment in Segment.objects.all()] == [
        "Ent_APAC",
        "Ent_EAST",
        "Ent_WEST",
        "Ent_EMEA",
        "MM_APAC",
        "MM_East",
        "MM_EMEA",
        "MM_West",
        "SMB",
    ]


def test_people_read_a_segment_without_the_underscore():
    assert Segment(name="Ent_EMEA").label == "Ent EMEA"


def test_a_segment_has_one_name_whatever_its_case():
    with pytest.raises(ValidationError, match="of this name"):
        Segment(name="ent_emea").keep(by=None, at=NOON)


@pytest.mark.parametrize(
    ("since", "until", "covers"),
    [(0, 0, True), (-1, None, True), (0, None, True), (1, None, False), (-2, -1, False)],
)
def test_coverage_is_in_force_from_its_first_to_its_last_day(since, until, covers):
    Coverage.objects.create(
        user=make_user(),
        segment=Segment.objects.first(),
        since=TODAY + since * A_DAY,
        until=None if until is None else TODAY + until * A_DAY,
    )

    assert Coverage.objects.in_force(TODAY).exists() == covers


@pytest.mark.parametrize(
    "wrong", [{"segment": None}, {"until": TODAY - A_DAY}], ids=["of nothing", "backwards"]
)
def test_the_database_refuses_coverage(wrong):
    right = {"user": make_user(), "segment": Segment.objects.first(), "since": TODAY}

    with pytest.raises(IntegrityError), atomic():
        Coverage.objects.create(**right | wrong)


def test_coverage_is_part_of_the_persons_history():
    user, segment = make_user(), Segment.objects.get(name="SMB")
    coverage = Coverage(user=user, segment=segment, since=TODAY)

    coverage.keep(by=None, at=NOON)
    coverage.until = TODAY
    coverage.keep(by=None, at=NOON)
    coverage.keep(by=None, at=NOON)
    coverage.drop(by=None, at=NOON)

    covered, changed, removed = Event.objects.about(user)
    assert (covered.verb, covered.data["segment"]) == ("people.covered", segment.pk)
    assert changed.verb == "people.coverage_changed"
    assert changed.data == {"until": [None, "2026-03-02"]}
    assert removed.verb == "people.coverage_removed"


def test_a_territory_has_a_history_of_its_own():
    territory = Territory(name="Iberia")
    territory.keep(by=None, at=NOON)
    territory.segment = Segment.objects.get(name="Ent_EMEA")
    territory.keep(by=None, at=NOON)

    verbs = [event.verb for event in Event.objects.about(territory)]
    assert verbs == ["people.territory_added", "people.territory_changed"]


def test_a_segment_in_use_cannot_be_deleted():
    segment = Segment.objects.get(name="SMB")
    Territory.objects.create(name="Iberia", segment=segment)

    with pytest.raises(IntegrityError):
        segment.delete()

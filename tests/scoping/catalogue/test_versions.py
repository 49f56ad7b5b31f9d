"""Versions of the catalogue: one draft, compared and published once, then never changed again."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.db.transaction import atomic
from hypothesis import given
from hypothesis import strategies as st

from emdesk.ledger.models import Event
from scoping.catalogue.comparing import difference
from scoping.catalogue.drafting import (
    NoDraft,
    add_item,
    begin_draft,
    change_item,
    discard_draft,
    remove_item,
    set_bands,
)
from scoping.catalogue.kinds import ACTIVITY, GUIDELINE, KINDS, SERVICE, SKU
from scoping.catalogue.publishing import Refused, publish
from scoping.facts import Overtaken
from scoping.models import (
    CatalogueVersion,
    Guideline,
    PriceBand,
    ResourceRole,
    RoleHours,
    Sku,
)
from tests.factories import NOON, TODAY
from tests.oracles.rates import catalogue_version
from tests.scoping.catalogue.drafts import WAVES, edited, published

pytestmark = pytest.mark.django_db
ITEMS = ("catalogueservice", "catalogueactivity", "sku", "guideline", "priceband")


def shipped():
    return CatalogueVersion.objects.get(number=1)


def told(changes):
    return [(each.how, each.kind.name, each.key) for each in changes]


def test_a_draft_begins_as_what_was_published_last(noor):
    draft = begin_draft(by=noor, at=NOON)

    assert difference(shipped(), draft) == []
    assert draft.based_on == shipped()
    assert begin_draft(by=noor, at=NOON) == draft
    assert [event.verb for event in Event.objects.about(draft)] == ["scoping.catalogue_draft_begun"]


def test_the_difference_tells_each_item_and_field(noor):
    draft = begin_draft(by=noor, at=NOON)
    remove_item(GUIDELINE, draft.guidelines.get(key="travel"), by=noor, at=NOON)
    fresh = Sku(code="GL-NEW", title="New", type="advisory", price=Decimal("100.00"), source="us")
    add_item(SKU, fresh, draft, by=noor, at=NOON)
    engineer = ResourceRole.objects.get(key="engineer")
    waves = draft.activities.get(key=WAVES)
    said = {"title": "Waves"}
    hours = {engineer.pk: (Decimal(16), "B7 * 0.1")}
    assert change_item(ACTIVITY, waves, said, seen={}, by=noor, at=NOON, hours=hours)

    changes = difference(shipped(), draft)

    assert told(changes) == [
        ("changed", "activity", WAVES),
        ("added", "sku", "GL-NEW"),
        ("withdrawn", "guideline", "travel"),
    ]
    assert changes[0].fields == [
        ("Title", "Automated migration in waves", "Waves"),
        ("Hours", "Services engineer: 8 + B7 * 0.06 h", "Services engineer: 16 + B7 * 0.1 h"),
    ]
    assert ("Price", "", "100.00") in changes[1].fields
    assert told(difference(draft, shipped()))[1] == ("withdrawn", "sku", "GL-NEW")


def test_price_bands_are_part_of_the_difference(noor):
    draft = begin_draft(by=noor, at=NOON)
    service = SERVICE.find(draft, "saas")
    bands = [(500, 1000, Decimal(30_000), Decimal(45_000))]

    assert set_bands(service, bands, by=noor, at=NOON)
    assert not set_bands(service, bands, by=noor, at=NOON)

    (change,) = difference(shipped(), draft)
    (name, old, new) = change.fields[0]
    assert name == "Price bands"
    assert len(old.splitlines()) == 40
    assert new == "500 1000 30000 45000"


def test_every_edit_is_in_the_ledger_and_counted(noor):
    draft = edited(noor)
    event = Event.objects.about(draft).last()

    assert event.verb == "scoping.catalogue_edited"
    assert event.data["changed"] == {"title": ["Automated migration in waves", "Waves"]}
    assert draft.edits == 1
    same = ACTIVITY.find(draft, WAVES)
    assert not change_item(ACTIVITY, same, {"title": "Waves"}, seen={}, by=noor, at=NOON)
    assert not change_item(ACTIVITY, same, {"title": "Waves"}, seen={}, hours={}, by=noor, at=NOON)


def test_two_who_edit_the_same_field_meet(noor):
    draft = edited(noor, title="Theirs")
    waves = ACTIVITY.find(draft, WAVES)
    engineer = ResourceRole.objects.get(key="engineer")
    stale = {"title": "Automated migration in waves"}

    with pytest.raises(Overtaken):
        change_item(ACTIVITY, waves, {"title": "Mine"}, seen=stale, by=noor, at=NOON)
    with pytest.raises(Overtaken) as met:
        change_item(
            *(ACTIVITY, waves, {}),
            seen={},
            hours={engineer.pk: (Decimal(99), "")},
            hours_seen={engineer.pk: (Decimal(1), "")},
            by=noor,
            at=NOON,
        )
    assert met.value.fields == {f"base_{engineer.pk}": 8, f"drivers_{engineer.pk}": "B7 * 0.06"}
    assert ACTIVITY.find(draft, WAVES).title == "Theirs"


def test_what_is_published_holds_from_its_day(noor):
    later = TODAY + timedelta(days=10)
    version = published(noor, later)

    assert CatalogueVersion.current(later - timedelta(days=1)) == shipped()
    assert CatalogueVersion.current(later) == version
    event = Event.objects.about(version).last()
    assert event.verb == "scoping.catalogue_published"
    assert (event.data["changed"], event.data["added"], event.data["withdrawn"]) == (1, 0, 0)
    assert version.activities.get(key=WAVES).title == "Waves"
    assert shipped().activities.get(key=WAVES).title == "Automated migration in waves"


def test_of_two_versions_for_one_day_the_newer_holds(noor):
    published(noor)
    second = published(noor, title="Waves again")

    assert CatalogueVersion.current(TODAY) == second


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"seen": 0}, "edited it since"),
        ({"effective_from": TODAY - timedelta(days=1)}, "or a later day"),
    ],
)
def test_publishing_is_refused(noor, said, why):
    draft = edited(noor)
    asked = {"seen": draft.edits, "effective_from": TODAY, "reason": "x"} | said

    with pytest.raises(Refused, match=why):
        publish(draft, by=noor, at=NOON, today=TODAY, **asked)
    assert CatalogueVersion.objects.draft() == draft


def test_a_version_takes_effect_no_earlier_than_the_one_before(noor):
    published(noor, TODAY + timedelta(days=10))
    draft = edited(noor, title="Again")

    with pytest.raises(Refused, match="12 Mar 2026"):
        publish(
            *(draft,),
            seen=draft.edits,
            effective_from=TODAY + timedelta(days=9),
            reason="x",
            by=noor,
            at=NOON,
            today=TODAY,
        )


def test_nothing_new_and_nothing_broken_is_published(noor):
    draft = begin_draft(by=noor, at=NOON)
    asked = {"effective_from": TODAY, "reason": "x", "by": noor, "at": NOON, "today": TODAY}
    with pytest.raises(Refused, match="no different"):
        publish(draft, seen=0, **asked)
    RoleHours.objects.filter(activity__version=draft, drivers__contains="B7").update(drivers="Q7")
    with pytest.raises(Refused, match="no question Q7"):
        publish(draft, seen=0, **asked)
    RoleHours.objects.filter(activity__version=draft, activity__key=WAVES).delete()
    with pytest.raises(Refused, match="Automated migration in waves has no hours"):
        publish(draft, seen=0, **asked)


def test_a_discarded_draft_is_gone_and_the_ledger_keeps_that_it_was(noor):
    draft = edited(noor)
    pk = draft.pk
    discard_draft(draft, by=noor, at=NOON)

    assert CatalogueVersion.objects.draft() is None
    last = Event.objects.filter(subject_type="scoping.catalogueversion", subject_id=pk).last()
    assert last.verb == "scoping.catalogue_draft_discarded"
    draft.pk = pk
    with pytest.raises(NoDraft):
        discard_draft(draft, by=noor, at=NOON)


def test_the_database_refuses_to_change_what_was_published():
    version = shipped()
    tried = [f"UPDATE scoping_{table} SET position = 1" for table in ITEMS if table != "priceband"]
    tried += [f"DELETE FROM scoping_{table}" for table in (*ITEMS, "rolehours", "catalogueversion")]
    tried += [
        "UPDATE scoping_priceband SET low = 1",
        "UPDATE scoping_rolehours SET base = 1",
        "UPDATE scoping_catalogueversion SET reason = 'x'",
        "UPDATE scoping_catalogueversion SET status = 'draft', effective_from = NULL,"
        " published_at = NULL",
    ]
    for sql in tried:
        refused = pytest.raises(IntegrityError, match="never changes")
        with refused, atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    service = version.services.first()
    added = [
        Guideline(version=version, key="x", title="x", text="x"),
        Sku(version=version, code="X", title="x", type="advisory"),
        PriceBand(version=version, service=service, users=1, projects=1, low=1, high=1),
    ]
    for row in added:
        with pytest.raises(IntegrityError, match="never changes"), atomic():
            row.save()


def test_the_database_keeps_items_in_the_version_of_their_service(noor):
    draft = begin_draft(by=noor, at=NOON)
    elsewhere = shipped().services.first()

    with pytest.raises(IntegrityError, match="version of its service"), atomic():
        draft.skus.filter(code="GL-BAS").update(service=elsewhere)
    with pytest.raises(IntegrityError), atomic():
        CatalogueVersion.objects.create(number=99, begun_at=NOON)


def test_every_kind_of_item_comes_along_into_a_draft(noor):
    draft = begin_draft(by=noor, at=NOON)

    for kind in KINDS.values():
        assert kind.of(draft).count() == kind.of(shipped()).count() > 10
    assert not draft.skus.exclude(service__version=draft).exclude(service=None).exists()
    assert RoleHours.objects.filter(activity__version=draft).count() > 40


@given(days=st.lists(st.integers(0, 4), min_size=1, max_size=5), asked=st.integers(-2, 6))
def test_the_version_in_force_is_the_one_a_naive_look_finds(days, asked):
    with atomic():
        rows = [(1, date(2021, 2, 1))]
        for number, days_on in enumerate(days, start=2):
            begins = TODAY + timedelta(days=days_on)
            rows.append((number, begins))
            CatalogueVersion.objects.create(
                number=number,
                begun_at=NOON,
                status="published",
                effective_from=begins,
                published_at=NOON,
            )
        on = TODAY + timedelta(days=asked)
        found = CatalogueVersion.current(on)
        assert found.number == catalogue_version(rows, on)
        assert CatalogueVersion.current(date(2021, 1, 31)) is None
        connection.set_rollback(True)

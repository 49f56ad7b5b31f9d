import pytest
from django.urls import reverse

from emdesk.ledger.models import Event
from emdesk.people.models import Absence, Coverage, Role, Segment, Territory, User
from tests.people.people import NOON, TODAY, is_in, make_user, signed_in

PAGES = [
    f"admin:people_{model}_{page}"
    for model in ("user", "territory", "segment", "coverage", "absence")
    for page in ("changelist", "add")
]


@pytest.fixture
def admin():
    return make_user(Role.ADMIN)


@pytest.fixture
def office(admin):
    return signed_in(admin)


def said_of(user, **changes):
    said = {"name": user.name, "email": user.email, "roles": user.roles, "is_active": "on"}
    return said | {"level": user.level, "time_zone": user.time_zone} | changes


@pytest.mark.parametrize("page", PAGES)
def test_administrators_see_every_page(office, page):
    assert office.get(reverse(page)).status_code == 200


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_nobody_else_sees_any(role):
    client = signed_in(make_user(role))

    for page in [*PAGES, "admin:index"]:
        assert client.get(reverse(page)).status_code in {302, 403}
        assert client.get(reverse(page), follow=True).status_code == 403


def test_a_newcomer_joins(office, admin):
    said = {"name": "New", "email": "New@Example.com", "roles": ["em", "legal"]}

    office.post(
        reverse("admin:people_user_add"),
        said | {"level": "senior", "time_zone": "UTC", "is_active": "on"},
    )

    user = User.objects.get(email="new@example.com")
    assert (user.roles, user.level) == (["em", "legal"], "senior")
    event = Event.objects.about(user).get()
    assert (event.verb, event.actor) == ("people.joined", admin)


def test_a_new_role_is_recorded_and_ends_the_sessions(office, admin):
    user = make_user(Role.EM, level="senior")
    client = signed_in(user)

    office.post(
        reverse("admin:people_user_change", args=[user.pk]),
        said_of(user, roles=["legal"], level=""),
    )

    event = Event.objects.about(user).get(verb="people.roles_changed")
    assert (event.actor, event.data) == (admin, {"was": ["em"], "now": ["legal"]})
    assert not is_in(client)


def test_switching_somebody_off_is_recorded_and_ends_the_sessions(office):
    user = make_user(Role.EM)
    client = signed_in(user)

    office.post(reverse("admin:people_user_change", args=[user.pk]), said_of(user, is_active=""))

    assert [event.verb for event in Event.objects.about(user)] == ["people.deactivated"]
    assert not is_in(client)


def test_a_new_address_signs_in_and_the_old_one_no_longer_does(office):
    user = make_user(Role.EM, email="old@example.com")
    signed_in(user)

    office.post(
        reverse("admin:people_user_change", args=[user.pk]),
        said_of(user, email="new@example.com"),
    )

    assert is_in(signed_in(User.objects.get(pk=user.pk)))
    assert not User.objects.filter(email="old@example.com").exists()


def test_the_last_administrator_cannot_leave(office, admin):
    response = office.post(
        reverse("admin:people_user_change", args=[admin.pk]), said_of(admin, roles=["em"])
    )

    assert "Name another one first" in response.content.decode()
    assert User.objects.get(pk=admin.pk).has(Role.ADMIN)


def test_nobody_is_deleted(office):
    user = make_user()

    response = office.post(reverse("admin:people_user_delete", args=[user.pk]), {"post": "yes"})

    assert response.status_code == 403
    assert User.objects.filter(pk=user.pk).exists()


def test_territories_and_coverage_are_recorded(office, admin):
    segment, user = Segment.objects.get(name="SMB"), make_user(Role.EM)
    office.post(reverse("admin:people_territory_add"), {"name": "Iberia", "segment": segment.pk})
    territory = Territory.objects.get(name="Iberia")

    office.post(
        reverse("admin:people_coverage_add"),
        {"user": user.pk, "territory": territory.pk, "since": "2026-03-02"},
    )

    assert Event.objects.about(territory).get().verb == "people.territory_added"
    covered = Event.objects.about(user).get()
    assert (covered.verb, covered.actor) == ("people.covered", admin)


def test_deleting_coverage_is_recorded(office):
    user = make_user(Role.EM)
    coverage = Coverage.objects.create(
        user=user, segment=Segment.objects.get(name="SMB"), since=TODAY
    )

    office.post(
        reverse("admin:people_coverage_changelist"),
        {"action": "delete_selected", "_selected_action": [coverage.pk], "post": "yes"},
    )

    assert Event.objects.about(user).get().verb == "people.coverage_removed"


def test_an_overlap_comes_back_with_the_reason(office):
    ana, ben = make_user(), make_user()
    for day in (1, 5):
        Absence(
            user=ana, delegate=ben, first_day=f"2026-03-0{day}", last_day=f"2026-03-0{day}"
        ).keep(by=None, at=NOON)
    second = Absence.objects.get(first_day="2026-03-05")

    response = office.post(
        reverse("admin:people_absence_change", args=[second.pk]),
        {"delegate": ben.pk, "first_day": "2026-03-01", "last_day": "2026-03-05"},
    )

    assert "These days overlap another absence." in response.content.decode()


def test_passwords_change_by_the_one_door(office):
    response = office.get(reverse("admin:password_change"))

    assert response.headers["Location"] == reverse("account_change_password")

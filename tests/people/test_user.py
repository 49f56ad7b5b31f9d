import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import F
from django.db.models.functions import Upper
from django.db.transaction import atomic

from emdesk.ledger.models import Event
from emdesk.people.models import Level, Role, User
from tests.people.people import NOON, make_user


def test_an_address_is_kept_in_small_letters():
    assert make_user(email=" Ana@Example.COM ").email == "ana@example.com"


def test_one_address_is_one_person_however_it_is_written():
    make_user(email="ana@example.com")

    with pytest.raises(ValidationError):
        make_user(email="ANA@example.com")


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": Upper("email")},
        {"roles": ["king"]},
        {"roles": ["em", None]},
        {"level": "demigod"},
        {"level": Level.SENIOR},
    ],
)
def test_the_database_refuses(wrong):
    viewer = make_user(Role.VIEWER)

    with pytest.raises(IntegrityError), atomic():
        User.objects.filter(pk=viewer.pk).update(**wrong)


def test_a_time_zone_must_exist():
    with pytest.raises(ValidationError, match="Atlantis"):
        make_user(time_zone="Europe/Atlantis")


def test_any_of_several_roles_will_do():
    legal = make_user(Role.LEGAL, Role.VIEWER)

    assert legal.has(Role.EM, Role.LEGAL)
    assert not legal.has(Role.EM, Role.REVENUE)


@pytest.mark.parametrize("role", Role)
def test_only_leads_and_directors_lead(role):
    assert make_user(role).leads == (role in {Role.EM_LEAD, Role.DIRECTOR})


@pytest.mark.parametrize("role", Role)
def test_only_administrators_manage_people_and_settings_and_nothing_else(role):
    user = make_user(role)

    assert user.has_perm("people.change_user") == (role == Role.ADMIN)
    assert user.has_module_perms("configuration") == (role == Role.ADMIN)
    assert not user.has_perm("scoping.view_scopingissue")
    assert not user.has_module_perms("ledger")


def test_an_administrator_who_left_manages_nothing():
    user = make_user(Role.ADMIN, is_active=False)

    assert not user.has_perm("people.change_user")


def test_issues_go_to_active_engagement_managers():
    em = make_user(Role.EM)
    both = make_user(Role.EM_LEAD, Role.EM)
    make_user(Role.EM_LEAD)
    make_user(Role.EM, is_active=False)

    assert set(User.objects.engagement_managers()) == {em, both}


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Ana", "A"), ("Ana de Souza", "AS"), ("ute weiß", "UW"), ("王 小明", "王小")],
)
def test_initials(name, initials):
    assert User(name=name).initials == initials


def test_an_avatar_colour_is_for_good():
    assert [User(pk=pk).slot for pk in range(7)] == [0, 1, 2, 3, 4, 5, 0]


def test_a_change_of_roles_is_in_the_ledger():
    admin, user = make_user(Role.ADMIN), make_user(Role.VIEWER)

    user.change_roles([Role.LEGAL, Role.EM], by=admin, at=NOON)

    event = Event.objects.about(user).get()
    assert (event.verb, event.actor, event.at) == ("people.roles_changed", admin, NOON)
    assert event.data == {"was": ["viewer"], "now": ["em", "legal"]}
    assert User.objects.get(pk=user.pk).roles == ["em", "legal"]


def test_the_same_roles_again_are_no_change():
    user = make_user(Role.EM, Role.LEGAL)

    user.change_roles([Role.LEGAL, Role.EM], by=user, at=NOON)

    assert not Event.objects.about(user).exists()


def test_the_level_goes_with_the_role_it_belongs_to():
    user = make_user(Role.EM, level=Level.SENIOR)

    user.change_roles([Role.VIEWER], by=None, at=NOON)

    assert User.objects.get(pk=user.pk).level == ""


def test_a_newcomer_joins_on_record_and_without_a_password():
    admin = make_user(Role.ADMIN)

    user = User.objects.enrol("new@example.com", name="New", roles=["em"], by=admin, at=NOON)

    assert Event.objects.about(user).get().verb == "people.joined"
    assert not user.has_usable_password()


def test_leaving_and_coming_back_are_on_record():
    user = make_user(Role.EM)

    user.deactivate(by=None, at=NOON)
    user.deactivate(by=None, at=NOON)
    user.reactivate(by=None, at=NOON)

    verbs = [event.verb for event in Event.objects.about(user)]
    assert verbs == ["people.deactivated", "people.reactivated"]


def test_the_last_administrator_stays():
    admin = make_user(Role.ADMIN)
    make_user(Role.ADMIN, is_active=False)

    with pytest.raises(ValidationError, match="another one first"):
        admin.change_roles([Role.EM], by=admin, at=NOON)
    with pytest.raises(ValidationError, match="another one first"):
        admin.deactivate(by=admin, at=NOON)

    stored = User.objects.get(pk=admin.pk)
    assert stored.is_active
    assert stored.has(Role.ADMIN)


def test_what_changed_about_a_person_is_on_record_but_not_what_it_said():
    user = make_user(name="Ana")

    user.amend(name="Ana Silva", time_zone=user.time_zone, by=user, at=NOON)

    event = Event.objects.about(user).get()
    assert (event.verb, event.data) == ("people.amended", {"fields": ["name"]})


def test_epochs_only_grow():
    user = make_user()
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)

    user.end_sessions()

    assert user.session_epoch == 2

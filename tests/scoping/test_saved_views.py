"""Saved views: what they keep, who has them, and that nobody overwrites unseen."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.transaction import atomic

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from scoping.facts import Overtaken
from scoping.models import SavedView
from scoping.models.saved_view import normal
from scoping.rules import changes_view, shares_views
from scoping.saving_views import put_first, rewrite, save_as
from tests.factories import NOON, make_user

pytestmark = pytest.mark.django_db


def names_for(user):
    return [view.name for view in SavedView.objects.in_menu_of(user)]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("view=team&em=2&em=1", "em=1&em=2&view=team"),
        ("em=1&view=team&em=1&em=2", "em=1&em=2&view=team"),
        ("q=&segment=3", "segment=3"),
        ("page=4&saved=9&board=ems&csrfmiddlewaretoken=x&q=a", "q=a"),
        ("cols=value&cols=account&sort=-value", "cols=value&cols=account&sort=-value"),
        ("q=a%26b%3Dc%0D%0ALocation%3A+x", "q=a%26b%3Dc%0D%0ALocation%3A+x"),
        ("", ""),
        ("&&=&x", ""),
    ],
)
def test_the_same_filters_are_always_the_same_text(query, kept):
    assert normal(query) == kept
    assert normal(normal(query)) == kept


def test_parameters_a_page_does_not_know_make_no_difference():
    assert normal("q=a&colour=red", {"q", "em"}) == "q=a"


def test_a_view_keeps_its_filters_in_their_normal_form():
    view = save_as(" Mine ", by=make_user(), at=NOON, query="view=mine&status=todo&page=2")

    assert (view.name, view.query, view.version) == ("Mine", "status=todo&view=mine", 1)
    assert view.address == f"/board/?status=todo&view=mine&saved={view.pk}"


def test_a_view_is_no_work_record_and_leaves_no_event():
    view = save_as("Mine", by=make_user(), at=NOON)
    before = Event.objects.count()

    rewrite(view, seen=1, at=NOON, query="q=x")
    view.delete()

    assert Event.objects.count() == before


def test_the_menu_has_ones_own_views_first_and_then_the_teams():
    me, other = make_user(), make_user()
    save_as("zeta", by=other, at=NOON, team=True)
    save_as("Alpha", by=other, at=NOON, team=True)
    save_as("theirs", by=other, at=NOON)
    save_as("second", by=me, at=NOON, team=True)
    save_as("a third", by=me, at=NOON)

    assert names_for(me) == ["second", "a third", "Alpha", "zeta"]
    assert names_for(other) == ["zeta", "Alpha", "theirs", "second"]
    assert names_for(make_user(Role.ADMIN)) == ["Alpha", "second", "zeta"]


def test_a_view_put_first_is_first_for_its_owner_and_the_others_keep_their_order():
    me = make_user()
    views = [save_as(name, by=me, at=NOON) for name in "abc"]

    put_first(views[2])

    assert names_for(me) == ["c", "a", "b"]
    put_first(views[1])
    assert names_for(me) == ["b", "c", "a"]


def test_two_windows_do_not_overwrite_each_other():
    view = save_as("Mine", by=make_user(), at=NOON)
    rewrite(view, seen=1, at=NOON, query="q=first")

    with pytest.raises(Overtaken):
        rewrite(view, seen=1, at=NOON, query="q=second")

    view.refresh_from_db()
    assert (view.query, view.version) == ("q=first", 2)


def test_a_person_has_a_name_once_whatever_its_case():
    me = make_user()
    save_as("To do", by=me, at=NOON)
    save_as("To do", by=make_user(), at=NOON)

    with pytest.raises(ValidationError, match="You have a view of this name"):
        save_as("to DO", by=me, at=NOON)


def test_the_team_has_a_name_once():
    save_as("EMEA", by=make_user(), at=NOON, team=True)
    mine = save_as("emea", by=make_user(), at=NOON)

    with pytest.raises(ValidationError, match="The team has a view of this name"):
        rewrite(mine, seen=1, at=NOON, team=True)


def test_the_database_holds_names_apart_too():
    me = make_user()
    save_as("One", by=me, at=NOON)

    with pytest.raises(IntegrityError), atomic():
        SavedView.objects.create(owner=me, name="ONE", saved_at=NOON)
    with pytest.raises(IntegrityError), atomic():
        SavedView.objects.create(owner=me, name="Two", layout="cube", saved_at=NOON)


@pytest.mark.parametrize("role", list(Role))
def test_ems_and_leads_share_views(role):
    assert shares_views(make_user(role)) == (role in {Role.EM, Role.EM_LEAD, Role.DIRECTOR})


def test_a_view_is_changed_by_its_owner_and_a_team_view_by_the_leads_too():
    me, colleague, lead = make_user(), make_user(), make_user(Role.EM_LEAD)
    own = save_as("own", by=me, at=NOON)
    shared = save_as("shared", by=me, at=NOON, team=True)

    assert [changes_view(own, who) for who in (me, colleague, lead)] == [True, False, False]
    assert [changes_view(shared, who) for who in (me, colleague, lead)] == [True, False, True]

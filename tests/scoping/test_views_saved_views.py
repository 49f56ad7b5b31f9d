"""Saved views in the browser: opening, saving, sharing, and what others see of them."""

from urllib.parse import parse_qs, urlsplit

import pytest

from emdesk.people.models import Role
from scoping.models import SavedView
from scoping.saving_views import rewrite, save_as
from tests.factories import NOON, make_ready_issue, make_segment, make_user
from tests.scoping.markup import filled, parsed
from tests.scoping.pages import BOARD, page_of, queries_of
from tests.scoping.test_views_board import on

pytestmark = pytest.mark.django_db
MENU, SAVE = "/views/", "/views/save/"


@pytest.fixture
def view(em):
    return save_as("Hot deals", by=em, at=NOON, query="view=team&status=todo")


def opened(client, view):
    """The board as the view opens it."""
    return parsed(client.get(view.get_absolute_url(), follow=True).content.decode())


def bar(page):
    (found,) = [each for each in page.all() if each.attributes.get("id") == "views"]
    return found


def words(page):
    return [each.text for each in bar(page).all() if each.name in {"button", "a", "b"}]


def fresh(view):
    return SavedView.objects.get(pk=view.pk)


def named(client):
    """The names in the menu, in order."""
    page = page_of(client, MENU)
    rows = [row for rows in page.having("rows") for row in rows.children]
    return [row.children[0].text for row in rows]


def test_a_view_opens_the_board_with_its_filters(client, em, view):
    wanted = make_ready_issue(em_status="todo")
    make_ready_issue(em_status="waiting", engagement_manager=em)

    answer = client.get(view.get_absolute_url())
    assert answer.headers["Location"] == f"/board/?status=todo&view=team&saved={view.pk}"
    page = opened(client, view)

    assert on(page) == {wanted.pk}
    assert words(page)[:1] == ["Hot deals"]
    assert "Changed" not in bar(page).text


def test_filters_that_differ_from_the_opened_view_offer_save_save_as_and_reset(client, view):
    page = page_of(client, view="team", quiet="on", saved=view.pk)

    assert words(page)[:4] == ["Hot deals", "Save", "Save as", "Reset"]
    assert "Changed" in bar(page).text


def test_the_order_of_filters_is_no_change(client, em):
    view = save_as("Two", by=em, at=NOON, query=f"view=team&em={em.pk}&status=todo")

    page = page_of(client, status="todo", em=em.pk, view="team", saved=view.pk, page=7, x="y")

    assert "Changed" not in bar(page).text


def test_save_keeps_the_filters_under_the_same_name(client, view):
    page = page_of(client, view="team", quiet="on", saved=view.pk)
    form = next(each for each in bar(page).all() if each.name == "form")

    answer = client.post(form["action"], filled(form))

    assert answer.headers["Location"] == view.get_absolute_url()
    assert fresh(view).query == "quiet=on&view=team"


def test_a_view_somebody_saved_meanwhile_is_not_overwritten(client, view):
    page = page_of(client, view="team", quiet="on", saved=view.pk)
    form = next(each for each in bar(page).all() if each.name == "form")
    rewrite(view, seen=1, at=NOON, query="q=theirs")

    answer = client.post(form["action"], filled(form))

    assert answer.status_code == 409
    assert "Reset" in answer.content.decode()
    assert "Save as" in answer.content.decode()
    assert fresh(view).query == "q=theirs"


def test_what_was_not_saved_can_be_saved_under_another_name(client, view):
    rewrite(view, seen=1, at=NOON, query="q=theirs")
    answer = client.post(f"/views/{view.pk}/save/", {"seen": 1, "query": "q=mine&view=team"})
    form = filled(parsed(answer.content.decode()).having("form")[0])

    client.post(SAVE, form | {"name": "Mine now"})

    assert SavedView.objects.get(name="Mine now").query == "q=mine&view=team"


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 20])
def test_a_save_without_a_version_saves_nothing(client, view, seen):
    assert client.post(f"/views/{view.pk}/save/", {"seen": seen, "query": "q=x"}).status_code == 302
    assert fresh(view).query == "status=todo&view=team"


def test_save_as_from_the_menu_keeps_what_the_board_showed(client, em):
    segment = make_segment("MM_East")
    page = page_of(client, view="team", segment=segment.pk)
    menu = next(each["href"] for each in bar(page).all() if each.name == "a")
    form = filled(parsed(client.get(menu).content.decode()).having("form")[0])

    answer = client.post(SAVE, form | {"name": "East"}, follow=True)

    view = SavedView.objects.get()
    assert (view.owner, view.name, view.team, view.layout) == (em, "East", False, "board")
    assert parse_qs(view.query) == {"segment": [str(segment.pk)], "view": ["team"]}
    assert words(parsed(answer.content.decode()))[0] == "East"


@pytest.mark.parametrize(
    "said",
    [
        {"name": ""},
        {"name": "x" * 61},
        {"name": "hot DEALS"},
        {"name": "ok", "query": "q=" + "x" * 2_000},
        {"name": "ok", "layout": "cube"},
        {"name": "a\x00b"},
    ],
)
def test_what_cannot_be_saved_is_said_and_not_saved(client, view, said):
    answer = client.post(SAVE, {"name": "New", "layout": "board", "query": ""} | said)

    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert SavedView.objects.count() == 1


def test_a_personal_view_of_somebody_else_does_not_exist(view, signed_in):
    for role in (Role.EM, Role.EM_LEAD, Role.DIRECTOR, Role.ADMIN):
        client = signed_in(make_user(role))
        assert client.get(view.get_absolute_url()).status_code == 404
        assert client.get(f"/views/{view.pk}/change/").status_code == 404
        for deed in ("save", "change", "delete"):
            assert client.post(f"/views/{view.pk}/{deed}/", {"seen": 1}).status_code == 404
        assert named(client) == []
        assert "Hot deals" not in client.get(BOARD, {"saved": view.pk}).content.decode()


def test_a_team_view_opens_for_everybody_and_shows_only_what_they_may_see(client, em, signed_in):
    view = save_as("All of it", by=em, at=NOON, team=True, query="view=team")
    member = make_user(Role.ACCOUNT_TEAM)
    own = make_ready_issue(requester=member)
    make_ready_issue()

    page = opened(signed_in(member), view)

    assert on(page) == {own.pk}
    assert words(page)[0] == "All of it"


def test_a_team_view_is_changed_by_its_owner_and_leads_and_by_nobody_else(em, signed_in):
    view = save_as("Ours", by=em, at=NOON, team=True)
    said = {"name": "Renamed", "team": "on"}

    for role in (Role.EM, Role.PS_LEADERSHIP, Role.ACCOUNT_TEAM):
        other = signed_in(make_user(role))
        for deed in ("save", "change", "delete"):
            assert other.post(f"/views/{view.pk}/{deed}/", {"seen": 1} | said).status_code == 403
        page = page_of(other, quiet="on", saved=view.pk)
        assert words(page)[:3] == ["Ours", "Save as", "Reset"]
    lead = signed_in(make_user(Role.EM_LEAD))
    assert lead.post(f"/views/{view.pk}/change/", {"seen": 1} | said).status_code == 302
    assert fresh(view).name == "Renamed"


@pytest.mark.parametrize("role", list(Role))
def test_only_ems_and_leads_can_share(signed_in, role):
    user = make_user(role)
    client = signed_in(user)

    client.post(SAVE, {"name": "New", "layout": "board", "team": "on"})

    shares = role in {Role.EM, Role.EM_LEAD, Role.DIRECTOR}
    assert SavedView.objects.get(owner=user).team == shares
    assert ('name="team"' in client.get(MENU).content.decode()) == shares


def test_a_view_is_renamed_shared_and_put_first(client, em, view):
    save_as("Earlier", by=em, at=NOON, team=True)
    address = f"/views/{view.pk}/change/"
    form = filled(parsed(client.get(address).content.decode()).having("form")[0])

    client.post(address, form | {"name": "Hotter", "team": "on", "first": "on"})

    assert named(client) == ["Hotter", "Earlier"]
    assert fresh(view).team


def test_a_name_the_team_has_is_refused(client, em, view):
    save_as("Ours", by=make_user(), at=NOON, team=True)

    answer = client.post(f"/views/{view.pk}/change/", {"seen": 1, "name": "OURS", "team": "on"})

    assert answer.status_code == 422
    assert "The team has a view of this name" in answer.content.decode()
    assert fresh(view).name == "Hot deals"


def test_a_rename_from_a_page_that_is_behind_says_so(client, view):
    rewrite(view, seen=1, at=NOON, name="Theirs")

    answer = client.post(f"/views/{view.pk}/change/", {"seen": 1, "name": "Mine"})

    assert answer.status_code == 409
    assert fresh(view).name == "Theirs"
    form = filled(parsed(answer.content.decode()).having("form")[0])
    assert client.post(f"/views/{view.pk}/change/", form).status_code == 302
    assert fresh(view).name == "Mine"


def test_a_deleted_view_is_gone_and_its_address_too(client, view):
    assert client.get(f"/views/{view.pk}/delete/").status_code == 405

    client.post(f"/views/{view.pk}/delete/")

    assert client.get(view.get_absolute_url()).status_code == 404
    assert client.get(BOARD, {"saved": view.pk}).status_code == 200


@pytest.mark.parametrize("saved", ["x", "0", "٣", "9" * 30, "-1", ""])
def test_a_view_that_does_not_exist_leaves_the_board_as_it_is(client, saved):
    assert words(page_of(client, saved=saved)) == ["Views", "Views"]


def test_broken_filters_of_a_view_are_ignored(client, em):
    mine = make_ready_issue(engagement_manager=em)
    view = save_as("Broken", by=em, at=NOON)
    query = "view=x&em=x&segment=x&lanes=x&colour=red&q=%00%ff&status=&&="
    SavedView.objects.filter(pk=view.pk).update(query=query)

    answer = client.get(view.get_absolute_url(), follow=True)

    assert answer.status_code == 200
    assert urlsplit(answer.redirect_chain[0][0]).path == "/board/"
    assert mine.pk in on(page_of(client))


def test_names_are_text_wherever_they_stand(client, em):
    name = "<b onclick=x>\"'&amp;"
    view = save_as(name, by=em, at=NOON, team=True)

    for address in (MENU, f"/views/{view.pk}/change/", f"/board/?saved={view.pk}&quiet=on"):
        page = client.get(address).content.decode()
        assert "<b onclick" not in page
        assert "&lt;b onclick=x&gt;" in page


def test_the_board_asks_nothing_about_views_until_one_is_opened(client, em, view):
    bare = queries_of(client, BOARD, {"view": "team"})
    for number in range(5):
        save_as(f"View {number}", by=em, at=NOON, team=True)

    assert queries_of(client, BOARD, {"view": "team"}) == bare
    assert queries_of(client, BOARD, {"view": "team", "saved": view.pk}) == bare + 1


def test_the_menu_costs_the_same_for_one_view_and_for_many(client, em, view):
    one = queries_of(client, MENU)
    for number in range(5):
        save_as(f"View {number}", by=make_user(), at=NOON, team=True)

    assert queries_of(client, MENU) == one


def test_an_empty_menu_says_how_to_fill_it(client):
    assert "No view is saved yet" in client.get(MENU).content.decode()


def test_the_menu_is_a_part_of_the_board_for_htmx(client, view, htmx):
    answer = client.get(MENU, headers=htmx).content.decode()

    assert "<html" not in answer
    assert "Hot deals" in answer


def test_a_view_of_the_list_stays_open_while_one_sorts_and_turns_pages(client, em):
    for _ in range(26):
        make_ready_issue(engagement_manager=em)
    view = save_as("Dear ones", by=em, at=NOON, layout="list", query="view=team&sort=-value")

    page = opened(client, view)

    assert "Changed" not in bar(page).text
    links = [each["href"] for each in page.all() if "sort=" in each.attributes.get("href", "")]
    assert len(links) > 3
    assert all(f"saved={view.pk}" in link for link in links if link.startswith("/issues/?"))
    turned = page_of(client, "/issues/", view="team", sort="-value", page=2, saved=view.pk)
    assert "Changed" not in bar(turned).text
    resorted = page_of(client, "/issues/", view="team", sort="value", saved=view.pk)
    assert "Changed" in bar(resorted).text

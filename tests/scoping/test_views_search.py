"""The search page and the palette, as people with different roles get them."""

import pytest
from django.utils.html import escape

from emdesk.people.models import Role
from scoping.models import SavedView
from scoping.search.finding import PAGE
from scoping.states import Outcome, State
from tests.factories import NOON, make_account, make_issue, make_segment, make_user
from tests.scoping.markup import parsed
from tests.scoping.pages import page_of, queries_of
from tests.scoping.test_search import STRANGE

pytestmark = pytest.mark.django_db
SEARCH, PALETTE = "/search/", "/palette/"


def texts(page, name):
    return [" ".join(each.text.split()) for each in page.having(name)]


def choices(client, text, **more):
    return client.get(PALETTE, {"q": text, **more}).content.decode()


@pytest.fixture
def outsider(signed_in):
    return signed_in(make_user(Role.ACCOUNT_TEAM))


def test_a_hit_tells_which_issue_whose_where_it_stands_and_why(client, em):
    issue = make_issue(
        State.SOW_WIP,
        title="Leave Subversion",
        account=make_account(name="Saltmarsh"),
        engagement_manager=em,
        segment=make_segment("Ent_EMEA"),
        current_state="Waits for legal",
    )
    (hit,) = texts(page_of(client, SEARCH, q="subv legal"), "hit")

    for said in (f"PS-{issue.pk}", "Saltmarsh", "Subversion", "SOW_WIP", "AO", "Ent EMEA"):
        assert said in hit
    assert "Current state" in hit
    assert "legal" in hit


def test_live_and_closed_are_told_apart_in_words(client):
    make_issue(State.CLOSED, title="Subversion", outcome=Outcome.WON)
    make_issue(State.STRAWMAN_WIP, title="Subversion")

    live, closed = texts(page_of(client, SEARCH, q="subversion"), "hit")
    assert "Strawman_WIP" in live
    assert "Won" in closed
    assert "Closed" in closed


@pytest.mark.parametrize("text", STRANGE)
@pytest.mark.parametrize("address", [SEARCH, PALETTE])
def test_anything_may_be_asked(client, address, text):
    assert client.get(address, {"q": text}).status_code in (200, 302)


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "99999999999", "2", ""])
def test_any_page_may_be_asked_for(client, page):
    make_issue(title="Subversion")

    assert client.get(SEARCH, {"q": "subversion", "page": page}).status_code == 200


@pytest.mark.parametrize("spelled", ["{}", "#{}", "PS-{}", "ps{}", " ps-{} "])
def test_a_number_opens_its_issue(client, spelled):
    issue = make_issue()
    response = client.get(SEARCH, {"q": spelled.format(issue.pk)})

    assert (response.status_code, response.url) == (302, issue.get_absolute_url())


def test_a_number_one_may_not_see_is_as_one_that_does_not_exist(outsider):
    issue = make_issue(title="Quagga")
    hidden = outsider.get(SEARCH, {"q": f"PS-{issue.pk}"})
    absent = outsider.get(SEARCH, {"q": f"PS-{issue.pk + 1}"})

    assert hidden.status_code == absent.status_code == 200
    said = hidden.content.decode().replace(str(issue.pk), str(issue.pk + 1))
    strip = lambda page: page[page.index("<main") : page.index("</main")]  # noqa: E731
    assert strip(said) == strip(absent.content.decode())


def test_results_come_a_page_at_a_time(client):
    account = make_account()
    for _ in range(PAGE + 2):
        make_issue(title="Subversion", account=account)

    first = client.get(SEARCH, {"q": "subversion"}).content.decode()
    assert first.count('<li class="hit') == PAGE
    assert f"1 to {PAGE} of {PAGE + 2} issues" in first
    assert "page=2" in first
    second = client.get(SEARCH, {"q": "subversion", "page": "2"}).content.decode()
    assert second.count('<li class="hit') == 2
    assert "More</a>" not in second


def test_the_number_beside_an_account_is_the_number_behind_its_link(client):
    account = make_account(name='Salt & "Marsh"')
    for _ in range(3):
        make_issue(account=account)
    make_issue(account=make_account(name="Saltmarsh"))

    page = page_of(client, SEARCH, q="salt marsh")
    link = next(each for each in page.all() if each.name == "a" and each.text == account.name)
    behind = client.get(link["href"]).content.decode()

    assert "3 issues, 3 live" in client.get(SEARCH, {"q": "salt marsh"}).content.decode()
    assert behind.count('<li class="hit') == 3


def test_what_is_not_understood_is_explained_on_the_page(client):
    assert "foo: is not an operator" in client.get(SEARCH, {"q": "foo:bar"}).content.decode()


def test_what_is_typed_is_never_markup(client):
    typed = '"><script>alert(1)</script>'
    page = client.get(SEARCH, {"q": typed}).content.decode()

    assert "<script>alert" not in page
    assert escape(typed) in page


def test_nothing_found_says_what_to_do(client):
    assert "Try fewer words" in client.get(SEARCH, {"q": "quagga"}).content.decode()


def test_others_issues_are_neither_shown_nor_counted(outsider):
    make_issue(title="Quagga", account=make_account(name="Okapi"))

    for word in ("quagga", "okapi"):
        assert "No issue found" in outsider.get(SEARCH, {"q": word}).content.decode()
        assert "Okapi" not in outsider.get(SEARCH, {"q": word}).content.decode()
        assert "Okapi" not in choices(outsider, word)


@pytest.mark.parametrize("address", [SEARCH, PALETTE])
def test_five_hits_cost_as_much_as_one(client, em, address):
    counts = []
    for times in (1, 4):
        for _ in range(times):
            make_issue(title="Subversion", description="Zebra", engagement_manager=em)
        counts.append(queries_of(client, address, {"q": "subversion zebra"}))

    assert counts[0] == counts[1] <= 8


def test_the_palette_leads_to_pages_with_their_keys(client):
    said = choices(client, "")

    assert 'href="/board/"' in said
    assert "<kbd>g b</kbd>" in said
    assert "My day" in choices(client, "day")
    assert "My board" not in choices(client, "day")


def test_the_palette_offers_the_issue_of_a_number_first(client):
    issue = make_issue()
    make_issue(title=f"After PS-{issue.pk}")
    page = parsed(choices(client, str(issue.pk)))

    first = next(each for each in page.all() if each.attributes.get("role") == "option")
    assert first["href"] == issue.get_absolute_url()


def test_before_a_letter_the_palette_shows_ones_own(client, em):
    own = make_issue(engagement_manager=em)
    other = make_issue(engagement_manager=make_user())

    assert own.get_absolute_url() in choices(client, "")
    assert other.get_absolute_url() not in choices(client, "")


def test_the_palette_acts_on_the_issue_that_is_open(client, em, signed_in):
    issue = make_issue(engagement_manager=em)

    assert f"Move PS-{issue.pk}" in choices(client, "", on=issue.pk)
    assert "Move" not in choices(client, "", on="x")
    reader = signed_in(make_user(Role.VIEWER))
    assert "Move" not in choices(reader, "", on=issue.pk)
    outsider = signed_in(make_user(Role.ACCOUNT_TEAM))
    assert f"PS-{issue.pk}" not in choices(outsider, "", on=issue.pk)


def test_the_palette_offers_ones_saved_views(client, em):
    SavedView.objects.create(owner=em, name="Quiet deals", saved_at=NOON)
    SavedView.objects.create(owner=make_user(), name="Quiet elsewhere", saved_at=NOON)

    assert "Quiet deals" in choices(client, "quiet")
    assert "Quiet elsewhere" not in choices(client, "quiet")


def test_the_palettes_frame_brings_its_own_style(client):
    assert "css/palette.css" in client.get(PALETTE, {"frame": ""}).content.decode()
    assert "css/palette.css" not in client.get(PALETTE).content.decode()

"""The Load page, the rows behind its numbers, and a hand-over from preview to undo."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from emdesk.ledger.models import Event
from emdesk.people.models import Absence, Coverage, Role, Territory, User
from scoping.models import ScopingIssue
from scoping.states import State
from tests.factories import (
    again,
    make_account,
    make_issue,
    make_ready_issue,
    make_segment,
    make_user,
)
from tests.scoping.markup import filled, parsed
from tests.scoping.pages import page_of, queries_of

pytestmark = pytest.mark.django_db
LOAD, ROWS = "/load/", "/load/issues/"
PREVIEW, HAND_OVER, UNDO = "/load/preview/", "/load/hand-over/", "/load/undo/"


@pytest.fixture
def lead():
    return make_user(Role.EM_LEAD, name="Lena Vogel")


@pytest.fixture
def client(lead, signed_in):
    return signed_in(lead)


@pytest.fixture
def territory():
    return Territory.objects.create(name="Alps", segment=make_segment())


@pytest.fixture
def ben(territory):
    user = make_user(name="Ben Brown")
    today = now().date()
    Coverage.objects.create(user=user, territory=territory, since=today - timedelta(days=9))
    return user


def in_territory(territory, **fields):
    account = make_account(sales_territory=territory)
    return make_issue(State.STRAWMAN_WIP, account=account, **fields)


def row_of(page, name):
    return next(row for row in page.all() if row.name == "tr" and name in row.children[0].text)


def cells(row):
    return {cell["data-label"]: cell for cell in row.all() if "data-label" in cell.attributes}


def ticked(page):
    """The issues a page of rows shows."""
    return {int(each["value"]) for each in page.all() if each.attributes.get("name") == "issue"}


def form_with(answer, name):
    """The form on this answer that sends ``name``, as a browser would send it."""
    forms = [each for each in parsed(answer.content.decode()).all() if each.name == "form"]
    return next(said for said in map(filled, forms) if name in said)


def preview(client, *issues, **said):
    data = {"issue": [issue.pk for issue in issues], "which": "ticked", "to": "spread"}
    return client.post(PREVIEW, data | said)


@pytest.mark.parametrize("role", list(Role))
def test_load_is_for_leads_and_does_not_exist_for_others(signed_in, role):
    visitor = signed_in(make_user(role))
    status = 200 if role in {Role.EM_LEAD, Role.DIRECTOR} else 404

    assert visitor.get(LOAD).status_code == status
    assert visitor.get(ROWS).status_code == status
    shown = "/load/" in visitor.get("/").content.decode()
    assert shown == (status == 200)


def test_each_number_leads_to_as_many_rows(client):
    manager, today = make_user(name="Ben Brown"), now().date()
    make_ready_issue(engagement_manager=manager, em_status="todo", next_step="Call")
    late = make_ready_issue(engagement_manager=manager, next_step="Call", currency="EUR")
    ScopingIssue.objects.filter(pk=late.pk).update(next_step_date=today - timedelta(days=1))
    soon = make_issue(engagement_manager=manager, next_step_date=today, next_step="Call")
    quiet = make_ready_issue(State.SOW_WIP, engagement_manager=manager)
    make_issue()

    page = page_of(client, f"{LOAD}?columns=1")

    numbers = {
        label: [each for each in cell.all() if each.name == "a"]
        for label, cell in cells(row_of(page, "Ben Brown")).items()
    }
    expected = {
        "Live": 4,
        "To do": 1,
        "Overdue": 1,
        "Due in 7 days": 1,
        "Oldest without next step": 1,
        "Open": 3,
        "SOW_WIP": 1,
    }
    for label, count in expected.items():
        (link,) = numbers[label]
        assert len(ticked(page_of(client, link["href"]))) == count, label
    assert ticked(page_of(client, numbers["Overdue"][0]["href"])) == {late.pk}
    assert ticked(page_of(client, numbers["Due in 7 days"][0]["href"])) == {soon.pk}
    assert ticked(page_of(client, numbers["SOW_WIP"][0]["href"])) == {quiet.pk}


def test_what_nobody_has_is_on_top_and_everybodys_sum_below(client):
    make_user(name="Ben Brown")
    make_issue()

    names = [row.children[0].text for row in page_of(client, LOAD).all() if row.name == "tr"][1:]

    assert names == ["Nobody yet", "Ben Brown", "Everybody"]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", ["Amara", "Ben"]),
        ("-name", ["Ben", "Amara"]),
        ("-live", ["Ben", "Amara"]),
        ("live", ["Amara", "Ben"]),
        ("nonsense", ["Ben", "Amara"]),
        ("", ["Ben", "Amara"]),
        ("--value", ["Ben", "Amara"]),
    ],
)
def test_the_table_is_sorted_as_its_address_says(client, sort, names):
    make_user(name="Amara")
    make_issue(engagement_manager=make_user(name="Ben"))

    page = page_of(client, LOAD, sort=sort)

    rows = [row.children[0].text for row in page.all() if row.name == "tr"]
    assert rows[2:-1] == names


def test_a_head_says_how_it_is_sorted_and_sorts_the_other_way(client):
    make_user()
    page = page_of(client, LOAD, sort="-live")

    (head,) = [each for each in page.all() if "aria-sort" in each.attributes]

    assert (head["aria-sort"], head.children[0]["href"]) == ("descending", "?sort=live")


@pytest.mark.parametrize(
    "said",
    [
        {"em": "x"},
        {"em": "9" * 30},
        {"state": "closed"},
        {"segment": "x"},
        {"territory": "٣"},
        {"due": "x"},
        {"status": "x", "quiet": "", "colour": "red"},
    ],
)
def test_what_no_filter_knows_is_ignored(client, said):
    issue = make_issue()

    assert ticked(page_of(client, ROWS, **said)) == {issue.pk}


def test_rows_are_narrowed_by_place_and_column(client, territory):
    segment = make_segment("MM_East")
    alps = in_territory(territory)
    own = make_issue(segment=segment)
    through_account = make_issue(account=make_account(segment=segment))
    make_issue(State.CLOSED, segment=segment)

    assert ticked(page_of(client, ROWS, territory=territory.pk)) == {alps.pk}
    assert ticked(page_of(client, ROWS, segment=segment.pk)) == {own.pk, through_account.pk}
    assert ticked(page_of(client, ROWS, state="strawman_wip")) == {alps.pk}
    assert ticked(page_of(client, ROWS, em="none")) == {alps.pk, own.pk, through_account.pk}


def test_no_row_is_said_with_a_way_out(client):
    page = client.get(ROWS, {"due": "overdue"}).content.decode()

    assert "No live issue fits these filters." in page
    assert "Clear filters" in page


def test_a_gap_is_on_the_page_with_what_lies_in_it(client, territory):
    in_territory(territory)

    page = client.get(LOAD).content.decode()

    assert "Nobody is named for it." in page
    assert f"/load/issues/?territory={territory.pk}" in page


def test_a_preview_shows_who_gets_what_and_changes_nothing(client, ben, territory):
    issue = in_territory(territory)
    stays = make_issue()

    answer = preview(client, issue, stays)

    text = parsed(answer.content.decode()).text
    assert "1 will go, 1 will stay" in text
    assert "Ben Brown" in text
    assert "It has no territory and no segment" in text
    assert again(issue).engagement_manager is None


def test_a_hand_over_goes_as_the_preview_said_and_back_with_one_undo(client, ben, territory, lead):
    before = make_user()
    issues = [in_territory(territory, engagement_manager=before) for _ in range(3)]

    done = client.post(HAND_OVER, form_with(preview(client, *issues), "give"))

    assert {again(issue).engagement_manager for issue in issues} == {ben}
    assert set(Event.objects.filter(verb="scoping.assigned").values_list("actor", flat=True)) == {
        lead.pk
    }
    assert "3 issues changed hands, 0 stayed." in parsed(done.content.decode()).text

    back = client.post(UNDO, form_with(done, "key"))

    assert {again(issue).engagement_manager for issue in issues} == {before}
    assert "3 issues back as before" in parsed(back.content.decode()).text


def test_everything_shown_can_be_handed_over_without_ticking(client, ben, territory):
    wanted = in_territory(territory)
    other = make_issue(segment=make_segment("MM_East"))
    data = {"filters": f"territory={territory.pk}", "which": "all", "to": str(ben.pk)}

    client.post(HAND_OVER, form_with(client.post(PREVIEW, data), "give"))

    assert again(wanted).engagement_manager == ben
    assert again(other).engagement_manager is None


def test_nothing_ticked_is_said(client, ben):
    make_issue()

    for said in ({}, {"issue": ["x", "9" * 30, "٣"]}):
        answer = preview(client, **said)
        assert answer.status_code == 422
        assert "Tick the issues" in answer.content.decode()


@pytest.mark.parametrize("to", ["", "x", "0", "none"])
def test_somebody_who_takes_no_issues_cannot_be_chosen(client, to):
    answer = preview(client, make_issue(), to=to)

    assert answer.status_code == 422
    assert "Choose who gets them." in answer.content.decode()


def test_outside_coverage_takes_a_reason_which_stays_on_record(client, ben, territory):
    cleo = make_user(name="Cleo")
    issue = in_territory(territory)
    form = form_with(preview(client, issue, to=cleo.pk), "give")
    assert "reason" in form

    refused = client.post(HAND_OVER, form)

    assert refused.status_code == 422
    assert "Say why these go to somebody who does not cover them." in refused.content.decode()
    assert again(issue).engagement_manager is None
    form = form_with(refused, "give")
    client.post(HAND_OVER, form | {"reason": "Ben is <b>full</b>"})
    assert again(issue).engagement_manager == cleo
    event = Event.objects.get(verb="scoping.assigned")
    assert event.data["reason"] == "Ben is <b>full</b>"


def test_an_issue_that_changed_hands_since_the_preview_stays(client, ben, territory):
    issue, other = in_territory(territory), in_territory(territory)
    form = form_with(preview(client, issue, other), "give")
    cleo = make_user(name="Cleo")
    ScopingIssue.objects.filter(pk=issue.pk).update(engagement_manager=cleo)

    answer = client.post(HAND_OVER, form)

    assert again(issue).engagement_manager == cleo
    assert again(other).engagement_manager == ben
    assert "It went to Cleo meanwhile." in parsed(answer.content.decode()).text


def test_the_same_hand_over_sent_twice_is_done_once(client, ben, territory):
    issue = in_territory(territory)
    form = form_with(preview(client, issue), "give")

    client.post(HAND_OVER, form)
    client.post(HAND_OVER, form)

    assert Event.objects.filter(verb="scoping.assigned").count() == 1


def test_whoever_left_since_the_preview_gets_nothing(client, ben, territory):
    issue = in_territory(territory)
    form = form_with(preview(client, issue), "give")
    User.objects.filter(pk=ben.pk).update(is_active=False)

    assert client.post(HAND_OVER, form).status_code == 200
    assert again(issue).engagement_manager is None


@pytest.mark.parametrize("give", ["", "x", "1:2", "1:2:3:4:5", "9999999999:0:0:1", "٣:0:0:1"])
def test_a_hand_over_somebody_made_up_changes_nothing(client, give):
    make_issue()
    key = "0" * 32

    assert client.post(HAND_OVER, {"key": key, "give": give}).status_code == 200
    assert not Event.objects.filter(verb="scoping.assigned").exists()


@pytest.mark.parametrize("address", [HAND_OVER, UNDO])
def test_a_key_that_is_none_is_not_found(client, address):
    assert client.post(address, {"key": "x"}).status_code == 404
    assert client.post(address).status_code == 404


def test_somebody_elses_hand_over_is_not_taken_back(client, ben, territory, signed_in):
    issue = in_territory(territory)
    done = client.post(HAND_OVER, form_with(preview(client, issue), "give"))

    signed_in(make_user(Role.DIRECTOR)).post(UNDO, form_with(done, "key"))

    assert again(issue).engagement_manager == ben


def test_load_and_its_rows_ask_as_much_for_one_manager_as_for_five(client):
    def one_more():
        manager, other = make_user(), make_user()
        segment = make_segment(f"S{manager.pk}")
        territory = Territory.objects.create(name=f"T{manager.pk}", segment=segment)
        today = now().date()
        Coverage.objects.create(user=manager, territory=territory, since=today)
        Absence.objects.create(user=manager, delegate=other, first_day=today, last_day=today)
        make_issue(engagement_manager=manager, account=make_account(sales_territory=territory))

    one_more()
    addresses = (LOAD, f"{LOAD}?columns=1", ROWS, f"{ROWS}?em=none", f"{ROWS}?quiet=on")
    once = [queries_of(client, address) for address in addresses]
    for _ in range(4):
        one_more()

    assert [queries_of(client, address) for address in addresses] == once


def test_names_are_text_on_every_page_of_it(client, territory):
    bad = "<img src=x onerror=y>"
    person = make_user(name=f"Ben {bad}")
    Territory.objects.filter(pk=territory.pk).update(name=bad)
    issue = make_issue(
        account=make_account(name=bad, sales_territory=territory), title=bad, next_step=bad
    )

    pages = [client.get(LOAD), client.get(ROWS), preview(client, issue, to=person.pk)]

    for page in pages:
        assert "<img" not in page.content.decode()
        assert "&lt;img" in page.content.decode()

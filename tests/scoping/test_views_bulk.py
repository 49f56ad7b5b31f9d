"""Many issues at once in the browser: preview, button, result, undo."""

import re

import pytest

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import perform
from scoping import bulk
from scoping.states import CloseReason, State
from tests.factories import HELD, NOON, QUARTER, again, make_ready_issue, make_user
from tests.scoping.markup import filled, parsed

pytestmark = pytest.mark.django_db

BULK = "/issues/bulk/?view=team&q=Migration"
LIST = "/issues/?view=team&q=Migration"


def tick(*issues):
    return [f"{each.pk}.{each.moves}.{each.engagement_manager_id or 0}" for each in issues]


def strawmen(em, number=3):
    return [make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em) for _ in range(number)]


def preview(client, issues, **said):
    return client.post(BULK, {"issue": tick(*issues), **said})


def form_of(response):
    """The preview's form, as the browser would send it with its one button."""
    page = parsed(response.content.decode())
    [form] = [each for each in page.having("form") if each.name == "form"]
    return filled(form) | {"go": "1"}


def text_of(response):
    return " ".join(parsed(response.content.decode()).text.split())


def undo_address(response):
    return re.search(r'action="(/issues/bulk/\w+/undo/)"', response.content.decode())[1]


def test_the_preview_says_what_goes_and_what_not_and_changes_nothing(client, em):
    ready, other = strawmen(em), make_ready_issue(State.STRAWMAN_WIP)
    events = Event.objects.count()

    response = preview(client, [*ready, other], deed="move", to="estimate_feedback")

    text = text_of(response)
    assert response.status_code == 200
    assert "3 issues will go" in text
    assert "1 will stay as they are" in text
    assert f"{other.engagement_manager.name} works this issue" in text
    assert "Move to Estimate_Feedback: 3 issues" in text
    assert Event.objects.count() == events


def test_one_button_does_it_and_leads_back_with_one_undo_for_all(client, em):
    issues = strawmen(em)

    said = form_of(preview(client, issues, deed="move", to="estimate_feedback"))
    response = client.post(BULK, said)

    assert (response.status_code, response.url) == (302, LIST)
    assert {again(each).state for each in issues} == {State.ESTIMATE_FEEDBACK}
    page = client.get(response.url)
    assert "Move to Estimate_Feedback: 3 issues done." in text_of(page)

    back = client.post(undo_address(page), {"next": LIST})
    assert (back.status_code, back.url) == (302, LIST)
    assert "3 issues as before." in text_of(client.get(back.url))
    assert {again(each).state for each in issues} == {State.STRAWMAN_WIP}


def test_what_could_not_go_is_listed_with_its_reason_beside_what_went(client, em):
    issues = strawmen(em)
    said = form_of(preview(client, issues, deed="move", to="estimate_feedback"))
    lead = make_user(Role.EM_LEAD, name="Lena Vogel")
    perform(issues[0].hold, by=lead, at=NOON, **HELD)

    response = client.post(BULK, said)

    text = text_of(response)
    assert response.status_code == 200
    assert "2 issues done" in text
    assert "1 stayed as they were" in text
    assert "Lena Vogel moved it to On_hold meanwhile." in text
    assert client.post(undo_address(response), {"next": LIST}).status_code == 302
    assert [again(each).state for each in issues] == ["on_hold", "strawman_wip", "strawman_wip"]


def test_sent_twice_it_is_done_once(client, em):
    issues = strawmen(em)
    said = form_of(preview(client, issues, deed="label", label="urgent"))

    answers = [client.post(BULK, said) for _ in range(2)]

    assert [each.status_code for each in answers] == [302, 302]
    assert Event.objects.filter(verb="scoping.amended").count() == 3


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ({"deed": "label", "label": " urgent "}, {"free_labels": ["urgent"]}),
        ({"deed": "assign", "em": "none"}, {"engagement_manager": None}),
    ],
)
def test_labels_and_people_go_the_same_way(client, em, said, changed):
    issues = strawmen(em)

    client.post(BULK, form_of(preview(client, issues, **said)))

    for issue in map(again, issues):
        assert {name: getattr(issue, name) for name in changed} == changed


def test_a_label_is_dropped_and_a_colleague_takes_over(client, em):
    issues, other = strawmen(em), make_user()
    client.post(BULK, form_of(preview(client, issues, deed="label", label="urgent")))

    client.post(BULK, form_of(preview(client, issues, deed="unlabel", label="urgent")))
    client.post(BULK, form_of(preview(client, issues, deed="assign", em=other.pk)))

    assert {tuple(again(each).free_labels) for each in issues} == {()}
    assert {again(each).engagement_manager for each in issues} == {other}


def test_closing_asks_outcome_reason_and_quarter_first(client, em):
    issues = strawmen(em)
    said = form_of(preview(client, issues, deed="move", to="closed"))

    missing = client.post(BULK, said)
    assert missing.status_code == 422
    assert {again(each).state for each in issues} == {State.STRAWMAN_WIP}

    told = {"outcome": "lose", "reason": CloseReason.PRICE, "quarter": QUARTER}
    wrong = client.post(BULK, form_of(missing) | told | {"reason": CloseReason.SIGNED})
    assert "This is not a reason for" in text_of(wrong)
    assert client.post(BULK, form_of(wrong) | told).status_code == 302
    assert {(again(each).outcome, again(each).close_quarter) for each in issues} == {
        ("lost", QUARTER)
    }


def test_holding_asks_why_and_until_when(client, em):
    issues = strawmen(em)
    said = form_of(preview(client, issues, deed="move", to="on_hold"))
    said |= {"reason": "Budget", "review_date": "2099-01-01"}

    assert client.post(BULK, said).status_code == 302
    assert {again(each).hold_reason for each in issues} == {"Budget"}


def test_all_of_the_filter_is_what_the_address_says_and_no_more(client, em):
    issues = strawmen(em)
    make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em, title="Something else")

    response = client.post(BULK, {"all": "1", "deed": "label", "label": "urgent"})

    assert len(form_of(response)["issue"]) == len(issues)


def test_a_batch_has_an_end(client, em, monkeypatch):
    monkeypatch.setattr("scoping.views.bulk.MOST", 2)
    strawmen(em)

    response = client.post(BULK, {"all": "1", "deed": "label", "label": "urgent"})

    assert len(form_of(response)["issue"]) == 2
    assert "At most 2 at a time" in text_of(response)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"issue": [], "deed": "label", "label": "x"}, "Tick the issues it is about first."),
        ({"deed": ""}, "Choose what to do with them."),
        ({"deed": "move", "to": ""}, "Choose a column to move them to."),
        ({"deed": "move", "to": "nowhere"}, "Select a valid choice"),
        ({"deed": "assign", "em": ""}, "Choose whom to give them to."),
        ({"deed": "assign", "em": "99999999"}, "Select a valid choice"),
        ({"deed": "assign", "em": "x'"}, "Select a valid choice"),
        ({"deed": "label", "label": " "}, "Write the label."),
        ({"deed": "label", "label": "Segment::Ent_EMEA"}, "is kept as a field of its own"),
        ({"deed": "label", "label": "x", "key": "nonsense"}, "Enter a valid value"),
    ],
)
def test_what_is_not_understood_changes_nothing_and_says_so(client, em, said, text):
    issues, events = strawmen(em), Event.objects.count()

    response = client.post(BULK, {"issue": tick(*issues), "go": "1"} | said)

    assert response.status_code == 422
    assert text in text_of(response)
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    "value", ["", "x", "1", "1.2", "1.2.3.4", "-1.0.0", "9999999999.0.0", "1.0.x", "١.0.0"]
)
def test_broken_ticks_are_ignored(client, em, value):
    response = client.post(BULK, {"issue": value, "deed": "label", "label": "x"})

    assert response.status_code == 422
    assert "Tick the issues" in text_of(response)


def test_an_issue_one_may_not_see_is_neither_named_nor_touched(signed_in):
    """Whoever acts in bulk sees every issue today; so the narrower sight is put in their way."""
    issue = make_ready_issue(State.STRAWMAN_WIP)
    account_team = signed_in(make_user(Role.ACCOUNT_TEAM))

    response = account_team.post(BULK, {"issue": tick(issue), "deed": "label", "label": "x"})

    assert response.status_code == 403
    assert issue.title not in response.content.decode()
    assert again(issue).free_labels == []


def test_ticks_that_were_never_offered_are_dropped_silently(client, em, monkeypatch):
    mine, hidden = make_ready_issue(engagement_manager=em), make_ready_issue()
    monkeypatch.setattr("scoping.rules.sees_every_issue", lambda user: False)
    em.roles = [Role.EM, Role.ACCOUNT_TEAM]
    em.save()
    mine.account_team.add(em)

    response = preview(client, [mine, hidden], deed="label", label="x", go="1")

    assert response.status_code == 302
    assert (again(mine).free_labels, again(hidden).free_labels) == (["x"], [])
    assert hidden.reference not in client.get(response.url).content.decode()


def test_somebody_elses_batch_cannot_be_undone(client, em, signed_in):
    issues = strawmen(em)
    batch = bulk.carry_out(bulk.plan(issues, bulk.Label("x"), by=em, at=NOON), by=em, at=NOON)

    response = signed_in(make_user(Role.EM_LEAD)).post(f"/issues/bulk/{batch.key}/undo/")

    assert response.status_code == 302
    assert {tuple(again(each).free_labels) for each in issues} == {("x",)}


def test_in_a_message_undo_answers_with_what_it_did(client, em, htmx):
    issues = strawmen(em)
    response = client.post(BULK, form_of(preview(client, issues, deed="label", label="x")))

    address = undo_address(client.get(response.url))
    said = client.post(address, headers=htmx)

    assert "3 issues as before." in text_of(said)
    again_said = client.post(address, headers=htmx)
    assert "3 issues left as now." in text_of(again_said)


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_undo_never_leads_elsewhere(client, wanted):
    response = client.post(f"/issues/bulk/{'a' * 32}/undo/", {"next": wanted})

    assert response.url.startswith("/issues/?")


def test_reading_the_bulk_address_is_not_offered(client):
    assert client.get(BULK).status_code == 405
    assert client.get(f"/issues/bulk/{'a' * 32}/undo/").status_code == 405
    assert client.post(f"/issues/bulk/{'a' * 33}/undo/").status_code == 404

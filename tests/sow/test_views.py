"""The pages of a SOW: from the issue to the draft, editing, a conflict, versions beside each other."""

from __future__ import annotations

import pytest
from django.test import Client

from emdesk.people.models import Role
from sow.models import StatementOfWork
from tests.factories import make_user
from tests.scoping.pages import queries_of
from tests.sow.making import KNOWN, agreed, drafted

pytestmark = pytest.mark.django_db


@pytest.fixture
def browse():
    def browse(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return browse


@pytest.fixture
def client(browse, em):
    return browse(em)


def page(client, address, **said):
    return client.get(address, said).content.decode()


def edit(client, statement, **said):
    known = {"seen": statement.latest, "edit": "travel", "do": "save", "t.travel": "Travel"}
    return client.post(statement.get_absolute_url(), known | said)


def again(statement):
    return StatementOfWork.objects.get(pk=statement.pk)


def test_the_issue_offers_the_draft_while_it_is_possible_and_then_the_sow(browse, em, issue):
    link = f'href="/sow/{issue.pk}/draft/"'
    assert link in page(browse(em), issue.get_absolute_url())
    viewer = browse(make_user(Role.VIEWER))
    assert link not in page(viewer, issue.get_absolute_url())
    assert link not in page(browse(make_user()), issue.get_absolute_url())

    browse(em).post(f"/sow/{issue.pk}/draft/", {"seen_estimate": 1})

    assert link not in page(browse(em), issue.get_absolute_url())
    assert f'href="/sow/{issue.pk}/"' in page(viewer, issue.get_absolute_url())


def test_the_draft_page_names_what_is_missing_and_takes_what_one_knows(client, issue):
    shown = page(client, f"/sow/{issue.pk}/draft/")
    assert "Cannot be filled yet" in shown
    assert "legal name" in shown

    answer = client.post(f"/sow/{issue.pk}/draft/", KNOWN | {"seen_estimate": 1})

    statement = StatementOfWork.objects.get(issue=issue)
    assert answer.url == statement.get_absolute_url()
    fields = statement.head.said.fields
    assert {name: fields[name] for name in KNOWN} == KNOWN
    assert client.get(f"/sow/{issue.pk}/draft/").url == statement.get_absolute_url()


def test_a_draft_of_an_estimate_one_did_not_see_is_refused(client, issue):
    answer = client.post(f"/sow/{issue.pk}/draft/", {"seen_estimate": 9})

    assert answer.status_code == 422
    assert "accepted meanwhile" in answer.content.decode()
    assert not StatementOfWork.objects.exists()


def test_without_an_accepted_estimate_the_page_says_what_to_do(browse, em):
    issue = agreed(em)
    issue.estimate_versions.update(standing="superseded")

    assert "No version of the primary estimate is accepted" in page(
        browse(em), f"/sow/{issue.pk}/draft/"
    )


def test_the_editor_shows_outline_text_checks_fields_and_history(client, statement):
    shown = page(client, statement.get_absolute_url())

    for words in (statement.number, "Outline", "Checks", "Fields", "History", "as drafted"):
        assert words in shown
    assert "<li><strong>Plan</strong>" in shown
    assert "30 June 2026" in shown
    assert "textarea" not in shown
    assert shown.count("<textarea") < page(client, statement.get_absolute_url(), edit="all").count(
        "<textarea"
    )


def test_a_section_is_edited_with_a_reason_and_told(client, statement):
    answer = edit(client, statement, **{"x.travel": "None.\r\nAt all.", "why": "Remote"})

    assert answer.url == f"{statement.get_absolute_url()}#s-travel"
    head = again(statement).head
    assert head.said.section("travel").text == "None.\nAt all."
    assert (head.number, head.why) == (2, "Remote")
    assert "“Remote”" in page(client, f"/sow/{statement.issue_id}/versions/")


def test_two_people_meet_and_no_word_is_lost(client, browse, legal, statement):
    edit(client, statement, **{"x.travel": "None."})
    client.post(f"{statement.get_absolute_url()}pen/", {"do": "back"})
    mine = {"x.travel": "At cost.", "x.billing": "In 45 days.", "t.billing": "Billing", "why": "W"}

    answer = edit(browse(legal), statement, **mine)

    told = answer.content.decode()
    assert answer.status_code == 409
    for words in ("At cost.", "None.", "In 45 days.", 'value="W"', 'name="seen" value="2"'):
        assert words in told
    assert again(statement).latest == 2
    edit(browse(legal), again(statement), **mine | {"x.travel": "None, else at cost."})
    said = again(statement).head.said
    assert said.section("travel").text == "None, else at cost."
    assert said.section("billing").text == "In 45 days."


def test_two_people_meet_in_a_field(client, browse, legal, statement):
    part = {"seen": 1, "part": "fields", "edit": "fields"}
    client.post(statement.get_absolute_url(), KNOWN | part | {"end_date": "2026-07-31"})
    client.post(f"{statement.get_absolute_url()}pen/", {"do": "back"})

    answer = browse(legal).post(
        statement.get_absolute_url(), KNOWN | part | {"end_date": "2026-08-31", "billing": "Halves"}
    )

    told = answer.content.decode()
    assert answer.status_code == 409
    for words in ("2026-07-31", "2026-08-31", 'name="billing" value="Halves"'):
        assert words in told
    assert told.count('name="end_date"') == 2


def test_a_field_that_cannot_be_is_told_beside_it(client, statement):
    part = {"seen": 1, "part": "fields", "edit": "fields", "weekly_hours": "900"}
    answer = client.post(statement.get_absolute_url(), KNOWN | part)

    assert answer.status_code == 422
    assert "168" in answer.content.decode()
    assert again(statement).latest == 1


def test_a_lead_without_a_reason_keeps_what_they_typed(browse, lead, statement):
    answer = edit(browse(lead), statement, **{"x.travel": "None of it."})

    assert answer.status_code == 422
    assert "None of it." in answer.content.decode()
    assert edit(browse(lead), statement, **{"x.travel": "None.", "why": "Away"}).status_code == 302


def test_whole_sections_are_worked_from_the_form(client, statement):
    edit(client, statement, do="up:travel", **{"x.travel": "None."})
    sections = [each.key for each in again(statement).head.said.sections]
    assert sections.index("travel") == sections.index("billing") - 1
    assert again(statement).head.said.section("travel").text == "None."

    fallback = {"do": "take:travel:0", "clause.travel": "travel-standard"}
    edit(client, again(statement), **fallback)
    assert "remotely" in again(statement).head.said.section("travel").text
    edit(client, again(statement), do="add:travel", clause="liability-standard")
    assert again(statement).head.said.section("liability-2")
    edit(client, again(statement), do="remove:travel")
    assert again(statement).head.said.section("travel") is None
    assert edit(client, again(statement), do="remove:travel").status_code == 422
    assert edit(client, again(statement), do="add:", clause="nowhere").status_code == 422


def test_what_is_typed_is_checked_before_it_is_saved(client, statement):
    said = {"seen": 1, "t.travel": "Travel", "x.travel": "TBD"}
    answer = client.post(f"/sow/{statement.issue_id}/check/", said)

    assert "Travel: TBD." in answer.content.decode()
    assert again(statement).latest == 1


def test_who_may_not_edit_reads_and_gets_no_form(browse, statement):
    for role in (Role.VIEWER, Role.PS_LEADERSHIP, Role.EM):
        shown = page(browse(make_user(role)), statement.get_absolute_url(), edit="all")
        assert "<textarea" not in shown
        assert statement.number in shown


def test_any_two_versions_are_compared_with_what_matters_first(client, statement):
    edit(client, statement, **{"x.travel": "At cost, **agreed** before."})
    part = {"seen": 2, "part": "fields", "edit": "fields", "end_date": "2026-09-30"}
    client.post(statement.get_absolute_url(), KNOWN | part)
    address = f"/sow/{statement.issue_id}/compare/"

    shown = page(client, address, a="1", b="3")
    assert shown.index("Estimated end") < shown.index('id="c-travel"')
    assert "30 June 2026" in shown
    assert "<del>" in shown
    assert "<ins>" in shown
    assert 'id="c-fees"' not in shown
    assert 'id="c-fees"' in page(client, address, a="1", b="3", show="side")
    assert 'id="c-travel"' not in page(client, address)  # the last two
    assert "They read the same" in page(client, address, a="2", b="2")
    assert client.get(address, {"a": "9"}).status_code == 404
    assert client.get(address, {"a": "x"}).status_code == 404


def test_a_version_is_read_as_it_was(client, statement):
    edit(client, statement, **{"x.travel": "None."})

    first = page(client, f"/sow/{statement.issue_id}/versions/1/")
    assert "invoiced at cost" in first
    assert statement.versions.get(number=1).digest in first
    assert client.get(f"/sow/{statement.issue_id}/versions/3/").status_code == 404


def test_nobody_reads_the_sow_of_an_issue_they_do_not_see(browse, statement):
    stranger = browse(make_user(Role.ACCOUNT_TEAM))

    for path in ("", "versions/", "versions/1/", "compare/", "draft/"):
        assert stranger.get(f"/sow/{statement.issue_id}/{path}").status_code == 404


def test_more_versions_take_no_more_queries(client, em, statement):
    for number in range(2):
        edit(client, again(statement), **{"x.travel": f"None {number}."})
    paths = (statement.get_absolute_url(), f"/sow/{statement.issue_id}/versions/")
    few = [queries_of(client, path) for path in paths]
    for number in range(2, 8):
        edit(client, again(statement), **{"x.travel": f"None {number}."})

    assert [queries_of(client, path) for path in paths] == few


def test_what_no_text_can_hold_is_left_out_and_odd_requests_do_no_harm(client, statement):
    edit(client, statement, **{"t.travel": "Tra\x00vel", "x.travel": "No\x00ne.", "why": "\x00W"})
    head = again(statement).head
    assert (head.said.section("travel").text, head.why) == ("None.", "W")
    for odd in ({"seen": "x"}, {"seen": "9" * 30}, {"do": "take:travel:99"}, {"do": "up"}, {}):
        assert client.post(statement.get_absolute_url(), odd).status_code in {302, 422}
    assert "<textarea" not in page(client, statement.get_absolute_url(), edit="nowhere")
    assert again(statement).latest == 2


def test_hostile_words_stay_words(client, statement):
    edit(client, statement, **{"t.travel": "<b>T", "x.travel": "<script>alert(1)</script>"})
    part = {"seen": 2, "part": "fields", "legal_name": "<i>*Co* | [x](javascript:1)"}
    client.post(statement.get_absolute_url(), KNOWN | part)

    shown = page(client, statement.get_absolute_url())
    for bad in ("<script>alert", "<b>T", "<i>*", "<em>Co", 'href="javascript'):
        assert bad not in shown
    assert "*Co* | [x](javascript:1)" in shown


def test_drafting_another_of_the_same_customer_has_a_number_of_its_own(em):
    assert drafted(em).number != drafted(em).number

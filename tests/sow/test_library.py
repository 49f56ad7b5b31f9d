"""Practice keeps clauses and templates in versions; what is drafted stays as it was."""

from __future__ import annotations

import pytest
from django.test import Client

from emdesk.activity.sentences import describe
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused
from sow.drafting import draft
from sow.library import keep_clause, keep_template, templates_with, uses_of
from sow.models import Clause, StatementOfWork, Template
from sow.shipped.clauses import CLAUSES
from sow.shipped.template import SECTIONS
from tests.factories import NOON, make_user
from tests.sow.making import KNOWN, agreed

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(practice):
    client = Client()
    client.force_login(practice)
    return client


def travel() -> Clause:
    return Clause.objects.with_text().get(key="travel-standard")


def reword(by, text="Nobody travels.", seen=1):
    said = {"text": text, "fallbacks": [], "why": "Simpler", "seen": seen}
    return keep_clause(travel(), **said, by=by, at=NOON)


def test_a_new_desk_has_the_clauses_its_template_names():
    shipped = {row["key"] for row in CLAUSES}

    assert {row["clause"] for row in SECTIONS if "clause" in row} <= shipped
    assert set(Clause.objects.in_use().values_list("key", flat=True)) == shipped
    assert Template.objects.get().head.sections == SECTIONS


def test_a_change_reaches_new_drafts_and_no_draft_that_is_there(statement, practice, em):
    before = statement.head.digest

    reword(practice)

    kept = StatementOfWork.objects.get(pk=statement.pk)
    assert kept.head.digest == before
    assert "receipts" in kept.head.said.section("travel").text
    assert kept.head.said.section("travel").standing == "standard"
    later = draft(agreed(em), by=em, at=NOON, said=KNOWN)
    assert later.said.section("travel").text == "Nobody travels."
    assert later.said.section("travel").source["version"] == 2


def test_every_version_stays_and_is_told(practice):
    reword(practice)
    clause = travel()

    assert [each.number for each in clause.versions.all()] == [2, 1]
    assert "receipts" in clause.versions.get(number=1).text
    assert (clause.text, clause.latest) == ("Nobody travels.", 2)
    event = Event.objects.about(clause).get()
    assert describe(event) == "Piet Prak saved v2 of this clause: “Simpler”"


def test_only_practice_keeps_it_and_only_over_what_they_saw(practice, em, lead, legal):
    for other in (em, lead, legal):
        with pytest.raises(NotAllowed):
            reword(other)
        with pytest.raises(NotAllowed):
            keep_template(Template.objects.get(), [], why="x", seen=1, by=other, at=NOON)
    reword(practice)
    with pytest.raises(Refused, match="v2"):
        reword(practice, "Another.")
    with pytest.raises(Refused, match="v1"):
        keep_template(Template.objects.get(), [], why="x", seen=0, by=practice, at=NOON)


def test_where_a_clause_is_used_counts_newest_versions_one_may_see(statement, em):
    assert [use.statement for use in uses_of(travel(), em)] == [statement]
    assert uses_of(travel(), make_user(Role.ACCOUNT_TEAM)) == []
    assert templates_with(travel()) == [Template.objects.get()]
    unused = Clause.objects.create(key="nowhere", kind="other", title="Nowhere")
    assert (uses_of(unused, em), templates_with(unused)) == ([], [])


def test_the_library_is_read_filtered_and_edited_by_page(client, practice, statement):
    listed = client.get("/sow/library/").content.decode()
    assert all(row["title"] in listed for row in CLAUSES)
    assert "No clause has this status" in client.get("/sow/library/?status=draft").content.decode()
    shown = client.get("/sow/library/travel-standard/").content.decode()
    for words in ("Remote only", statement.number, "Custom services", "receipts"):
        assert words in shown

    form = {"title": "Travel", "kind": "travel", "status": "in_use", "risk": "low", "seen": 1}
    form |= {"text": "Nobody.\r\nEver.", "why": "Simpler", "name_0": "They insist", "text_0": "Ok."}
    answer = client.post("/sow/library/travel-standard/edit/", form)

    assert answer.url == "/sow/library/travel-standard/"
    assert travel().text == "Nobody.\nEver."
    assert travel().fallbacks == [{"name": "They insist", "text": "Ok."}]
    late = client.post("/sow/library/travel-standard/edit/", form)
    assert late.status_code == 422
    assert "meanwhile" in late.content.decode()
    half = client.post(
        "/sow/library/travel-standard/edit/", form | {"seen": 2, "text_0": "", "why": "x"}
    )
    assert half.status_code == 422


def test_a_new_clause_is_written_by_page(client, practice):
    form = {"key": "data", "title": "Data", "kind": "other", "status": "draft", "risk": "high"}
    form |= {"text": "We delete it.", "why": "Asked for", "seen": 0, "owner": practice.pk}
    assert client.post("/sow/library/new/", form).url == "/sow/library/data/"

    clause = Clause.objects.with_text().get(key="data")
    assert (clause.owner, clause.latest, clause.text) == (practice, 1, "We delete it.")
    assert client.post("/sow/library/new/", form).status_code == 422
    assert client.post("/sow/library/new/", form | {"key": "Data 2"}).status_code == 422


def test_a_template_is_edited_by_page_and_new_drafts_follow(client, em):
    template = Template.objects.get()
    address = f"/sow/templates/{template.pk}/edit/"
    page = client.get(address).content.decode()
    assert page.count('name="title_') == len(SECTIONS) + 1
    said = {"why": "Shorter", "seen": 1}
    for place, row in enumerate(SECTIONS[:3]):
        said |= {f"{name}_{place}": row.get(name, "") for name in ("title", "kind", "clause")}
        said[f"text_{place}"] = row["text"]
    for place, _ in enumerate([*SECTIONS, None]):
        said.setdefault(f"kind_{place}", "other")
    last = len(SECTIONS)
    said |= {f"title_{last}": "House rules", f"text_{last}": "For {{ customer }}.\r\n"}

    assert client.post(address, said).url == template.get_absolute_url()

    version = draft(agreed(em), by=em, at=NOON)
    assert [each.key for each in version.said.sections] == [
        *("header", "background", "scope", "scope-2", "other"),
    ]
    assert version.said.sections[-1].text == "For {{ customer }}."
    assert client.post(address, said).status_code == 422
    assert "House rules" in client.get(template.get_absolute_url()).content.decode()

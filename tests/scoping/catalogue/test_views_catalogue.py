"""The catalogue by page: finding, writing the draft, publishing it, and the rates."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from emdesk.people.models import Role
from scoping.models import CatalogueVersion, CostSheet, CustomerNeed, Proposal, RateCard
from tests.factories import make_user
from tests.scoping.catalogue.drafts import WAVES, card, edited
from tests.scoping.pages import at, queries_of
from tests.security.dom import fields_of

pytestmark = pytest.mark.django_db
CATALOGUE = "/catalogue/"
LISTS = ("rates/", "proposals/", "needs/")
ITEM = f"{CATALOGUE}draft/activity/{WAVES}/"


@pytest.fixture
def practice(noor, signed_in):
    """Practice's browser."""
    return signed_in(noor)


def text_of(client, address, **said):
    answer = client.get(address, said)
    assert answer.status_code == 200
    return answer.content.decode()


def change(client, address, first, **said):
    """Change what the page's form holds, as a person does."""
    return client.post(address, fields_of(text_of(client, address), first) | said)


def test_it_is_found_by_its_words(client):
    page = text_of(client, CATALOGUE, q="sso configuration")
    assert "saas_sso" not in page.split("<main")[0]
    assert "SSO configuration" in page
    assert "Dedicated Engineer" not in page
    page = text_of(client, CATALOGUE, type="standard")
    assert "GL-BAS-R" in page
    assert "GL-XPRT" not in page
    assert "Nothing in this version" in text_of(client, CATALOGUE, q="zebra crossing")


def test_a_service_tells_hours_drivers_and_sources(client):
    page = text_of(client, f"{CATALOGUE}services/migration/")

    assert "8 + B7 * 0.06" in page
    assert "How many git repositories move?" in page
    assert "Our default" in page
    assert "Public source" in page
    assert client.get(f"{CATALOGUE}services/nothing/").status_code == 404
    assert "$30k to $40k" in text_of(client, f"{CATALOGUE}services/saas/")


def test_pages_ask_the_database_as_often_however_much_there_is(client, practice, noor, em, issue):
    """Lists of services and activities are the shipped ones; the others at one row and at five."""
    services = {queries_of(client, f"{CATALOGUE}services/{key}/") for key in ("ci_cd", "saas")}
    assert len(services) == 1
    for number in range(5):
        card(region=f"R{number}")
        words = {"text": f"Need {number}", "why": "x"}
        client.post(f"{CATALOGUE}proposals/new/", words)
        client.post(at("note_need", issue), words)
        if number == 0:
            first = {page: queries_of(client, CATALOGUE + page) for page in LISTS}
    assert {page: queries_of(client, CATALOGUE + page) for page in LISTS} == first


def test_practice_writes_a_draft_and_publishes_it(practice):
    answer = practice.post(f"{CATALOGUE}draft/begin/")
    draft = CatalogueVersion.objects.draft()
    assert answer["Location"] == draft.get_absolute_url()
    assert change(practice, ITEM, "title", title="In waves").status_code == 302
    role = draft.activities.get(key=WAVES).hours.get().role_id
    assert change(practice, ITEM, "title", **{f"base_{role}": "12"}).status_code == 302
    page = text_of(practice, draft.get_absolute_url())
    assert "1 changed, 0 added, 0 withdrawn." in page
    assert "12 + B7 * 0.06" in page

    assert change(practice, draft.get_absolute_url(), "reason", reason="").status_code == 422
    stale = change(practice, draft.get_absolute_url(), "reason", reason="Longer", seen="1")
    assert stale.status_code == 422
    assert "Look at the difference again" in stale.content.decode()
    done = change(practice, draft.get_absolute_url(), "reason", reason="Longer waves")
    assert done.status_code == 302
    assert CatalogueVersion.current(localdate()) == draft
    assert "Longer waves" in text_of(practice, f"{CATALOGUE}versions/")
    assert "In waves" in text_of(practice, f"{CATALOGUE}services/migration/")
    old = text_of(practice, f"{CATALOGUE}services/migration/", version=1)
    assert "Automated migration in waves" in old
    assert practice.get(ITEM).status_code == 404


def test_bad_words_in_a_form_are_told_at_their_field(practice, noor):
    draft = edited(noor)
    role = draft.activities.get(key=WAVES).hours.get().role_id
    assert 'value="40"' in text_of(practice, f"{CATALOGUE}draft/activity/ci_cd_templates_remote/")
    for said, told in (
        ({"title": ""}, "This field is required"),
        ({f"base_{role}": "-1"}, "greater than or equal to 0"),
        ({f"base_{role}": "NaN"}, "Enter a number"),
        ({f"base_{role}": "1e9"}, "no more than"),
        ({f"drivers_{role}": "Z9 * 2"}, "no question Z9"),
    ):
        answer = change(practice, ITEM, "title", **said)
        assert answer.status_code == 422
        assert told in answer.content.decode()
    new = {"title": "Again", "code": "GL-BAS", "type": "advisory", "delivery": "remote"}
    new |= {"currency": "USD", "unit": "each", "basis": "desk", "position": "9"}
    answer = practice.post(f"{CATALOGUE}draft/sku/new/", new)
    assert "has this key already" in answer.content.decode()
    assert practice.post(f"{CATALOGUE}draft/sku/new/", new | {"code": "x y"}).status_code == 422
    assert practice.post(f"{CATALOGUE}draft/sku/new/", new | {"code": "GL-X"}).status_code == 302
    assert draft.skus.filter(code="GL-X").exists()
    assert practice.get(f"{CATALOGUE}draft/nonsense/new/").status_code == 404


def test_two_windows_meet_a_sheet_with_both_words(practice, noor):
    edited(noor, title="First")
    mine = fields_of(text_of(practice, ITEM), "title") | {"title": "Mine"}
    edited(noor, title="Theirs")
    answer = practice.post(ITEM, mine)
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "Theirs" in page
    assert 'value="Mine"' in page
    assert practice.post(ITEM, fields_of(page, "title")).status_code == 302
    assert CatalogueVersion.objects.draft().activities.get(key=WAVES).title == "Mine"


def test_items_and_drafts_are_withdrawn(practice, noor):
    draft = edited(noor)
    assert practice.post(f"{ITEM}remove/").status_code == 302
    assert not draft.activities.filter(key=WAVES).exists()
    bands = f"{CATALOGUE}draft/bands/saas/"
    assert change(practice, bands, "lines", lines="500 1000 9 8").status_code == 422
    assert change(practice, bands, "lines", lines="500 1000 x 8").status_code == 422
    assert change(practice, bands, "lines", lines="500 1,000 8000 9000").status_code == 302
    assert draft.bands.get().low == 8000
    assert practice.post(f"{CATALOGUE}draft/discard/").status_code == 302
    assert CatalogueVersion.objects.draft() is None


def test_nobody_else_sees_the_draft(client, noor):
    draft = edited(noor, title="Secret plan")

    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get(CATALOGUE, {"version": draft.number}).status_code == 404
    assert "Version 2" not in text_of(client, f"{CATALOGUE}versions/")


def test_a_proposal_goes_from_the_em_to_practice_and_back(client, practice):
    address = f"{CATALOGUE}proposals/new/?kind=activity&key={WAVES}"
    said = {"field": "title", "text": "Waves", "why": "Shorter"}
    assert client.post(address, said | {"text": "x" * 121}).status_code == 422
    assert client.post(address, said).status_code == 302
    found = Proposal.objects.get()
    assert "Automated migration in waves" in text_of(practice, found.get_absolute_url())
    decide = f"{found.get_absolute_url()}decide/"
    assert practice.post(decide, {"do": "accept", "answer": ""}).status_code == 422
    assert practice.post(decide, {"do": "accept", "answer": "Yes"}).status_code == 302
    assert practice.post(decide, {"do": "decline", "answer": "No"}).status_code == 302
    page = text_of(client, found.get_absolute_url())
    assert "Accepted by Noor Haddad" in page
    assert "the next version" in page
    assert CatalogueVersion.objects.draft().activities.get(key=WAVES).title == "Waves"


def test_its_maker_takes_a_proposal_back(client, practice):
    client.post(f"{CATALOGUE}proposals/new/", {"text": "More", "why": "x"})
    found = Proposal.objects.get()

    assert practice.post(f"{found.get_absolute_url()}withdraw/").status_code == 403
    assert client.post(f"{found.get_absolute_url()}withdraw/").status_code == 302
    found.refresh_from_db()
    assert found.status == "withdrawn"


def test_a_need_goes_from_the_issue_to_practice(client, practice, issue):
    said = {"text": "Move their wiki", "service_key": "migration"}
    assert client.post(at("note_need", issue), said).status_code == 302
    found = CustomerNeed.objects.get()
    assert "Move their wiki" in text_of(practice, f"{CATALOGUE}needs/")
    answer = {"status": "planned", "answer": "Next quarter"}
    assert client.post(f"{CATALOGUE}needs/{found.pk}/", answer).status_code == 403
    assert practice.post(f"{CATALOGUE}needs/{found.pk}/", answer).status_code == 302
    assert "Next quarter" in text_of(client, f"{CATALOGUE}needs/{found.pk}/")
    assert "noted a need" in text_of(client, issue.get_absolute_url())


def test_a_rate_card_is_given_from_a_day_on(practice):
    like = RateCard.current("", "USD", localdate())
    address = f"{CATALOGUE}rates/new/?like={like.pk}"
    yesterday = localdate() - timedelta(days=1)
    refused = change(practice, address, "rate", reason="x", effective_from=str(yesterday))
    assert "do not reach back" in refused.content.decode()
    for rate in ("NaN", "0", "-1", "1e30", "abc"):
        assert change(practice, address, "rate", reason="x", rate=rate).status_code == 422
    assert change(practice, address, "rate", reason="Up", rate="345.50").status_code == 302
    assert RateCard.current("", "USD", localdate()).rate == 345.5
    assert "345.50" in text_of(practice, f"{CATALOGUE}rates/")


def test_standard_cost_is_given_for_a_quarter(signed_in):
    lead = signed_in(make_user(Role.EM_LEAD))
    address = f"{CATALOGUE}cost/new/"
    assert change(lead, address, "quarter", reason="").status_code == 422
    assert change(lead, address, "quarter", reason="x", billable_hours="0").status_code == 422
    assert change(lead, address, "quarter", reason="Pay rose").status_code == 302
    newest = CostSheet.objects.order_by("-pk").first()
    assert newest.effective_from <= localdate()
    assert "Pay rose" in text_of(lead, f"{CATALOGUE}cost/")
    assert "108.51" in text_of(lead, newest.get_absolute_url())

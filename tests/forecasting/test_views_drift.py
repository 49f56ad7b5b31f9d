"""The page of drift: whose message says what, who sees it, and the times behind it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.utils.timezone import localdate, now

from emdesk.people.models import Role
from forecasting.drift import sweep
from scoping.deals import amend_deal
from scoping.models import Opportunity
from scoping.states import State
from tests.factories import make_account, make_issue, make_opportunity, make_user
from tests.scoping.markup import parsed
from tests.scoping.pages import queries_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def em():
    return make_user(name="Amara Osei")


@pytest.fixture
def client(client, em):
    client.force_login(em)
    return client


def make_late(em, owner="Dana Reyes", name="Acme- Professional Services 04/26", **deal):
    account = deal.pop("account", None) or make_account(name="Acme")
    fields = {"owner": owner, "name": name, "stage": "3", "services_value": 52_000}
    late = localdate() - 20 * DAY
    deal = make_opportunity(account=account, close_date=late, **fields | deal)
    pair = {"opportunity": deal, "account": account, "expected_value": 52_000}
    return make_issue(State.SOW_WIP, engagement_manager=em, **pair)


def shown(client, **said):
    response = client.get("/drift/", said)
    assert response.status_code == 200
    return response.content.decode()


def messages(client, **said):
    return [each.text for each in parsed(shown(client, **said)).all() if each.name == "textarea"]


def test_each_owner_gets_one_message_with_what_is_asked_for_each_deal(client, em):
    make_user(Role.ACCOUNT_TEAM, name="Dana Reyes", email="dana@example.com")
    make_late(em)
    make_late(em, name="Globex- Professional Services 05/26")
    make_late(em, owner="Eli Novak", name="Initech")

    texts = messages(client)

    assert len(texts) == 2
    for words in (
        "Hello Dana,",
        "Acme- Professional Services 04/26",
        "Globex- Professional Services 05/26",
        "CRM: 3-Technical Evaluation",
        "Scoping: SOW_WIP, Grey, $52k",
        "- Close date past: Please set the date on which it can really close.",
        "- Stage behind the SOW:",
        "http://127.0.0.1:8000/opportunities/",
        "Thank you, Amara Osei",
    ):
        assert words in texts[0], words
    assert "Initech" not in texts[0]
    assert "Initech" in texts[1]
    links = [each["href"] for each in parsed(shown(client)).all() if each.name == "a"]
    (first, second) = [unquote(href) for href in links if href.startswith("mailto:")]
    assert first.startswith("mailto:dana@example.com?subject=2 opportunities to set right&body=")
    assert second.startswith("mailto:?subject=One opportunity")


def test_a_message_too_long_for_an_address_names_the_deals_alone(client, em):
    for number in range(9):
        make_late(em, name=f"Customer {number}- Professional Services 04/26")

    links = [each["href"] for each in parsed(shown(client)).all() if each.name == "a"]
    (found,) = [unquote(href) for href in links if href.startswith("mailto:")]

    assert "- Customer 8- Professional" in found
    assert "CRM:" not in found
    assert len(found) < 1_800
    assert "CRM:" in messages(client)[0]


def test_no_word_of_a_deal_becomes_markup_or_a_header(client, em):
    bad = "</textarea><script>alert(1)</script>\r\nBcc: x@y.z&body=1"
    make_late(em, owner='Dana"><b>', name=bad)

    page = shown(client)
    (link,) = [e["href"] for e in parsed(page).all() if e.name == "a" and "mailto" in e["href"]]

    assert "<script>alert" not in page
    assert link.count("body=") == link.count("subject=") == 1
    assert "Bcc" not in link or "%0D%0ABcc" in link


def test_an_em_begins_with_their_own_and_may_see_the_teams(client, em):
    make_late(em, name="Mine")
    make_late(make_user(), name="Theirs")

    assert "Theirs" not in shown(client)
    assert all(name in shown(client, view="team") for name in ("Mine", "Theirs"))


def test_one_rule_shows_what_disagrees_by_it_and_the_count_leads_there(client, em):
    make_late(em, name="Both")
    make_late(em, name="Late alone", stage="5", quoted_value=52_000)

    page = parsed(shown(client))
    (link,) = [e for e in page.all() if e.name == "a" and "rule=Stage+behind" in e["href"]]
    narrowed = client.get(link["href"]).content.decode()

    assert link.text.strip() == "1"
    assert "Both" in narrowed
    assert "Late alone" not in narrowed


def test_times_are_of_what_was_mended_lately_and_open_their_rows(client, em):
    make_late(em, stage="5", quoted_value=52_000)
    at = now()
    began, ended = at - 9 * DAY, at - 7 * DAY
    sweep(began)
    amend_deal(Opportunity.objects.get(), by=em, at=ended, close_date=localdate() + 90 * DAY)
    sweep(ended)

    page = parsed(shown(client))
    (link,) = [e for e in page.all() if e.name == "a" and "/mended/" in e["href"]]
    rows = client.get(link["href"]).content.decode()

    assert link.text.strip() == "1"
    assert "2d" in page.text
    assert "Acme- Professional Services" in rows
    assert "2d" in rows


def test_an_empty_page_teaches(client):
    assert "Desk and CRM agree" in shown(client)
    assert "Show every rule" in shown(client, rule="Close date past")
    assert "Nothing was mended" in client.get("/drift/mended/").content.decode()
    assert "Change the rules" not in shown(client)


@pytest.mark.parametrize("address", ["/drift/", "/drift/mended/"])
def test_pages_cost_the_same_for_one_pair_and_for_many(client, em, address):
    costs = []
    for count in (1, 4):
        for number in range(count):
            make_late(em, owner=f"Owner {count} {number}")
        sweep(now() - DAY)
        Opportunity.objects.filter(owner__startswith=f"Owner {count}").update(stage="5")
        sweep(now())
        costs.append(queries_of(client, address))

    assert costs[0] == costs[1]


def test_leads_may_change_the_rules(client):
    client.force_login(make_user(Role.EM_LEAD))

    assert "Change the rules" in shown(client)
    page = client.get("/settings/drift_rules/").content.decode()
    assert "Close date past: column live" in page

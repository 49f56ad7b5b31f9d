"""Pages of call mode: walking deals, saying the word there, decisions, the end, who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from emdesk.people.models import Role, User
from forecasting import deciding
from forecasting.deciding import Decided
from forecasting.models import Decision, ForecastCall
from scoping.deals import amend_deal
from scoping.models import Opportunity
from tests.factories import NOON, make_user
from tests.forecasting.test_forecast_calls import DAY, QUARTER, deal
from tests.scoping.pages import page_of, queries_of

pytestmark = pytest.mark.django_db
PAGE = "/forecast/Q127/call/"
Enter = Callable[[User], Client]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forecasting.views.forecast_calls.now", lambda: NOON)


@pytest.fixture
def lead(signed_in: Enter) -> Client:
    return signed_in(make_user(Role.EM_LEAD, name="Lena Vogel"))


def changed(em: User, *names: str) -> list[Opportunity]:
    """Worth less and less, so that they stand in this order."""
    found = [deal(em, name, services_value=1_000 - at) for at, name in enumerate(names)]
    for each in found:
        amend_deal(each, by=em, at=NOON - DAY, confidence="red")
    return [Opportunity.objects.get(pk=each.pk) for each in found]


def word(deal: Opportunity, **said: str) -> dict[str, str]:
    was = {
        "confidence": deal.confidence,
        "confidence_rationale": deal.confidence_rationale,
        "next_step": deal.next_step,
    }
    return was | {f"initial-{name}": value for name, value in was.items()} | said


def test_saying_the_word_leads_on_to_the_next_deal(client: Client, em: User) -> None:
    first, second = changed(em, "Globex", "Initech")
    page = client.get(PAGE)
    assert page.context["deal"] == first
    assert "Grey" in page.content.decode()
    said = word(first, confidence="green", confidence_rationale="Signed", next_step="Stamp it")

    answer = client.post(f"{PAGE}{first.pk}/", said, follow=True)

    assert answer.redirect_chain[-1][0] == f"{PAGE}?deal={second.pk}"
    assert answer.context["deal"] == second
    assert "Globex is Green." in answer.content.decode()
    kept = Opportunity.objects.get(pk=first.pk)
    assert (kept.confidence, kept.confidence_rationale) == ("green", "Signed")
    assert (kept.next_step, kept.judged_at) == ("Stamp it", NOON)
    last = client.post(f"{PAGE}{second.pk}/", word(second, confidence_rationale="No budget"))
    assert last["Location"] == f"{PAGE}?deal={second.pk}"


def test_what_is_said_unchanged_is_said_again(client: Client, em: User) -> None:
    (first,) = changed(em, "Globex")
    amend_deal(first, by=em, at=NOON - DAY, confidence_rationale="No budget")
    first.refresh_from_db()
    answer = client.post(f"{PAGE}{first.pk}/", word(first), follow=True)
    assert "Globex is still Red." in answer.content.decode()
    assert Opportunity.objects.get(pk=first.pk).judged_at == NOON


def test_a_colour_without_a_reason_is_refused_and_nobodys_words_are_lost(
    client: Client, em: User, lead: Client
) -> None:
    (first,) = changed(em, "Globex")
    bare = client.post(f"{PAGE}{first.pk}/", word(first, confidence="green"))
    assert bare.status_code == 422
    assert "Write what makes you think so" in bare.content.decode()
    unreasoned = lead.post(f"{PAGE}{first.pk}/", word(first, confidence="grey"))
    assert unreasoned.status_code == 422

    mine = word(first, confidence="green", confidence_rationale="Signed")
    amend_deal(first, by=em, at=NOON, confidence="amber", confidence_rationale="Late")
    overtaken = client.post(f"{PAGE}{first.pk}/", mine)

    assert overtaken.status_code == 409
    assert "is now" in overtaken.content.decode()
    assert overtaken.context["form"]["confidence_rationale"].value() == "Signed"
    again = overtaken.context["seen_word"]
    assert again == "amber"


def test_a_lead_goes_through_it_keeps_a_decision_and_ends_it(em: User, lead: Client) -> None:
    _, second = changed(em, "Globex", "Initech")
    assert lead.post(f"{PAGE}begin/").status_code == 302
    call = ForecastCall.objects.get()
    url = f"/forecast/calls/{call.pk}/"
    sent = {"decision-text": "Ask legal", "decision-owner": em.pk, "decision-due": "2026-03-09"}

    nameless = lead.post(f"{url}decide/", sent | {"decision-owner": "", "deal": second.pk})
    assert nameless.status_code == 422
    assert nameless.context["deal"] == second
    kept = lead.post(f"{url}decide/", sent | {"deal": second.pk})
    lead.post(f"{url}decide/", sent | {"deal": second.pk, "general": "on"})

    assert kept["Location"] == f"{PAGE}?deal={second.pk}"
    about, general = Decision.objects.order_by("pk")
    assert (about.opportunity, general.opportunity) == (second, None)
    assert "Ask legal" in page_of(lead, PAGE).text
    lead.post(f"/forecast/decisions/{general.pk}/drop/", {"next": PAGE})
    end = lead.get(f"{url}end/")
    assert set(end.context["form"].initial["participants"]) == {em.pk, call.begun_by_id}
    assert lead.post(f"{url}end/", {"participants": [em.pk]})["Location"] == url
    assert list(call.participants.all()) == [em]
    text = page_of(lead, url).text
    assert "Ask legal" in text
    assert "Initech" in text
    assert "Amara Osei" in text
    late = lead.post(f"{url}end/", {"participants": [em.pk]})
    assert late.status_code == 422
    assert "Begin another one" in late.content.decode()


def test_its_owner_says_from_my_day_that_it_is_done(client: Client, em: User) -> None:
    lead = make_user(Role.EM_LEAD)
    call = deciding.begin(QUARTER, by=lead, at=NOON)
    mine = deciding.decide(call, Decided("Ask legal", em), by=lead, at=NOON)
    theirs = deciding.decide(call, Decided("Call them", lead), by=lead, at=NOON)
    assert "Ask legal" in page_of(client, "/").text

    answer = client.post(f"/forecast/decisions/{mine.pk}/done/", {"next": "/"})

    assert answer["Location"] == "/"
    assert "Do what was decided" not in page_of(client, "/").text
    assert client.post(f"/forecast/decisions/{theirs.pk}/done/").status_code == 403
    away = client.post(f"/forecast/decisions/{mine.pk}/done/", {"next": "https://evil.example"})
    assert away["Location"] == call.get_absolute_url()


def test_only_leads_lead_and_who_reads_no_deals_finds_no_call(
    client: Client, em: User, signed_in: Enter
) -> None:
    (first,) = changed(em, "Globex")
    assert client.post(f"{PAGE}begin/").status_code == 403
    call = deciding.begin(QUARTER, by=em, at=NOON)
    url = f"/forecast/calls/{call.pk}/"
    for path in (f"{url}end/", f"{url}decide/"):
        assert client.post(path).status_code == 403
    viewer = signed_in(make_user(Role.VIEWER))
    assert viewer.get(PAGE).context.get("form") is None
    assert viewer.post(f"{PAGE}{first.pk}/", word(first)).status_code == 403
    for role in (Role.ACCOUNT_TEAM, Role.SIGNATORY, Role.LEGAL):
        stranger = signed_in(make_user(role))
        assert [stranger.get(path).status_code for path in (PAGE, url)] == [404, 404]
        assert "Call mode" not in stranger.get("/forecast/Q127/").content.decode()


def test_a_page_of_the_call_costs_the_same_however_many_deals_changed(
    client: Client, em: User
) -> None:
    lead = make_user(Role.EM_LEAD)
    call = deciding.begin(QUARTER, by=lead, at=NOON)

    def costs() -> list[int]:
        return [
            queries_of(client, path) for path in (PAGE, f"{PAGE}?show=all", call.get_absolute_url())
        ]

    changed(em, "One")
    deciding.decide(call, Decided("One", em), by=lead, at=NOON)
    before = costs()
    for each in changed(em, *"BCDE"):
        deciding.decide(call, Decided(each.name, em, deal=each), by=lead, at=NOON)
    assert costs() == before


def test_odd_addresses_show_the_first_deal(client: Client, em: User) -> None:
    (first,) = changed(em, "Globex")
    for said in ({"deal": "x"}, {"deal": "9" * 30}, {"em": "-1"}, {"show": "?"}):
        assert client.get(PAGE, said).context["deal"] == first
    nobody: dict[str, Any] = {"em": 2_000_000_000}
    assert client.get(PAGE, nobody).context["deal"] is None
    assert client.get("/forecast/Q927/call/").status_code == 404

"""The approval on the SOW's page: who agreed, whom it asks, what a save resets, and the decision."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from emdesk.approvals.models import Request
from emdesk.people.models import Role
from sow.greenlights import Party
from tests.factories import make_user
from tests.sow.approved import again, approve_all, put, ready, staffed

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return staffed()


@pytest.fixture
def statement(em):
    return ready(em, now())


def browse(user):
    client = Client()
    client.force_login(user)
    return client


def page(user, address):
    return browse(user).get(address).content.decode()


def test_from_agreement_to_the_request(statement, em, people):
    address = statement.get_absolute_url()
    client = browse(em)
    assert "Customer&#x27;s go-ahead is not noted yet." in page(em, f"{address}approval/")
    for party in Party:
        said = {"party": party, "seen": 2, "who": "Ada", "on": localdate(), "evidence": "Her mail"}
        assert client.post(f"{address}agreed/", said).status_code == 302

    preview = page(em, f"{address}approval/")
    assert "not noted" not in preview
    assert preview.index("Architect&#x27;s approval") < preview.index("PS leadership&#x27;s")

    assert client.post(f"{address}approval/", {"seen": 1}).status_code == 422
    answer = client.post(f"{address}approval/", {"seen": 2, "note": "In a hurry"})

    assert answer.url == f"{address}#approval"
    shown = page(em, address)
    assert "the technical architects since" in shown
    assert "Ask for approval" not in shown
    found = Request.objects.get(chain="sow")
    assert found.note == "In a hurry"


def test_what_is_wrong_with_an_agreement_is_said(statement, em):
    address = f"{statement.get_absolute_url()}agreed/"
    said = {"party": "customer", "seen": 2, "who": "", "on": localdate(), "evidence": "Mail"}

    shown = browse(em).post(address, said, follow=True).content.decode()

    assert "Who agreed: This field is required." in shown
    assert browse(make_user(Role.VIEWER)).post(address, said).status_code == 403


def test_the_decision_shows_version_price_what_changed_since_and_hash(statement, em, people):
    approve_all(put(statement, em, now()), people, now())
    client, address = browse(em), statement.get_absolute_url()
    typed = {"seen": 2, "edit": "travel", "do": "save", "t.travel": "Travel", "x.travel": "None."}
    first = client.post(address, typed | {"why": "They asked"})
    assert first.status_code == 422
    assert again(statement).latest == 2
    shown = first.content.decode()
    assert "Saving resets: <b>Revenue&#x27;s approval, PS leadership&#x27;s approval</b>" in shown
    assert 'name="told" value="Revenue&#x27;s approval"' in shown
    told = ["Revenue's approval", "PS leadership's approval"]
    assert client.post(address, typed | {"why": "They asked", "told": told}).status_code == 302
    found = put(statement, em, now())

    decision = page(people["revenue"], found.get_absolute_url())

    head = again(statement).head
    for wanted in ("Since v2", "Travel", f"{head.estimate_version.final_total:,.2f}", head.digest):
        assert wanted in decision
    assert 'value="approved"' in decision


def test_typing_says_what_saving_keeps_and_resets(statement, em, people):
    approve_all(put(statement, em, now()), people, now())
    address = f"{statement.get_absolute_url()}check/"
    travel = again(statement).head.said.section("travel")

    def told(text):
        said = {"t.travel": travel.title, "x.travel": text}
        return browse(em).post(address, said).content.decode()

    assert "Saving resets: <b>Revenue" in told("None.")
    assert "Saving resets no approval" in told(f"{travel.text.replace(' ', '  ', 1)}")
    assert "Saving resets" not in told(travel.text)

"""The inbox, the page of a decision, and the link in a mail."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emdesk.approvals.links import SALT, token
from emdesk.approvals.models import Decision, Inquiry, Request, Standing
from emdesk.people.models import Role
from scoping.estimating.beginning import begin
from scoping.estimating.sending import send
from scoping.models import EstimateLine, ScopingIssue
from scoping.models.estimate import Addressee
from scoping.states import State
from tests.approvals.papers import asked, paper, say, step_of
from tests.factories import NOON, TODAY, make_ready_issue, make_user

pytestmark = pytest.mark.django_db
COST, MARGIN = "4711.11", "92.15"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def yusuf(people, issue):
    ScopingIssue.objects.filter(pk=issue.pk).update(technical_architect=people["architect"])
    issue.refresh_from_db(fields=["technical_architect"])
    return people["architect"]


@pytest.fixture
def reviewed(issue, em, yusuf) -> Request:
    """A real estimate, put to the architect named on the issue."""
    estimate = begin(issue, by=em, at=NOON)
    EstimateLine.objects.create(
        estimate=estimate, position=100, title="Move", unit_price=60_000, cost=Decimal(COST)
    )
    send(estimate, to=Addressee.ACCOUNT_TEAM, by=em, at=NOON)
    return Request.objects.get()


def page_of(client, found):
    return client.get(found.get_absolute_url()).content.decode()


def decided(client, found, verdict="approved", **said):
    step = found.steps.first()
    data = {"step": step.pk, "digest": found.digest, "verdict": verdict, **said}
    return client.post(f"{found.get_absolute_url()}decide/", data)


def test_the_inbox_has_what_waits_for_one_what_one_asked_and_what_one_decided(
    signed_in, issue, em, yusuf, reviewed
):
    def inbox(user):
        return signed_in(user).get("/approvals/").context

    assert [list(inbox(yusuf)[name]) for name in ("mine", "asked", "decided")] == [
        [reviewed],
        [],
        [],
    ]
    assert [list(inbox(em)[name]) for name in ("mine", "asked", "decided")] == [[], [reviewed], []]
    decided(signed_in(yusuf), reviewed)
    assert [list(inbox(yusuf)[name]) for name in ("mine", "asked", "decided")] == [
        [],
        [],
        [reviewed],
    ]


def test_the_inbox_asks_the_database_the_same_at_one_row_and_at_five(signed_in, em, people):
    client, counts = signed_in(people["architect"]), []
    for number in range(1, 6):
        issue = make_ready_issue(
            State.ESTIMATE_FEEDBACK,
            engagement_manager=em,
            technical_architect=people["architect"],
        )
        asked(issue, em, paper(number))
        with CaptureQueriesContext(
            connection,
        ) as asked_for:
            assert len(client.get("/approvals/").context["mine"]) == number
        counts.append(len(asked_for))
    assert counts[0] == counts[-1]


def test_the_page_has_the_pinned_figures_and_margin_for_those_who_see_cost(
    signed_in, reviewed, yusuf, em, people
):
    told = page_of(signed_in(yusuf), reviewed)
    assert "USD 60,000.00" in told
    assert MARGIN in told
    assert reviewed.digest in told
    for role in (Role.VIEWER, Role.LEGAL, Role.DEAL_DESK, Role.PRACTICE_MANAGER):
        page = page_of(signed_in(make_user(role)), reviewed)
        assert "USD 60,000.00" in page
        assert not [word for word in (MARGIN, "Margin", COST, "4,711") if word in page]


def test_the_figures_stay_those_that_were_asked_about(signed_in, reviewed, yusuf):
    EstimateLine.objects.update(unit_price=90_000)
    assert "USD 60,000.00" in page_of(signed_in(yusuf), reviewed)


def test_only_who_is_asked_has_the_buttons(signed_in, reviewed, yusuf, em):
    assert "Approve</button>" in page_of(signed_in(yusuf), reviewed)
    for person in (em, make_user(Role.EM_LEAD), make_user(Role.PS_LEADERSHIP)):
        client = signed_in(person)
        assert "Approve</button>" not in page_of(client, reviewed)
        assert decided(client, reviewed).status_code == 403
    outsider = signed_in(make_user(Role.ADMIN))
    assert outsider.get(reviewed.get_absolute_url()).status_code == 404
    assert decided(outsider, reviewed).status_code == 404
    assert not Decision.objects.exists()


def test_after_the_decision_the_page_is_its_receipt(signed_in, reviewed, yusuf):
    client = signed_in(yusuf)
    assert decided(client, reviewed, reason="Sized well").status_code == 302
    page = page_of(client, reviewed)
    assert "“Sized well”" in page
    assert "Approve</button>" not in page
    assert "<form" not in page.split("<main")[1].split("</main>")[0]


def test_a_no_without_a_reason_comes_back_with_what_to_do(signed_in, reviewed, yusuf):
    answer = decided(signed_in(yusuf), reviewed, "rejected")
    assert answer.status_code == 422
    assert "Say why, so that it can be changed." in answer.content.decode()
    assert not Decision.objects.exists()


def test_the_second_of_two_is_told_and_their_words_are_kept(signed_in, issue, em, people):
    rival = make_user(Role.TECHNICAL_ARCHITECT, name="Ewa Zielonka")
    issue.architect_review = "needed"
    issue.save(update_fields=["architect_review"])
    found = asked(issue, em)
    say(found, "architect", rival)
    answer = decided(signed_in(people["architect"]), found, "rejected", reason="No")
    assert answer.status_code == 409
    assert "Ewa Zielonka decided this first" in answer.content.decode()


def test_a_page_of_another_version_decides_nothing(signed_in, reviewed, yusuf):
    step = reviewed.steps.get()
    said = {"step": step.pk, "digest": "0" * 64, "verdict": "approved"}
    answer = signed_in(yusuf).post(f"{reviewed.get_absolute_url()}decide/", said)
    assert answer.status_code == 409
    assert not Decision.objects.exists()


def test_question_answer_delegation_and_recall_by_their_forms(
    signed_in, reviewed, yusuf, em, people
):
    address, step = reviewed.get_absolute_url(), reviewed.steps.get()
    architect, manager = signed_in(yusuf), signed_in(em)
    ewa = make_user(Role.TECHNICAL_ARCHITECT, name="Ewa Zielonka")
    architect.post(f"{address}ask/", {"step": step.pk, "text": "How many waves?"})
    assert "How many waves?" in page_of(manager, reviewed)
    inquiry = Inquiry.objects.get()
    manager.post(f"{address}answer/", {"inquiry": inquiry.pk, "text": "Four"})
    assert "answered: “Four”" in page_of(architect, reviewed)
    said = {"step": step.pk, "to": ewa.pk, "until": (TODAY + timedelta(days=3)).isoformat()}
    assert architect.post(f"{address}delegate/", said).status_code == 302
    assert "Approve</button>" in page_of(signed_in(ewa), reviewed)
    assert manager.post(f"{address}recall/", {"reason": ""}).status_code == 422
    manager.post(f"{address}recall/", {"reason": "Wrong rates"})
    assert Request.objects.get().standing == Standing.RECALLED


def test_a_lead_gives_it_to_somebody_else(signed_in, reviewed, yusuf):
    lead, ewa = make_user(Role.EM_LEAD), make_user(Role.TECHNICAL_ARCHITECT)
    client, step = signed_in(lead), reviewed.steps.get()
    assert "Give it to somebody else" in page_of(client, reviewed)
    said = {"step": step.pk, "to": ewa.pk, "reason": "Knows them"}
    assert client.post(f"{reviewed.get_absolute_url()}reassign/", said).status_code == 302
    assert step_of(reviewed, "architect").assignee == ewa


def test_nothing_strange_breaks_the_forms(signed_in, reviewed, yusuf):
    client, address = signed_in(yusuf), reviewed.get_absolute_url()
    for deed in ("decide", "ask", "answer", "recall"):
        for said in ({}, {"step": "x", "digest": "\x00", "verdict": "maybe"}, {"step": "9" * 30}):
            assert client.post(f"{address}{deed}/", said).status_code in {403, 404, 422}
    for deed in ("delegate", "reassign"):
        for said in ({}, {"step": "x"}, {"step": "9" * 30}, {"step": "²"}):
            assert client.post(f"{address}{deed}/", said).status_code == 404
    assert not Decision.objects.exists()


def test_the_link_finds_the_page_and_opens_nothing_by_itself(client, signed_in, reviewed, yusuf):
    address = f"/approvals/go/{token(reviewed.pk, NOON)}/"
    anonymous = client.get(address)
    assert anonymous.status_code == 302
    assert anonymous.url.startswith("/account/login/")
    assert signed_in(yusuf).get(address).url == reviewed.get_absolute_url()
    assert signed_in(make_user(Role.ADMIN)).get(address).status_code == 404
    assert not Decision.objects.exists()


def test_an_old_or_forged_link_opens_nothing(signed_in, reviewed, yusuf):
    architect = signed_in(yusuf)
    good = token(reviewed.pk, NOON)
    forged = signing.Signer(salt="another").sign_object([reviewed.pk, int(NOON.timestamp())])
    strange = signing.Signer(salt=SALT).sign_object(["x"])
    for wrong in (good[:-1], forged, strange, "x", token(reviewed.pk, NOON - timedelta(days=15))):
        assert architect.get(f"/approvals/go/{wrong}/").status_code == 410
    assert architect.get(f"/approvals/go/{good}/").status_code == 302


def test_who_needs_a_second_factor_is_asked_for_it_before_the_page(
    settings, signed_in, reviewed, yusuf
):
    settings.MFA_REQUIRED = True
    answer = signed_in(yusuf).get(f"/approvals/go/{token(reviewed.pk, NOON)}/")
    assert answer.status_code == 302
    assert "second-factor" in answer.url
    assert decided(signed_in(yusuf), reviewed).status_code == 302
    assert not Decision.objects.exists()


def test_where_the_gate_asks_for_it_one_signs_in_anew_first(signed_in, issue, em, people):
    found = asked(issue, em, paper(1, 100))
    for gate in ("revenue", "leadership"):
        say(found, gate, people[gate])
    people["legal"].set_password("a-good-quarter-ahead")
    people["legal"].save()
    client, step = signed_in(people["legal"]), step_of(found, "legal")
    said = {"step": step.pk, "digest": found.digest, "verdict": "approved"}
    with time_machine.travel(NOON + timedelta(hours=1)):
        answer = client.post(f"{found.get_absolute_url()}decide/", said)
    assert answer.status_code == 302
    assert "reauthenticate" in answer.url
    assert not hasattr(step_of(found, "legal"), "decision")

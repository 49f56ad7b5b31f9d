"""The legal case: one for each opportunity, with rounds and turns, and what lies in it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic
from django.test import Client

from emdesk.activity.sentences import describe
from emdesk.configuration.values import set_value
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.sla.models import Clock
from emdesk.workflow import NotAllowed, Refused
from scoping.models import Opportunity, ScopingIssue
from scoping.promises import customer_holds_pen, standing
from sow import legal as cases
from sow.asking import content_is_final
from sow.models import LegalCase, LegalTurn, Side, StatementOfWork
from sow.saving import Typed, save
from tests.factories import NOON, make_user
from tests.sow.approved import HOUR, again
from tests.sow.making import drafted

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement(em):
    return with_deal(drafted(em))


def with_deal(statement, deal=None):
    deal = deal or Opportunity.objects.create(name="D", amount=30_000, currency="USD")
    ScopingIssue.objects.filter(pk=statement.issue_id).update(opportunity=deal)
    return again(statement)


def opened(statement, by, at=NOON, **said):
    return cases.open_case(statement, by=by, at=at, **said)


def write(statement, by, at, text="Nobody travels."):
    typed = [Typed("travel", "Travel", text)]
    return save(again(statement), seen=again(statement).latest, by=by, at=at, typed=typed)


def test_there_is_one_for_each_opportunity(statement, em, legal):
    case = opened(statement, em, number="00042", note="45 days")
    assert (case.lies, case.turns.get().side, case.closed_at) == (1, Side.LEGAL, None)
    assert "00042 with v1" in describe(Event.objects.about(statement.issue).last())
    with pytest.raises(Refused, match="already"):
        opened(statement, legal)
    other = with_deal(drafted(em), statement.issue.opportunity)
    with pytest.raises(Refused, match="already"):
        opened(other, em)
    assert cases.case_of(other) == case
    with pytest.raises(Refused, match="Create or link"):
        opened(drafted(em), em)
    with pytest.raises(IntegrityError), atomic():
        LegalTurn.objects.create(case=case, side="em", version=1, by=em, since=NOON)


def test_time_is_told_for_each_side_and_rounds_are_those_with_legal(statement, em, legal):
    case = opened(statement, em)
    for hours, side, by in ((2, "em", legal), (3, "legal", em), (7, "account_team", legal)):
        cases.pass_on(case, side, by=by, at=NOON + hours * HOUR)

    found = cases.spent(case, NOON + 9 * HOUR)

    told = {each.side: (each.time, each.now) for each in found}
    assert told == {
        Side.LEGAL: (6 * HOUR, False),
        Side.EM: (HOUR, False),
        Side.ACCOUNT_TEAM: (2 * HOUR, True),
    }
    assert [each.text for each in cases.spent(case, NOON + 99 * HOUR)] == ["6 h", "1 h", "3 d 20 h"]
    assert cases.rounds(case) == 2
    with pytest.raises(Refused, match="already"):
        cases.pass_on(case, "account_team", by=em, at=NOON + 9 * HOUR)


def test_while_the_customer_has_it_the_clock_stands(statement, em, legal):
    case = opened(statement, em)
    cases.pass_on(case, "customer", by=em, at=NOON + HOUR)
    issue = again(statement).issue
    assert customer_holds_pen(standing(issue)[issue.pk])
    assert Clock.objects.about(issue).get(key="sow_draft").paused_at == NOON + HOUR

    cases.pass_on(case, "legal", by=em, at=NOON + 3 * HOUR)

    assert not customer_holds_pen(standing(issue)[issue.pk])
    assert Clock.objects.about(issue).get(key="sow_draft").paused_at is None


def test_a_text_newer_on_one_side_is_told(statement, em, lead):
    assert cases.out_of_step(statement, NOON) == ""
    case = opened(statement, em)
    assert cases.out_of_step(statement, NOON) == ""
    write(statement, em, NOON + HOUR)
    assert cases.out_of_step(again(statement), NOON + HOUR) == (
        "v2 is newer than v1 in the legal case. Put v2 there, which holds the truth."
    )
    said = {"effective_from": NOON.date(), "reason": "x", "by": lead, "at": NOON}
    set_value("sow_truth", "desk", **said)
    assert "so that it follows" in cases.out_of_step(again(statement), NOON + HOUR)

    write(statement, em, NOON + HOUR, text=statement.head.said.section("travel").text)
    saved = again(statement).head
    typed = [
        Typed(
            "travel", statement.head.said.section("travel").title, saved.said.section("travel").text
        )
    ]
    save(again(statement), seen=3, by=em, at=NOON + HOUR, typed=typed)
    assert again(statement).head.digest == statement.versions.get(number=1).digest
    assert cases.out_of_step(again(statement), NOON + HOUR) == ""

    cases.newer_there(case, "legal-v7.docx of Lea", by=em, at=NOON + 2 * HOUR)
    assert "“legal-v7.docx of Lea”. Put ours there" in cases.out_of_step(statement, NOON)
    with pytest.raises(Refused, match="holds a newer text"):
        cases.close(case, by=em, at=NOON + 2 * HOUR)
    with pytest.raises(Refused, match="no such version"):
        cases.put_there(case, 99, by=em, at=NOON + 2 * HOUR)
    cases.put_there(case, again(statement).latest, by=em, at=NOON + 2 * HOUR)
    assert cases.out_of_step(again(statement), NOON) == ""


def test_closing_it_is_legals_leg_and_passing_it_on_opens_it_again(statement, em, legal):
    case = opened(statement, em)
    content_is_final(statement.issue, by=em, at=NOON + HOUR, origin="person")

    cases.close(case, by=legal, at=NOON + 2 * HOUR)

    done = standing(statement.issue)[statement.issue_id]
    assert done["leg_legal"].actor == legal
    with pytest.raises(Refused, match="closed already"):
        cases.close(case, by=legal, at=NOON + 2 * HOUR)
    assert not case.turns.filter(until=None).exists()
    cases.pass_on(case, "em", by=legal, at=NOON + 4 * HOUR)
    assert LegalCase.objects.get(pk=case.pk).closed_at is None
    assert cases.spent(case, NOON + 5 * HOUR)[0].time == timedelta(hours=2)


def test_who_works_in_it(statement, em, lead, legal):
    for role in (Role.EM, Role.VIEWER, Role.REVENUE, Role.DEAL_DESK):
        with pytest.raises(NotAllowed):
            opened(statement, make_user(role))
    team = make_user(Role.ACCOUNT_TEAM)
    statement.issue.account_team.add(team)
    case = opened(statement, team)
    for by in (em, lead, legal, team):
        cases.amend(case, number="7", link="https://crm.example/7", by=by, at=NOON)
    assert LegalCase.objects.get().number == "7"


def test_a_customers_own_paper_needs_its_value(statement, em, lead):
    said = {"effective_from": NOON.date(), "reason": "x", "by": lead, "at": NOON}
    set_value("sow_redline_limits", "on", **said)
    with pytest.raises(Refused, match="above 100,000"):
        opened(statement, em, paper="theirs")
    case = opened(statement, em, paper="ours")
    cases.pass_on(case, "customer", by=em, at=NOON)


def test_the_page_opens_it_and_passes_it_on(statement, em):
    client = Client()
    client.force_login(em)
    address = f"{statement.get_absolute_url()}legal/"
    assert "No legal case yet" in client.get(address).content.decode()
    first = {"do": "open", "asked": "review", "paper": "ours", "number": "00042"}
    assert client.post(address, first | {"asked": "nonsense"}).status_code == 422
    assert client.post(address, first | {"link": "javascript:alert(1)"}).status_code == 422
    assert client.post(address, first).status_code == 302
    assert (
        client.post(address, {"do": "turn", "side": "customer", "said": "Read"}).status_code == 302
    )
    refused = client.post(address, {"do": "turn", "side": "customer"})
    assert (refused.status_code, "their turn already" in refused.content.decode()) == (422, True)
    assert client.post(address, {"do": "nothing"}).status_code == 404
    shown = client.get(address).content.decode()
    assert "Customer has it" in shown
    assert "1 round with legal" in shown
    reader = Client()
    reader.force_login(make_user(Role.VIEWER))
    assert "Pass it on" not in reader.get(address).content.decode()
    assert reader.post(address, {"do": "close"}).status_code == 403
    assert StatementOfWork.objects.get().latest == 1

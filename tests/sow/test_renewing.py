"""A SOW goes on from an estimate that was accepted since; what people agreed stays."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from emdesk.workflow import NotAllowed, Refused, perform
from scoping.estimating.sending import decide, send
from scoping.models import Estimate, EstimateLine
from scoping.models.estimate import Addressee, Standing
from sow.checks import check
from sow.kinds import Kind
from sow.models import StatementOfWork
from sow.page import draft_of
from sow.renewing import renew
from sow.saving import Typed, save
from tests.factories import NOON, again, make_user
from tests.oracles import sow as oracle
from tests.sow.approved import put, ready, say, staffed

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def revised(statement, em):
    """The same estimate with one line more, in a phase of its own, accepted."""
    estimate = Estimate.objects.get(issue=statement.issue)
    EstimateLine.objects.create(
        estimate=estimate, position=900, title="Close", phase="End", hours=4, rate=330
    )
    version = send(estimate, to=Addressee.ACCOUNT_TEAM, by=em, at=LATER)
    decide(version, Standing.ACCEPTED, by=em, at=LATER)
    perform(again(statement.issue).start_sow, by=em, at=LATER)
    return version


def faults(statement):
    head = statement.head
    return {
        each.name: each.faults
        for each in check(draft_of(head, statement.issue, head.said))
        if each.faults
    }


def test_what_the_estimate_tells_is_built_anew_and_the_rest_stays(statement, em):
    typed = [Typed("travel", "Travel", "Nobody travels."), Typed("scope", "Prepare", "My words")]
    save(statement, seen=1, by=em, at=NOON, typed=typed)
    estimate = revised(statement, em)
    statement = StatementOfWork.objects.get(pk=statement.pk)
    assert "The estimate is the accepted one" in faults(statement)

    version = renew(statement, by=em, at=LATER)

    content = version.said
    assert (version.number, version.estimate_version) == (3, estimate)
    assert version.estimate_digest == estimate.digest
    assert [each.title for each in content.of(Kind.SCOPE)] == ["Prepare", "Move", "End"]
    assert content.section("travel").text == "Nobody travels."
    fees = "\n".join(content.text_of(each) for each in content.of(Kind.FEES))
    assert oracle.told_amounts(fees) == oracle.amounts(estimate.content)
    assert len({each.key for each in content.sections}) == len(content.sections)
    assert any("Estimate version: v1 → v2" in told for told in version.difference)
    assert statement.versions.get(number=2).said.section("scope").text == "My words"
    left = faults(StatementOfWork.objects.get(pk=statement.pk))
    assert set(left) == {
        "Nothing is left open",
        "Milestones hold work and say when it is done",
    }


def test_without_a_newer_estimate_or_the_right_nothing_happens(statement, em, lead):
    with pytest.raises(Refused, match="No other version"):
        renew(statement, by=em, at=NOON)
    revised(statement, em)
    with pytest.raises(NotAllowed):
        renew(statement, by=make_user(), at=LATER)
    with pytest.raises(Refused, match="Say why"):
        renew(statement, by=lead, at=LATER)


def test_it_says_beforehand_what_it_resets(em):
    people, statement = staffed(), ready(em)
    found = put(statement, em, NOON)
    for gate in ("architect", "delivery"):
        say(found, people, gate, NOON)
    client, address = Client(), f"{statement.get_absolute_url()}renew/"
    client.force_login(em)
    assert "No other version" in client.get(address).content.decode()
    revised(statement, em)

    shown = client.get(address).content.decode()

    for name in ("Architect", "Delivery"):
        assert f'name="told" value="{name}&#x27;s approval"' in shown
    assert "Estimate version: v1 → v2" in shown
    untold = client.post(address, {"why": "They want more"})
    assert untold.status_code == 422
    assert "Saving this takes away" in untold.content.decode()
    told = [f"{name}'s approval" for name in ("Architect", "Delivery")]
    assert client.post(address, {"told": told}).status_code == 422
    assert StatementOfWork.objects.get(pk=statement.pk).latest == 2
    assert client.post(address, {"told": told, "why": "They want more"}).status_code == 302
    assert StatementOfWork.objects.get(pk=statement.pk).latest == 3


def test_education_that_is_new_stands_behind_the_scope(em, statement):
    content = statement.head.said
    assert content.of(Kind.EDUCATION)
    save(statement, seen=1, by=em, at=NOON, act=_without_education)
    revised(statement, em)

    sections = renew(statement, by=em, at=LATER).said.sections

    kinds = [each.kind for each in sections]
    assert kinds.count(Kind.EDUCATION) == 1
    assert kinds.index(Kind.EDUCATION) == kinds.index(Kind.EXCLUSIONS) - 1


def _without_education(content):
    kept = tuple(each for each in content.sections if each.kind != Kind.EDUCATION)
    return type(content)(content.fields, kept)


def test_the_page_offers_it_while_it_makes_sense(statement, em):
    client = Client()
    client.force_login(em)
    address = statement.get_absolute_url()
    assert "Go on from" not in client.get(address).content.decode()
    revised(statement, em)
    assert "Go on from v2" in client.get(address).content.decode()

    client.post(f"{address}renew/")

    head = StatementOfWork.objects.get(pk=statement.pk).head
    assert Decimal(head.said.fields["hours_total"]) == oracle.hours(head.estimate_version.content)
    assert "Go on from" not in client.get(address).content.decode()

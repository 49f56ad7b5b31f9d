"""The hand-off: opened with the stamped SOW, filled, handed over, accepted once both have signed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from emdesk.activity.sentences import describe
from emdesk.ledger.models import Event
from emdesk.ledger.recording import projections
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused
from scoping.deeds import DEEDS
from scoping.facts import Overtaken
from scoping.models import Opportunity, ScopingIssue
from scoping.promises import note as note_deed
from scoping.risks import note_risk
from sow.booking import note
from sow.duties import after_the_sow
from sow.handing_over import (
    accept,
    amend,
    answer,
    give_back,
    hand,
    meet,
    open_handoff,
    set_due,
)
from sow.handoff_page import pack
from sow.models import Done, Handoff, StatementOfWork
from sow.readiness import GROUPS, QUESTIONS, score
from tests.factories import NOON, make_user
from tests.sow.approved import HOUR, again
from tests.sow.by_hand import stamped_by_hand

pytestmark = pytest.mark.django_db


@pytest.fixture
def pm(statement):
    found = make_user(Role.PROJECT_MANAGER, name="Milo")
    ScopingIssue.objects.filter(pk=statement.issue_id).update(project_manager=found)
    statement.issue.refresh_from_db(fields=["project_manager"])
    return found


def opened(statement, em):
    return open_handoff(again(statement), by=em, at=NOON)


def fresh(handoff):
    return Handoff.objects.select_related("statement__issue").get(pk=handoff.pk)


def sign(statement, by):
    for key in (Done.SIGNED_US, Done.SIGNED_THEM):
        note(again(statement), key, on=NOON.date(), by=by, at=NOON + HOUR, text="Copy")


def test_it_opens_when_the_stamped_sow_goes_out_or_by_its_em(statement, em, pm):
    with pytest.raises(NotAllowed):
        open_handoff(again(statement), by=pm, at=NOON)
    stamped_by_hand(statement, make_user(Role.LEGAL), NOON)
    note_deed(again(statement).issue, DEEDS["stamped_sow_sent"], by=em, at=NOON + HOUR)

    found = Handoff.objects.get(statement=statement)
    assert (found.opened_by, found.opened_at) == (None, NOON + HOUR)
    days = {task.kind: (task.due - NOON.date()).days for task in found.tasks.all()}
    assert days == {"introduction": 7, "transition": 7, "prep_call": 14}
    assert opened(statement, em) == found
    projection = next(each for each in projections if each.name == "hand-offs")
    assert projection.differences() == 0
    found.tasks.all().delete()
    found.delete()
    assert projection.differences() == 1
    projection.rebuild()
    assert projection.differences() == 0
    assert Handoff.objects.get().opened_at == NOON + HOUR


def test_readiness_counts_what_is_not_answered_as_not_known(statement, em):
    record = opened(statement, em)
    assert len(QUESTIONS) == sum(len(group) for group in GROUPS.values()) >= 20
    first, second, *rest = QUESTIONS
    answer(record, first, stand="ready", by=em, at=NOON)
    answer(record, second, stand="not_ready", owner="Ada", note="June", by=em, at=NOON)
    answer(record, second, stand="not_ready", owner="Ada", note="June", by=em, at=NOON)
    found = score(record.answers.all())
    assert (found.ready, found.not_ready, found.unknown) == (1, 1, len(rest))
    assert found.percent == 100 // len(QUESTIONS)
    told = Event.objects.about(statement.issue).filter(verb="sow.handoff_answered")
    assert told.count() == 2
    assert "not ready. June" in describe(told.last())
    with pytest.raises(Refused, match="no such question"):
        answer(record, "nonsense", stand="ready", by=em, at=NOON)


def test_meetings_are_dated_and_took_place(statement, em, pm):
    task = opened(statement, em).tasks.get(kind="prep_call")
    set_due(task, NOON.date() + timedelta(days=3), by=em, at=NOON)
    with pytest.raises(Refused, match="still to come"):
        meet(task, NOON.date() + timedelta(days=1), by=pm, at=NOON)
    with pytest.raises(NotAllowed):
        meet(task, NOON.date(), by=make_user(), at=NOON)
    meet(task, NOON.date(), by=pm, at=NOON)
    with pytest.raises(Refused, match="noted this already"):
        meet(task, NOON.date(), by=em, at=NOON)
    task.refresh_from_db()
    assert (task.due, task.done_on) == (NOON.date() + timedelta(days=3), NOON.date())
    assert task.done_by == pm


def test_two_who_write_the_same_do_not_overwrite_each_other(statement, em):
    record = opened(statement, em)
    amend(record, by=em, at=NOON, seen={"promised": ""}, promised="No downtime")
    with pytest.raises(Overtaken):
        amend(record, by=em, at=NOON, seen={"promised": ""}, promised="Nothing")
    assert fresh(record).promised == "No downtime"


def test_the_project_manager_accepts_after_signature_or_asks(statement, em, pm):
    record = opened(statement, em)
    ScopingIssue.objects.filter(pk=statement.issue_id).update(project_manager=None)
    with pytest.raises(Refused, match="Name the project manager"):
        hand(fresh(record), by=em, at=NOON)
    ScopingIssue.objects.filter(pk=statement.issue_id).update(project_manager=pm)
    sign(statement, em)
    with pytest.raises(Refused, match="not with you"):
        accept(fresh(record), by=pm, at=NOON)
    statement.booking.update(until=NOON)
    hand(fresh(record), by=em, at=NOON)
    with pytest.raises(Refused, match="has it already"):
        hand(fresh(record), by=em, at=NOON)
    with pytest.raises(Refused, match="have to sign first"):
        accept(fresh(record), by=pm, at=NOON)
    for other in (em, make_user(Role.PROJECT_MANAGER)):
        with pytest.raises(NotAllowed):
            accept(fresh(record), by=other, at=NOON)
    with pytest.raises(Refused, match="Write what you miss"):
        give_back(fresh(record), "", by=pm, at=NOON)
    give_back(fresh(record), "Who signs off waves?", by=pm, at=NOON)
    assert fresh(record).stand == "returned"
    hand(fresh(record), by=em, at=NOON)
    sign(statement, em)
    accept(fresh(record), by=pm, at=NOON + HOUR)

    found = fresh(record)
    assert (found.stand, found.answered_by, found.questions) == ("accepted", pm, "")
    with pytest.raises(Refused, match="Delivery has accepted"):
        amend(found, by=em, at=NOON + HOUR, growth="More")


def test_the_pack_carries_scope_hours_risks_and_what_is_not_known(statement, em, pm):
    deal = Opportunity.objects.create(name="D", currency="USD")
    ScopingIssue.objects.filter(pk=statement.issue_id).update(opportunity=deal)
    note_risk(deal, by=em, at=NOON, text="They may leave")
    record = opened(statement, em)
    first = next(iter(QUESTIONS))
    answer(record, first, stand="ready", by=em, at=NOON)

    told = pack(again(statement), fresh(record), NOON.date())

    lines = statement.head.estimate_version.content["lines"]
    sold = [line["title"] for line in lines if not line["optional"]]
    assert [line["title"] for line in told["lines"]] == sold
    assert [risk.text for risk in told["risks"]] == ["They may leave"]
    assert len(told["left"]) == len(QUESTIONS) - 1
    assert QUESTIONS[first] not in told["left"]
    assert ("Project manager", pm) in told["people"]


def test_the_page_and_the_pack_on_paper(statement, em, pm, monkeypatch):
    pages = []
    monkeypatch.setattr("sow.views.handoff.pdf_of", lambda page: pages.append(page) or b"%PDF-1.7")
    clients = {}
    for user in (em, pm):
        clients[user] = Client()
        clients[user].force_login(user)
    address = f"{statement.get_absolute_url()}handoff/"
    assert "Open it now" in clients[em].get(address).content.decode()
    assert "Open it now" not in clients[pm].get(address).content.decode()
    assert clients[em].get(f"{address}pdf/").status_code == 404
    assert clients[em].post(address, {"do": "open"}).status_code == 302
    said = {"do": "save", "promised": "No <b>downtime</b>", "initial-promised": ""}
    assert clients[em].post(address, said).status_code == 302
    assert clients[em].post(f"{address}readiness/sso/", {"stand": "ready"}).status_code == 302
    assert clients[em].post(f"{address}readiness/nonsense/", {"stand": "ready"}).status_code == 404
    assert clients[pm].post(f"{address}readiness/sso/", {"stand": "ready"}).status_code == 403
    task = Handoff.objects.get().tasks.first()
    met = {"do": "met", "on": now().date().isoformat()}
    assert clients[pm].post(f"{address}tasks/{task.pk}/", met).status_code == 302
    assert clients[em].post(address, {"do": "hand"}).status_code == 302
    assert clients[pm].post(address, {"do": "accept"}).status_code == 422
    assert clients[em].post(address, {"do": "accept"}).status_code == 403
    back = {"do": "give_back", "questions": "Which waves?"}
    assert clients[pm].post(address, back).status_code == 302
    shown = clients[em].get(address).content.decode()
    assert "Which waves?" in shown
    assert "No &lt;b&gt;downtime&lt;/b&gt;" in shown
    assert clients[pm].get(f"{address}pdf/").status_code == 200
    assert "No &lt;b&gt;downtime&lt;/b&gt;" in pages[0]
    assert "Transition pack" in pages[0]
    assert not {"cogs", "margin"} & set(pages[0].lower().split())
    assert StatementOfWork.objects.get().latest == 1


def test_my_day_tells_whose_turn_it_is(statement, em, pm):
    def told(user):
        return {duty.verb: duty.reason for duty in after_the_sow([user], NOON)}

    record = opened(statement, em)
    assert told(em)["Prepare the hand-off of"].startswith("Still to take place: introduce")
    assert told(pm) == {}
    hand(fresh(record), by=em, at=NOON)
    assert told(em) == {}
    assert told(pm) == {"Accept the hand-off of": "Handed over on 2 Mar"}
    give_back(fresh(record), "Who?", by=pm, at=NOON)
    assert told(em) == {"Answer about the hand-off of": "The project manager has questions"}
    assert told(pm) == {}

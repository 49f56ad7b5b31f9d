"""Work at risk: nothing before PS leadership's word, nothing unseen beyond it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emdesk.activity.sentences import describe
from emdesk.approvals.deciding import recall as recall_request
from emdesk.approvals.models import Request
from emdesk.approvals.refusals import NotAllowed as MayNotDecide
from emdesk.ledger.models import Event
from emdesk.notifications.audiences import heard
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused, perform
from scoping.models import ScopingIssue
from sow.booking import note as note_deed
from sow.duties import after_the_sow
from sow.exposure import Exposure, exposure_of
from sow.handing_over import open_handoff
from sow.models import Done, RiskTerm, Word, WorkAtRisk
from sow.risking import ENDED, WARNED, extend, mind, stop
from tests.factories import NOON, make_user
from tests.factories import again as again_issue
from tests.oracles.exposure import holds
from tests.sow.approved import HOUR, again
from tests.sow.changed import answer, asked, at_risk, did

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
UNTIL = NOON.date() + 30 * DAY


@pytest.fixture
def boss(db):
    return make_user(Role.PS_LEADERSHIP, name="Rafa")


def warnings(issue):
    rows = Event.objects.about(issue).filter(verb=WARNED).order_by("number")
    return [event.data["flag"] for event in rows]


def test_exposure_and_what_holds_of_it_are_those_of_a_plain_count():
    today = date(2026, 3, 2)
    sums = ["0", "79.99", "80", "100", "100.01"]
    days = [today + DAY * each for each in (-1, 0, 7, 8)]
    for amount, expires in product(sums, days):
        known = Exposure("USD", Decimal(1), Decimal(amount), Decimal(100), expires)
        total, words = holds([Decimal(amount)], Decimal(100), expires, today, 7)
        assert (known.amount, {str(each) for each in known.flags(today, 7)}) == (total, words)
        assert known.beyond(Decimal("0.01"), today) == (
            total + Decimal("0.01") > 100 or today > expires
        )
    nothing = Exposure("USD", Decimal(0), Decimal(0), None, None)
    assert [str(each) for each in nothing.flags(today, 7)] == ["waiting"]
    assert nothing.beyond(Decimal(1), today)


def test_nothing_is_done_before_ps_leadership_says_so_and_nobody_approves_their_own(
    issue, em, boss, lead
):
    pm, delivery = make_user(Role.PROJECT_MANAGER), make_user(Role.DELIVERY_MANAGER)
    for stranger in (make_user(), pm, delivery, boss, make_user(Role.ACCOUNT_TEAM)):
        with pytest.raises(NotAllowed):
            asked(issue, stranger)
    both = make_user(Role.PS_LEADERSHIP, Role.EM_LEAD)
    with pytest.raises(Refused, match="later day"):
        asked(issue, em, expires=NOON.date() - DAY)
    work = asked(issue, both)
    with pytest.raises(Refused, match="has not approved"):
        did(work, em, 100)
    with pytest.raises(Refused, match="asked for already"):
        asked(issue, em)
    with pytest.raises(MayNotDecide):
        answer(both)
    answer(boss, verdict="rejected", reason="Too much")
    term = RiskTerm.objects.get()
    assert (term.word, term.decided_by) == (Word.REFUSED, boss)
    with pytest.raises(Refused, match="has not approved"):
        did(work, em, 100)
    extend(work, cap=Decimal(900), expires=UNTIL, reason="Less", by=em, at=NOON + HOUR)
    with pytest.raises(Refused, match="has not answered"):
        extend(work, cap=Decimal(800), expires=UNTIL, reason="Less", by=em, at=NOON + HOUR)
    answer(boss)
    did(work, em, 100)
    assert exposure_of(work) == Exposure("USD", Decimal(2), Decimal(100), Decimal(900), UNTIL)

    ScopingIssue.objects.filter(pk=issue.pk).update(project_manager=pm, delivery_manager=delivery)
    did(work, pm, 50)
    did(work, delivery, 50)
    assert exposure_of(work).amount == 200
    assert "noted 2 hours at risk, USD 50.00" in describe(Event.objects.about(issue).last())


def test_what_goes_beyond_is_flagged_and_an_extension_is_a_new_decision(issue, em, boss, lead):
    work = at_risk(issue, em, boss)
    did(work, em, "3999.99")
    assert (mind(NOON + 2 * HOUR), warnings(issue)) == (0, [])
    did(work, em, "0.01")
    assert warnings(issue) == ["near"]
    assert (mind(NOON + 2 * HOUR), mind(NOON + 3 * HOUR), warnings(issue)) == (0, 0, ["near"])
    with pytest.raises(Refused, match="beyond what was approved"):
        did(work, em, "1000.01")
    entry = did(work, em, "1000.01", beyond=True)
    assert (entry.beyond, warnings(issue)) == (True, ["near", "over"])
    assert did(work, em, 0, beyond=True).beyond

    duty = [each.verb for each in after_the_sow([em], NOON) if "risk" in each.verb]
    assert duty == ["Stop or extend work at risk of"]
    assert [each.reason for each in after_the_sow([lead], NOON) if "risk" in each.verb] == [
        "It is over its cap: USD 5,000.01, 100 % of its cap"
    ]
    assert not [each for each in after_the_sow([make_user()], NOON) if "risk" in each.verb]

    extend(work, cap=Decimal(9_000), expires=UNTIL + DAY, reason="More", by=em, at=NOON + HOUR)
    assert exposure_of(work).cap == 5_000
    answer(boss)
    assert (exposure_of(work).cap, exposure_of(work).expires) == (9_000, UNTIL + DAY)
    assert not [each for each in after_the_sow([em], NOON) if "risk" in each.verb]

    late = NOON + 31 * DAY
    assert (mind(NOON + 23 * DAY), mind(NOON + 24 * DAY), mind(late)) == (0, 1, 0)
    assert warnings(issue) == ["near", "over", "ending"]
    with pytest.raises(Refused, match="beyond what was approved"):
        did(work, em, 1, on=UNTIL + 2 * DAY, at=NOON + 32 * DAY)
    assert (mind(NOON + 32 * DAY), mind(NOON + 33 * DAY)) == (1, 0)
    assert warnings(issue) == ["near", "over", "ending", "expired"]


def test_it_ends_with_both_signatures_with_its_issue_or_when_it_is_stopped(
    statement, issue, em, boss
):
    work = at_risk(statement.issue, em, boss)
    note_deed(again(statement), Done.SIGNED_US, on=NOON.date(), by=em, at=NOON, text="Copy")
    assert mind(NOON + 2 * HOUR) == 0
    note_deed(again(statement), Done.SIGNED_THEM, on=NOON.date(), by=em, at=NOON, text="Copy")
    assert (mind(NOON + 2 * HOUR), mind(NOON + 3 * HOUR)) == (1, 0)
    work.refresh_from_db()
    assert (work.ended_at, work.ended_why, work.ended_by) == (
        NOON + 2 * HOUR,
        "Both have signed",
        None,
    )
    with pytest.raises(Refused, match="It is over"):
        did(work, em, 1)
    with pytest.raises(Refused, match="Both have signed"):
        asked(statement.issue, em)

    other = asked(issue, em)
    with pytest.raises(Refused, match="Say why"):
        stop(other, "", by=em, at=NOON + HOUR)
    stop(other, "They wait", by=em, at=NOON + HOUR)
    assert RiskTerm.objects.get(work=other).word == Word.RECALLED
    assert not Request.objects.waiting().exists()
    assert "ended the work at risk with USD 0.00: They wait" in describe(
        Event.objects.about(issue).filter(verb=ENDED).get()
    )
    again_one = asked(issue, em)
    recall_request(Request.objects.waiting().get(), "Not now", by=em, at=NOON + HOUR)
    assert RiskTerm.objects.get(work=again_one).word == Word.RECALLED
    perform(again_issue(issue).lose, by=em, at=NOON + HOUR, quarter="Q127", reason="price")
    assert mind(NOON + 2 * HOUR) == 1
    assert WorkAtRisk.objects.get(pk=again_one.pk).ended_why == "Its issue is closed"


def test_those_who_can_act_hear_of_a_warning_and_every_page_shows_it(
    client, statement, em, boss, lead
):
    issue, pm = statement.issue, make_user(Role.PROJECT_MANAGER)
    ScopingIssue.objects.filter(pk=issue.pk).update(project_manager=pm)
    address = f"/sow/{issue.pk}/risk/"
    client.force_login(em)
    assert "Nothing is at risk" in client.get(address).content.decode()
    form = {"do": "ask", "reason": "Monday", "hours": 20, "price": 6000, "cap": 5000}
    assert client.post(address, form | {"expires": "2020-01-01"}).status_code == 422
    assert client.post(address, {"do": "note"}).status_code == 404
    assert client.post(address, form | {"expires": "2999-01-01"}).status_code == 302
    assert "has not decided" in client.get(address).content.decode()
    answer(boss, at=NOON)
    done = {"do": "note", "on": "2026-03-02", "hours": 3, "amount": 4500}
    assert client.post(address, done).status_code == 302
    assert client.post(address, done | {"amount": 0, "hours": 0}).status_code == 422

    event = Event.objects.about(issue).filter(verb=WARNED).get()
    told = heard(event, again_issue(issue), "")
    people = {person for each in told for person in each.people}
    assert {em.pk, pm.pk} <= people
    assert {Role.EM_LEAD, Role.DIRECTOR} <= {role for each in told for role in each.roles}
    with CaptureQueriesContext(connection) as one:
        page = client.get(address).content.decode()
    assert "near its cap" in page
    assert "of at most 5,000.00, 90 %" in page
    for _ in range(4):
        client.post(address, done | {"amount": 10})
    with CaptureQueriesContext(connection) as five:
        client.get(address)
    assert len(five) <= len(one)
    open_handoff(again(statement), by=em, at=NOON)
    for part in ("", "handoff/"):
        assert "near its cap" in client.get(f"/sow/{issue.pk}/{part}").content.decode()
    assert "Work at risk: near its cap" in client.get(issue.get_absolute_url()).content.decode()
    assert client.post(address, {"do": "stop", "why": "They wait"}).status_code == 302
    page = client.get(address).content.decode()
    assert "They wait" in page
    assert "Ask for work at risk" in page

"""The booking package: what must be together before the deal desk closes the opportunity won."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic
from django.test import Client
from django.utils.timezone import now

from emdesk.activity.sentences import describe
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused, perform
from scoping.models import Opportunity, ScopingIssue
from scoping.states import State
from sow.booking import book, executed, note, take_back
from sow.duties import after_the_sow
from sow.models import BookingDeed, Done, StatementOfWork
from sow.package import missing
from sow.saving import Typed, save
from tests.factories import NOON, make_user
from tests.oracles import booking as oracle
from tests.sow import making
from tests.sow.approved import HOUR, again, approve_all, put, ready, staffed

pytestmark = pytest.mark.django_db
AT = NOON + 4 * HOUR
TODAY = AT.date()
WANTS = {
    "quote": "Bring quote and SOW to one amount.",
    "order": "Note the purchase order, or the evidence that none is needed.",
    "signed": "Get both signatures.",
}


@pytest.fixture
def people():
    return staffed()


@pytest.fixture
def desk(db):
    return make_user(Role.DEAL_DESK, name="Suri")


@pytest.fixture
def statement(em, people, monkeypatch):
    """Approved, every line with its cost, and an opportunity quoted as the SOW says."""
    monkeypatch.setattr(making, "LINES", [line | {"cost": 90} for line in making.LINES])
    monkeypatch.setattr(making, "COURSE", making.COURSE | {"cost": 1_000})
    found = ready(em)
    approve_all(put(found, em, NOON + HOUR), people, NOON + 2 * HOUR)
    total = again(found).head.estimate_version.final_total
    deal = Opportunity.objects.create(name="D", quoted_value=total, currency="USD")
    ScopingIssue.objects.filter(pk=found.issue_id).update(opportunity=deal)
    return again(found)


def done(statement, key, by, **said):
    said = {"on": TODAY, "by": by, "at": AT, "text": "Here"} | said
    return note(again(statement), key, **said)


def bring_together(statement, em, people):
    done(statement, Done.COGS, em)
    done(statement, Done.NO_ORDER, em)
    done(statement, Done.FINANCE_ASKED, em)
    done(statement, Done.FINANCE_YES, people["revenue"])
    done(statement, Done.SIGNED_US, em, who="Dale")
    done(statement, Done.SIGNED_THEM, em, who="Ada")


def test_what_is_missing_is_what_the_oracle_says(statement, em, people):
    deeds = {
        "cogs": [(Done.COGS, em)],
        "order": [(Done.ORDER, em)],
        "finance": [(Done.FINANCE_ASKED, em), (Done.FINANCE_YES, people["revenue"])],
        "signed": [(Done.SIGNED_US, em), (Done.SIGNED_THEM, em)],
    }
    noted: set[str] = set()
    for steps in ([], *deeds.values()):
        for key, by in steps:
            assert len(missing(again(statement))) == len(oracle.missing(noted)), noted
            done(statement, key, by)
            noted.add(str(key))
        assert len(missing(again(statement))) == len(oracle.missing(noted)), noted
    assert missing(again(statement)) == []


def test_quote_and_sow_are_the_same_to_the_cent(statement, em, people):
    bring_together(statement, em, people)
    total = statement.head.estimate_version.final_total
    deals = Opportunity.objects.filter(pk=statement.issue.opportunity_id)
    for change in (
        {"quoted_value": total + Decimal("0.01")},
        {"quoted_value": total, "currency": "EUR"},
    ):
        deals.update(**change)
        assert missing(again(statement)) == [WANTS["quote"]]
    deals.update(quoted_value=None)
    assert missing(again(statement)) == ["Enter the quote of the deal."]
    ScopingIssue.objects.update(opportunity=None)
    assert missing(again(statement)) == ["Link the opportunity."]


def test_a_later_version_is_signed_and_approved_anew(statement, em, people):
    bring_together(statement, em, people)
    assert executed(again(statement)).on == TODAY
    typed = [Typed("liability", "Warranty and liability", "None whatsoever.")]
    save(again(statement), seen=2, by=em, at=AT, typed=typed, why="Legal")

    assert executed(again(statement)) is None
    assert missing(again(statement)) == ["Get v3 approved.", WANTS["signed"]]


def test_signatures_of_two_versions_are_no_contract(statement, em):
    done(statement, Done.SIGNED_US, em)
    typed = [Typed("liability", "Warranty and liability", "None whatsoever.")]
    save(again(statement), seen=2, by=em, at=AT, typed=typed, why="Legal")
    done(statement, Done.SIGNED_THEM, em)
    assert executed(again(statement)) is None
    done(statement, Done.SIGNED_US, em)
    assert executed(again(statement)).version == 3


def test_one_deed_takes_the_place_of_another(statement, em, people):
    done(statement, Done.ORDER, em, text="PO 1")
    done(statement, Done.NO_ORDER, em)
    done(statement, Done.NO_ORDER, em, text="Her mail")
    with pytest.raises(Refused, match="not asked yet"):
        done(statement, Done.FINANCE_YES, people["revenue"])
    done(statement, Done.FINANCE_ASKED, em)
    done(statement, Done.FINANCE_NO, people["revenue"], text="Margin")
    assert "Ask finance again once it is mended." in missing(again(statement))
    done(statement, Done.FINANCE_ASKED, em)
    assert "Finance decides." in missing(again(statement))

    standing = statement.booking.filter(until=None).values_list("key", flat=True)
    assert sorted(standing) == ["finance_asked", "no_order"]
    assert statement.booking.count() == 6
    deed = statement.booking.get(until=None, key=Done.NO_ORDER)
    take_back(again(statement), deed.pk, by=em, at=AT)
    assert WANTS["order"] in missing(again(statement))
    assert "took back" in describe(Event.objects.about(statement.issue).last())
    with pytest.raises(Refused, match="taken back or noted anew"):
        take_back(again(statement), deed.pk, by=em, at=AT)
    again_asked = {"statement": statement, "key": "finance_asked", "version": 2, "on": TODAY}
    with pytest.raises(IntegrityError), atomic():
        BookingDeed.objects.create(**again_asked, by=em, at=AT)


def test_who_notes_what(statement, em, desk, people, lead):
    team, other = make_user(Role.ACCOUNT_TEAM), make_user()
    statement.issue.account_team.add(team)
    done(statement, Done.FINANCE_ASKED, em)
    may = {
        Done.COGS: {em, desk, lead},
        Done.ORDER: {em, desk, lead},
        Done.FINANCE_YES: {people["revenue"]},
        Done.SIGNED_US: {em, desk, lead, team},
        Done.SIGNED_THEM: {em, desk, lead, team},
    }
    for key, allowed in may.items():
        for by in (em, desk, lead, team, other, people["revenue"], people["leadership"]):
            if by in allowed:
                assert done(statement, key, by).by == by
            else:
                with pytest.raises(NotAllowed):
                    done(statement, key, by)
    with pytest.raises(Refused, match="still to come"):
        done(statement, Done.COGS, em, on=TODAY + timedelta(days=1))


def test_the_deal_desk_closes_it_won_and_the_issue_with_it(statement, em, desk, people):
    with pytest.raises(Refused, match="Get both signatures"):
        book(statement, missing(statement), by=desk, at=AT)
    with pytest.raises(Refused, match="booking package is not together"):
        perform(again(statement).issue.win, by=em, at=AT, quarter="Q127")
    bring_together(statement, em, people)
    with pytest.raises(NotAllowed):
        book(again(statement), missing(again(statement)), by=em, at=AT)

    assert book(again(statement), missing(again(statement)), by=desk, at=AT) == ""

    issue = again(statement).issue
    assert (issue.state, issue.outcome) == (State.CLOSED, "won")
    assert (issue.opportunity.stage, issue.opportunity.close_date) == ("won", TODAY)
    told = Event.objects.about(issue).filter(verb="sow.booking_noted").last()
    assert (told.actor, told.data["deed"]) == (desk, "booked")
    with pytest.raises(Refused, match="Nothing is booked any more"):
        done(statement, Done.ORDER, em)


def test_the_page_shows_it_and_takes_each_deed(statement, em, desk, people):
    clients = {}
    for name, user in {"em": em, "desk": desk, "revenue": people["revenue"]}.items():
        clients[name] = Client()
        clients[name].force_login(user)
    address = f"{statement.get_absolute_url()}booking/"
    shown = clients["em"].get(address).content.decode()
    assert "4 to bring together" in shown
    assert "Download the cost sheet" in shown
    assert "Download the cost sheet" not in clients["desk"].get(address).content.decode()
    cogs = statement.head.estimate_version.costs["total"]["cogs"]
    assert cogs not in clients["desk"].get(address).content.decode()

    today = now().date().isoformat()
    said = {"on": today, "text": "PO 77", "link": "https://crm.example/77"}
    assert clients["em"].post(address, said | {"key": "order", "text": ""}).status_code == 422
    assert clients["em"].post(address, said | {"key": "order"}).status_code == 302
    assert clients["em"].post(address, said | {"key": "finance_yes"}).status_code == 403
    assert clients["em"].post(address, said | {"key": "booked"}).status_code == 404
    assert clients["em"].post(address, {"do": "book"}).status_code == 403
    assert clients["desk"].post(address, {"do": "book"}).status_code == 422
    assert "PO 77" in clients["revenue"].get(address).content.decode()
    deed = BookingDeed.objects.get(key="order")
    assert clients["em"].post(f"{address}{deed.pk}/back/").status_code == 302
    assert not StatementOfWork.objects.get().booking.filter(until=None).exists()


def test_my_day_tells_each_what_is_theirs_in_one_statement(
    statement, em, desk, people, django_assert_num_queries
):
    def told(user):
        return {duty.verb: duty.reason for duty in after_the_sow([user], AT)}

    revenue = people["revenue"]
    assert told(em) == told(desk) == told(revenue) == {}
    done(statement, Done.FINANCE_ASKED, em)
    assert set(told(revenue)) == {"Decide finance's approval of"}
    assert told(make_user(Role.VIEWER)) == {}
    done(statement, Done.SIGNED_US, em)
    done(statement, Done.SIGNED_THEM, em)
    left = "Both have signed; still wanted: the cost sheet, the purchase order, finance's approval"
    assert told(em) == {"Bring the booking package together for": left}
    assert told(desk) == {"Close won the opportunity of": left}
    bring_together(statement, em, people)
    assert told(revenue) == told(em) == {}
    with django_assert_num_queries(1):
        assert told(desk) == {"Close won the opportunity of": "Both have signed"}
    book(again(statement), missing(again(statement)), by=desk, at=AT)
    assert told(desk) == told(em) == {}

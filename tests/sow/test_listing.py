"""The list of SOWs: how each stands, filtered and sorted; every count opens its rows."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from emdesk.people.models import Role
from sow.booking import note
from sow.listing import STANDS, listed
from sow.models import Done, StatementOfWork
from sow.pen import hand_back
from tests.factories import make_user
from tests.sow.approved import again, approve_all, put, ready, say, staffed
from tests.sow.making import drafted

pytestmark = pytest.mark.django_db
LIST = "/sow/"


def browse(user):
    client = Client()
    client.force_login(user)
    return client


def rows_of(html):
    return re.findall(r"<a href=\"/sow/\d+/\">(SOW-\d+) v\d+</a>", html)


def test_each_stands_where_its_newest_version_is_and_each_count_opens_its_rows(em):
    at, people = now(), staffed()
    found = {stands: ready(em, at) for stands in ("asked", "back", "approved", "signed", "booked")}
    found["draft"] = drafted(em, at)
    asked = {
        stands: put(statement, em, at) for stands, statement in found.items() if stands != "draft"
    }
    say(asked["back"], people, "architect", at, "sent_back")
    for stands in ("approved", "signed", "booked"):
        approve_all(asked[stands], people, at)
    for stands in ("signed", "booked"):
        for key in (Done.SIGNED_US, Done.SIGNED_THEM):
            said = {"on": at.date(), "by": em, "at": at, "text": "Copy"}
            note(again(found[stands]), key, **said)
    found["booked"].booking.filter(key=Done.SIGNED_US).update(key=Done.BOOKED)

    told = {row.pk: row.stands for row in listed(em, at)}

    assert told == {statement.pk: stands for stands, statement in found.items()}
    client = browse(em)
    page = client.get(LIST).content.decode()
    for stands, label in STANDS.items():
        count = re.search(rf'href="\?([^"]*)"><b>(\d+)</b> {label}<', page)
        assert count[2] == "1"
        opened = client.get(f"{LIST}?{count[1].replace('&amp;', '&')}").content.decode()
        assert rows_of(opened) == [found[stands].number]


def test_it_is_filtered_and_sorted_by_its_address(em):
    at = now()
    first, second = drafted(em, at - timedelta(days=3)), drafted(make_user(name="Zoe"), at)
    client = browse(em)
    everyone = rows_of(client.get(LIST).content.decode())
    assert everyone == [first.number, second.number]
    assert rows_of(client.get(f"{LIST}?sort=-age").content.decode()) == everyone[::-1]
    assert rows_of(client.get(f"{LIST}?sort=-em").content.decode()) == everyone[::-1]
    assert rows_of(client.get(f"{LIST}?em=mine").content.decode()) == [first.number]
    assert rows_of(client.get(f"{LIST}?column=approved").content.decode()) == []
    assert rows_of(client.get(f"{LIST}?pen=customer").content.decode()) == []
    assert "3 days" in client.get(LIST).content.decode()
    for broken in ("?sort=nonsense", "?page=0", "?page=999999999", "?stands=%00", "?em=x"):
        assert client.get(LIST + broken).status_code == 200


def test_everybody_sees_their_own_and_the_pen_lapses(em):
    at = now()
    statement = ready(em, at)
    (row,) = listed(em, at)
    assert (row.pen, row.holder) == ("em", "Amara Osei")
    assert listed(em, at + timedelta(minutes=31)).get().pen is None
    hand_back(again(statement), by=em, at=at)
    assert listed(em, at).get().pen is None
    stranger = make_user(Role.ACCOUNT_TEAM)
    assert not listed(stranger, at).exists()
    assert "No statement of work is drafted yet" in browse(stranger).get(LIST).content.decode()
    statement.issue.account_team.add(stranger)
    assert StatementOfWork.objects.get() == listed(stranger, at).get()


def test_many_cost_as_much_as_one(em):
    client = browse(em)
    drafted(em, now())
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for _ in range(4):
        drafted(em, now())
    with CaptureQueriesContext(connection) as five:
        assert len(rows_of(client.get(LIST).content.decode())) == 5
    assert len(five) == len(one)

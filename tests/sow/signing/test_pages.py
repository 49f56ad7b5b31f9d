"""The desk's pages of signatures, and who hears of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from emdesk.desk.duties import duties
from emdesk.notifications.fanning import fan_out
from emdesk.notifications.models import Notification
from emdesk.people.models import Role, User
from scoping.models import ScopingIssue
from sow.models import Progress
from sow.signing.ceremony import decline
from sow.signing.executing import execute
from tests.factories import make_user
from tests.sow.signing.out import (
    ADA,
    LATER,
    MINUTE,
    Desk,
    desk,
    link_of,
    mails,
    sent,
    sign_customer,
    sign_ours,
    step_of,
)
from tests.sow.signing.test_executing import pretended

pytestmark = pytest.mark.django_db
WHO = {"name_1": "Ada Lovelace", "email_1": ADA.email, "zone_1": "Europe/Berlin", "order_1": "1"}


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return desk(monkeypatch)


def by(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sending(found: Desk, **said: Any) -> dict[str, Any]:
    stamp = found.statement.stamps.get()
    first = {"seen": stamp.version.number, "first": found.pao.pk, "second_when": "turn"}
    return first | {"order": "ours", "days": "14", "note": "Thank you"} | said


def test_the_em_sends_it_from_the_sows_page_and_follows_it_there(found):
    client, page = by(found.em), f"/sow/{found.issue.pk}/"
    assert "Send for signature" in client.get(page).content.decode()
    form = client.get(f"{page}signing/").content.decode()
    assert f'<option value="{found.pao.pk}" selected>Pat Accounting' in form
    for wrong, status in (({"first": "0"}, 422), ({"seen": "1"}, 422), ({"email_1": "x"}, 422)):
        answer = client.post(f"{page}signing/", sending(found, **WHO) | wrong)
        assert answer.status_code == status
    assert client.post(f"{page}signing/", sending(found, **WHO)).status_code == 302
    signing = found.signing
    assert (signing.expires_at - signing.sent_at).days == 14
    assert found.signer("Ada Lovelace").time_zone == "Europe/Berlin"
    shown = client.get(page).content.decode()
    for told in ("Out for signature", "Pat Accounting", "Ada Lovelace", "Recall"):
        assert told in shown
    assert "Send for signature" not in shown

    instead = {"signer": found.signer("Ada Lovelace").pk, "name": "Grace", "why": "Left"}
    client.post(f"{page}signing/signer/", instead | {"email": "grace@customer.example"})
    assert found.signer("Grace").turn == "later"
    client.post(f"{page}signing/recall/", {"why": ""})
    assert found.signing.out
    client.post(f"{page}signing/recall/", {"why": "Wrong price"})
    assert found.signing.standing == Progress.RECALLED
    assert "“Wrong price”" in client.get(page).content.decode()


def test_where_the_account_team_speaks_with_the_customer_they_route_it_and_it_is_their_duty(found):
    ScopingIssue.objects.update(communication_owner="account_team")
    em, team, page = by(found.em), by(found.team), f"/sow/{found.issue.pk}/"
    assert "name_1" not in em.get(f"{page}signing/").content.decode()
    assert em.post(f"{page}signing/", sending(found)).status_code == 302
    assert em.get(f"{page}signing/customer/").status_code == 403
    assert "Nobody of the customer is named yet" in em.get(page).content.decode()

    def todo(user: User) -> list[str]:
        return [f"{each.verb} {each.button.label}" for each in duties([user], LATER)]

    assert "Route the customer's signature of Name them" in todo(found.team)
    assert "Route the customer's signature of Name them" not in todo(found.em)
    assert team.get(f"{page}signing/").status_code == 403
    assert team.post(f"{page}signing/customer/", {}).status_code == 422
    assert team.post(f"{page}signing/customer/", WHO).status_code == 302
    assert team.post(f"{page}signing/customer/", WHO).status_code == 409
    assert "Route the customer's signature of Name them" not in todo(found.team)
    sign_ours(found, LATER)
    assert len(mails(ADA.email, "Thank you")) == 1
    assert "Noor Haddad writes" in mails(ADA.email)[0].text


def told(verb: str) -> set[User]:
    while fan_out(now()):
        pass
    return {each.recipient for each in Notification.objects.filter(event__verb=verb)}


def test_those_it_concerns_hear_of_it(found, monkeypatch):
    pretended(monkeypatch)
    booker = make_user(Role.DEAL_DESK, name="Bo King")
    sent(found, order="together")
    assert told("approvals.asked") >= {found.pao}
    decline(link_of(ADA.email), "Too dear", at=LATER, address=None, agent="")
    assert told("sow.signature_declined") >= {found.em, found.team}

    sent(found, order="together")
    step = step_of(found)
    assert step.due_at
    sign_ours(found, LATER)
    sign_customer(ADA.email, LATER)
    assert told("sow.signed_by_all") >= {found.em, found.team}
    execute(found.signing.pk, at=LATER + MINUTE)
    assert told("sow.executed") >= {found.em, found.team, booker}


def test_the_customers_side_is_told_nothing_of_ours_by_mail(found):
    sent(found, order="together", why="Pat is ill")
    (mail,) = mails(ADA.email)
    assert mail.recipient is None
    for secret in ("Pat is ill", found.issue.reference, "/sow/", "Amara Osei's"):
        assert secret not in mail.text + mail.subject
    assert mail.subject == f"Please sign {found.statement.number} with GitLab"


def test_before_there_is_a_stamp_the_page_says_nothing_of_signatures(found):
    found.statement.stamps.update(voided_at=LATER, why="Wrong")
    page = by(found.em).get(f"/sow/{found.issue.pk}/").content.decode()
    assert "signatures-title" not in page
    assert by(found.em).get(f"/sow/{found.issue.pk}/signing/").status_code == 302
    assert by(found.em).get(f"/sow/{found.issue.pk}/signing/file/").status_code == 404

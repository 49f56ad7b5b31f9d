"""Stamped statements of work out for signature, and the people who sign them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from emdesk.approvals.models import Step
from emdesk.ledger.models import Event
from emdesk.notifications.models import Mail
from emdesk.people.models import Role, User
from scoping.models import ScopingIssue
from sow.models import Signer, SignerLink, Signing, Stamp, StatementOfWork
from sow.signing import ours
from sow.signing.ceremony import Signature, sign
from sow.signing.links import link_behind
from sow.signing.sending import Named, send
from tests.factories import NOON, make_user
from tests.sow.approved import People, again, staffed
from tests.sow.stamped import stamped, without_press

LATER = NOON + timedelta(hours=4)
MINUTE = timedelta(minutes=1)
ADA = Named("Ada Lovelace", "ada@customer.example")
GRACE = Named("Grace Hopper", "grace@customer.example", order=2)


@dataclass
class Desk:
    """Who has a part in it. ``pao`` signs for us, ``cfo`` while they are away."""

    em: User
    legal: User
    pao: User
    cfo: User
    team: User
    people: People

    @property
    def statement(self) -> StatementOfWork:
        return again(StatementOfWork.objects.get())

    @property
    def issue(self) -> ScopingIssue:
        return self.statement.issue

    @property
    def signing(self) -> Signing:
        return Signing.objects.latest("pk")

    def signer(self, name: str) -> Signer:
        return self.signing.signers.get(name=name)


def desk(monkeypatch: pytest.MonkeyPatch, owner: str = "em", at: datetime = NOON) -> Desk:
    """A stamped SOW; what a PDF looks like is asked elsewhere."""
    without_press(monkeypatch)
    people = staffed()
    pao = people.pop("discount_finance")
    User.objects.filter(pk=pao.pk).update(name="Pat Accounting")
    pao.refresh_from_db()
    em, legal = make_user(name="Amara Osei"), make_user(Role.LEGAL, name="Lea Gall")
    team = make_user(Role.ACCOUNT_TEAM, name="Noor Haddad")
    stamp: Stamp = stamped(em, people, legal, at)
    issue = stamp.statement.issue
    ScopingIssue.objects.filter(pk=issue.pk).update(communication_owner=owner)
    issue.account_team.add(team)
    cfo = make_user(Role.SIGNATORY, name="Quinn Finance")
    return Desk(em, legal, pao, cfo, team, people)


def sent(found: Desk, at: datetime = LATER, **said: Any) -> Signing:
    said = {"ours": [found.pao], "customers": [ADA], "by": found.em} | said
    return send(found.statement, at=at, **said)


def step_of(found: Desk) -> Step:
    (step, *_) = ours.open_steps(found.issue)
    return step


def sign_ours(found: Desk, at: datetime, by: User | None = None, **given: Any) -> None:
    user = by or found.pao
    signature = Signature(user.name, address="192.0.2.7", **given)
    ours.sign(step_of(found), signature, by=user, at=at, seen=found.signing.sha256)


def mails(address: str, needle: str = "") -> list[Mail]:
    rows = Mail.objects.filter(address=address, kind="signing", text__contains=needle)
    return list(rows.order_by("pk"))


def token_in(mail: Mail) -> str:
    found = re.search(r"/sign/([\w-]+)/", mail.text)
    assert found, mail.text
    return found[1]


def link_of(address: str) -> SignerLink:
    """The newest link mailed to this address."""
    link = link_behind(token_in(mails(address, "/sign/")[-1]))
    assert link
    return link


def code_in(mail: Mail) -> str:
    found = re.search(r"code is (\d{6})", mail.text)
    assert found, mail.text
    return found[1]


def sign_customer(address: str, at: datetime, name: str = "Ada Lovelace") -> Signing:
    link = link_of(address)
    return sign(
        link, Signature(name, address="198.51.100.9"), seen=link.signer.signing.sha256, at=at
    )


def verbs(found: Desk) -> list[str]:
    """What happened since it was stamped."""
    events = Event.objects.about(found.issue).order_by("number")
    told = [event.verb for event in events]
    return told[told.index("sow.stamped") + 1 :]


def opened(address: str) -> Client:
    """A browser that followed the newest link mailed there."""
    client = Client(headers={"user-agent": "Firefox"})
    token = token_in(mails(address, "/sign/")[-1])
    assert client.get(f"/sign/{token}/").status_code == 303
    return client


def identified(address: str) -> Client:
    """The same, and typed the code."""
    client = opened(address)
    client.post("/sign/", {"do": "code"})
    code = code_in(mails(address, "code is")[-1])
    assert client.post("/sign/", {"do": "identify", "code": code}).status_code == 302
    return client

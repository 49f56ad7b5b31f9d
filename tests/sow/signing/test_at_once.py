"""Two at the same moment: one wins, the other is told, and nothing is half done."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emdesk.ledger.chain import faults
from emdesk.ledger.models import Event
from emdesk.people.models import User
from emdesk.workflow import Refused
from sow.models import Document, EnvelopeDelivery, Progress, Purpose, Signing
from sow.signing import tasks
from sow.signing.ceremony import Signature, decline, sign
from sow.signing.deliveries import apply_next
from sow.signing.ending import recall
from sow.signing.executing import execute
from sow.signing.holding import Over
from sow.signing.sending import Named
from tests.sow.signing.out import ADA, LATER, Desk, desk, link_of, sent, sign_ours
from tests.sow.signing.test_envelopes import PEOPLE, docusign, noted
from tests.sow.signing.test_executing import pretended
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)
GRACE = Named("Grace Hopper", "grace@customer.example", order=1)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(tasks.execute_signing, "delay", lambda pk: None)
    return desk(monkeypatch)


def signs(address: str, name: str) -> Any:
    link = link_of(address)
    seen = link.signer.signing.sha256
    return lambda: sign(link, Signature(name), seen=seen, at=LATER)


def test_signers_recalls_and_workers_at_once(found, monkeypatch):
    pretended(monkeypatch)
    signing = sent(found, customers=[ADA, GRACE], order="together")

    one, two, again = (
        signs(ADA.email, "Ada Lovelace"),
        signs(GRACE.email, "Grace Hopper"),
        signs(ADA.email, "Ada Lovelace"),
    )
    came_to = together([one, two, again, lambda: sign_ours(found, LATER)])
    assert sum(isinstance(each, Over) for each in came_to) == 1, came_to
    assert sum(isinstance(each, Exception) for each in came_to) == 1, came_to
    assert Signing.objects.get().standing == Progress.SIGNED
    told = Event.objects.filter(data__signing=signing.pk)
    assert told.filter(verb="sow.signed").count() == 3
    assert told.filter(verb="sow.signed_by_all").count() == 1

    made = together([lambda: execute(signing.pk, at=LATER)] * 3)
    assert sum(isinstance(each, Document) for each in made) == 1, made
    assert [each for each in made if not isinstance(each, Document)] == [None, None]
    assert Document.objects.filter(purpose=Purpose.EXECUTED).count() == 1
    assert told.filter(verb="sow.executed").count() == 1
    assert not list(faults())


def test_a_signature_and_a_recall_or_a_refusal_at_once_leave_one_word(found):
    for turn in range(6):
        sent(found, order="together")
        sign_ours(found, LATER)
        link, signing = link_of(ADA.email), found.signing
        other = (
            (lambda signing=signing: recall(signing, "Wrong", by=found.em, at=LATER))
            if turn % 2
            else (lambda link=link: decline(link, "No", at=LATER, address=None, agent=""))
        )
        signed, ended = together([signs(ADA.email, "Ada"), other])
        signing.refresh_from_db()
        signer = signing.signers.get(email=ADA.email)
        if isinstance(signed, Exception):
            assert isinstance(signed, Over)
            assert signing.standing in {Progress.RECALLED, Progress.DECLINED}
            assert signer.turn in {"dropped", "declined"}
        else:
            assert isinstance(ended, Refused)
            assert (signing.standing, signer.turn) == (Progress.SIGNED, "signed")
            break


def test_the_same_webhook_by_several_workers_is_applied_once(found):
    signing, keep = noted(found, "docusign", "e1"), EnvelopeDelivery.objects.keep
    for signed in (PEOPLE[:1], PEOPLE):
        text = json.dumps(docusign("recipient-completed", *signed))
        kept = together([lambda text=text: keep("docusign", "e1", "x", text, at=LATER)] * 3)
        assert sorted(kept) == [False, False, True]
    text = json.dumps(docusign("envelope-completed", *PEOPLE))
    keep("docusign", "e1", "x", text, at=LATER)

    together([lambda: [apply_next(LATER) for _ in range(4)]] * 3)
    signing.refresh_from_db()
    assert signing.standing == Progress.SIGNED
    told = Event.objects.filter(data__signing=signing.pk)
    assert told.filter(verb="sow.signed").count() == 2
    assert told.filter(verb="sow.signed_by_all").count() == 1
    assert not EnvelopeDelivery.objects.filter(state__in=["waiting", "failed"]).exists()
    assert User.objects.count() > 0

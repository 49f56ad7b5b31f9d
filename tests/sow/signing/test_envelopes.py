"""Webhooks of DocuSign, Documenso and DocuSeal: the door, the waiting room, one end in any order."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from io import BytesIO
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from emdesk.ledger.models import Event
from emdesk.notifications.models import Mail
from emdesk.workflow import Refused
from sow.models import EnvelopeDelivery, Outcome, Progress, Signing
from sow.signing import tasks
from sow.signing.deliveries import apply_next
from sow.signing.elsewhere import note_envelope, record
from sow.signing.ending import recall
from sow.signing.envelopes import read
from tests.sow.signing.out import LATER, Desk, desk, sent
from tests.sow.signing.test_executing import SIGNED, words

pytestmark = pytest.mark.django_db
KEY = "example-key"
SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "data" / "samples"
PEOPLE = ("pat@example.com", "casey@customer.example")
FIRST, SECOND = "2026-03-02T10:05:00.000Z", "2026-03-04T16:22:30.000Z"


@pytest.fixture(autouse=True)
def _secrets(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SIGNATURE_SECRETS = dict.fromkeys(("docusign", "documenso", "docuseal"), KEY)
    monkeypatch.setattr(tasks.apply_deliveries, "delay", lambda: None)


def docusign(event: str, *signed: str, declined: str = "", envelope: str = "e1") -> dict[str, Any]:
    signers = [
        {
            "recipientId": str(place),
            "routingOrder": str(place),
            "name": email.split("@")[0].title(),
            "email": email,
            "status": "completed"
            if email in signed
            else "declined"
            if email == declined
            else "sent",
            "signedDateTime": f"2026-03-0{place + 1}T10:05:00.0000000Z"
            if email in signed
            else None,
            "declinedReason": "Too dear" if email == declined else None,
        }
        for place, email in enumerate(PEOPLE, start=1)
    ]
    summary = {"status": "sent", "recipients": {"signers": signers}}
    data = {"envelopeId": envelope, "envelopeSummary": summary}
    return {"event": event, "retryCount": 0, "generatedDateTime": SECOND, "data": data}


def documenso(event: str, *signed: str, declined: str = "", envelope: int = 42) -> dict[str, Any]:
    recipients = [
        {
            "id": place,
            "email": email,
            "name": email.split("@")[0].title(),
            "role": "SIGNER",
            "signingOrder": place,
            "signingStatus": "SIGNED"
            if email in signed
            else "REJECTED"
            if email == declined
            else "NOT_SIGNED",
            "signedAt": FIRST if email in signed else None,
            "rejectionReason": "Too dear" if email == declined else None,
        }
        for place, email in enumerate(PEOPLE, start=1)
    ]
    payload = {"id": envelope, "status": "PENDING", "recipients": recipients, "completedAt": None}
    return {"event": event, "payload": payload, "createdAt": SECOND}


def docuseal(event: str, *signed: str, declined: str = "", envelope: int = 42) -> dict[str, Any]:
    def one(email: str) -> dict[str, Any]:
        status = "completed" if email in signed else "declined" if email == declined else "sent"
        done = FIRST if email in signed else None
        reason = "Too dear" if email == declined else None
        return {
            "id": 1,
            "email": email,
            "name": email.split("@")[0].title(),
            "status": status,
            "completed_at": done,
            "decline_reason": reason,
        }

    if event.startswith("form."):
        email = declined or signed[-1]
        data = one(email) | {"submission": {"id": envelope, "status": "pending"}}
    else:
        status = "completed" if event.endswith("completed") else "pending"
        data = {"id": envelope, "status": status, "submitters": [one(each) for each in PEOPLE]}
    return {"event_type": event, "timestamp": SECOND, "data": data}


SERVICES = {
    "docusign": (docusign, "e1", "recipient-completed", "envelope-completed", "envelope-declined"),
    "documenso": (documenso, "42", "DOCUMENT_SIGNED", "DOCUMENT_COMPLETED", "DOCUMENT_REJECTED"),
    "docuseal": (docuseal, "42", "form.completed", "submission.completed", "form.declined"),
}


def post(service: str, body: Any, secret: str = KEY, **headers: str) -> HttpResponse:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = base64.b64encode(hmac.new(secret.encode(), content, hashlib.sha256).digest())
    told = {
        "docusign": {"X-DocuSign-Signature-1": "old", "X-DocuSign-Signature-2": signature.decode()},
        "documenso": {"X-Documenso-Secret": secret},
        "docuseal": {"X-DocuSeal-Secret": secret},
    }[service] | headers
    kind = told.pop("Content-Type", "application/json")
    answer: HttpResponse = Client().post(f"/hooks/{service}/", content, kind, headers=told)
    return answer


def apply_all() -> None:
    EnvelopeDelivery.objects.update(due_at=LATER)
    while apply_next(LATER):
        pass


def noted(found: Desk, service: str, envelope: str) -> Signing:
    said = {"where": service, "envelope": envelope}
    return note_envelope(found.statement, **said, by=found.em, at=LATER)


@pytest.mark.parametrize("service", SERVICES)
def test_one_signed_is_not_all_signed_and_the_order_of_arrival_decides_nothing(
    service, monkeypatch
):
    make, envelope, one, all_, _ = SERVICES[service]
    told = [make(one, PEOPLE[0]), make(one, *PEOPLE), make(all_, *PEOPLE)]
    ends = set()
    found = desk(monkeypatch)
    for order in permutations(told):
        signing = noted(found, service, envelope)
        for body in (*order, *order):
            assert post(service, body).status_code == 200
        apply_all()
        signing.refresh_from_db()
        signers = signing.signers.order_by("email").values_list("email", "turn", "side")
        ends.add((signing.standing, tuple(signers)))
        events = Event.objects.filter(data__signing=signing.pk)
        assert events.filter(verb="sow.signed_by_all").count() == 1
        assert events.filter(verb="sow.signed").count() == 2
        _over(found, signing)
    assert len(ends) == 1
    assert next(iter(ends))[0] == Progress.SIGNED

    signing = noted(found, service, envelope)
    post(service, told[0])
    apply_all()
    signing.refresh_from_db()
    assert signing.out
    assert signing.signers.get(email=PEOPLE[0]).signed
    record(found.statement, BytesIO(SIGNED), **words(found), where=service, by=found.em, at=LATER)
    signing.refresh_from_db()
    assert signing.standing == Progress.EXECUTED


def _over(found: Desk, signing: Signing) -> None:
    """Off the table, past the guards of the database, so that it can be told once more."""
    from django.db import connection  # noqa: PLC0415 (here alone)

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM sow_signerlink")
        cursor.execute("DELETE FROM sow_signer WHERE signing_id = %s", [signing.pk])
        cursor.execute("DELETE FROM sow_signing WHERE id = %s", [signing.pk])
        cursor.execute("DELETE FROM sow_envelopedelivery")
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.mark.parametrize("service", SERVICES)
def test_a_refusal_ends_it_with_its_reason_and_later_words_change_nothing(service, monkeypatch):
    make, envelope, _, all_, no = SERVICES[service]
    found = desk(monkeypatch)
    signing = noted(found, service, envelope)
    post(service, make(no, PEOPLE[0], declined=PEOPLE[1]))
    post(service, make(all_, *PEOPLE))
    apply_all()
    signing.refresh_from_db()
    assert (signing.standing, signing.why) == (Progress.DECLINED, "Too dear")
    states = EnvelopeDelivery.objects.order_by("pk").values_list("state", "body")
    assert [tuple(each) for each in states] == [("applied", ""), ("ignored", "")]


@pytest.mark.parametrize("service", SERVICES)
def test_the_door_opens_to_the_secret_alone(service, settings):
    make, _, one, _, _ = SERVICES[service]
    body = make(one, PEOPLE[0])
    assert post(service, body, secret="another").status_code == 403
    assert Client().post(f"/hooks/{service}/", body, "application/json").status_code == 403
    assert post(service, b"[]").status_code == 400
    assert post(service, b"{").status_code == 400
    assert post(service, b"\xff").status_code == 400
    assert post(service, {"event": 5, "event_type": 5}).status_code == 400
    assert post(service, body, **{"Content-Type": "text/plain"}).status_code == 415
    assert post(service, b" " * 2_000_001).status_code == 413
    assert not EnvelopeDelivery.objects.exists()
    assert post(service, body).content == b"Taken.\n"
    assert post(service, body).content == b"It is here already.\n"
    assert EnvelopeDelivery.objects.count() == 1
    settings.SIGNATURE_SECRETS = dict.fromkeys(SERVICES, "")
    assert post(service, body).status_code == 404
    assert post(service, body, secret="").status_code == 404


def test_a_signature_over_other_bytes_is_none():
    body = json.dumps(docusign("envelope-completed")).encode()
    right = base64.b64encode(hmac.new(KEY.encode(), body, hashlib.sha256).digest()).decode()
    for content, given in ((body + b" ", right), (body, right[:-4]), (body, right.lower())):
        headers = {"X-DocuSign-Signature-1": given}
        answer = Client().post("/hooks/docusign/", content, "application/json", headers=headers)
        assert answer.status_code == 403


def test_an_unknown_envelope_is_told_to_nobody_and_kept_until_somebody_notes_it(monkeypatch):
    found = desk(monkeypatch)
    mails, events = Mail.objects.count(), Event.objects.count()
    post("docusign", docusign("envelope-completed", *PEOPLE))
    apply_all()
    delivery = EnvelopeDelivery.objects.get()
    assert delivery.state == Outcome.UNKNOWN
    assert delivery.body
    assert (Mail.objects.count(), Event.objects.count()) == (mails, events)
    signing = noted(found, "docusign", "e1")
    apply_all()
    signing.refresh_from_db()
    assert signing.standing == Progress.SIGNED


def test_an_envelope_is_noted_once_and_not_beside_what_is_out_here(monkeypatch):
    found = desk(monkeypatch)
    sent(found)
    with pytest.raises(Refused, match="Recall it first"):
        noted(found, "docusign", "e1")
    recall(found.signing, "With DocuSign", by=found.em, at=LATER)
    signing = noted(found, "docusign", "e1")
    with pytest.raises(Refused, match="Recall it first"):
        noted(found, "docuseal", "2")
    with pytest.raises(Refused, match="It is out with DocuSign"):
        record(found.statement, BytesIO(SIGNED), **words(found), by=found.em, at=LATER)
    client = Client()
    client.force_login(found.em)
    page = client.get(f"/sow/{found.issue.pk}/").content.decode()
    assert "with DocuSign e1" in page
    assert signing.out


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared data are not here")
@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("docusign", "docusign_connect_envelope_completed"),
        ("documenso", "documenso_document_completed"),
        ("docuseal", "docuseal_submission_completed"),
    ],
)
def test_the_samples_of_each_service_are_read_whole(service, name):
    told = read(service, (SAMPLES / f"{name}.json").read_text())
    assert told.ends == "completed"
    assert [each.email for each in told.people] == list(PEOPLE)
    assert [f"{each.signed_at:%Y-%m-%d %H:%M:%S}" for each in told.people] == [
        "2021-10-12 10:05:00",
        "2021-10-14 16:22:30",
    ]
    assert f"{told.at:%Y-%m-%d %H:%M:%S}" == "2021-10-14 16:22:30"

"""A customer signs on a page of their own; our signatory signs signed in."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import now

from emdesk.ledger.models import Event
from emdesk.notifications.models import Mail
from sow.models import Progress, SignerLink
from sow.outside_mail import forget
from sow.signing import codes, ours
from sow.signing.ending import recall
from sow.signing.minding import mind
from tests.factories import NOON
from tests.sow.signing.out import (
    ADA,
    LATER,
    Desk,
    code_in,
    desk,
    identified,
    link_of,
    mails,
    opened,
    sent,
    sign_customer,
    sign_ours,
    token_in,
    verbs,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
AGREED = {"do": "sign", "consent": "on", "typed": "Ada  Lovelace"}


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Desk:
    cache.clear()
    here = desk(monkeypatch, at=now() - DAY)
    sent(here, order="together", at=now())
    return here


def signing_form(found: Desk, **said: Any) -> dict[str, Any]:
    return AGREED | {"seen": found.signing.sha256} | said


def test_link_code_read_agree_sign_and_each_act_stands_in_the_ledger(found):
    client = opened(ADA.email)
    page = client.get("/sign/").content.decode()
    assert "Send me a code" in page
    assert "consent" not in page
    assert client.get("/sign/file/").status_code == 404, "not before the code"

    client.post("/sign/", {"do": "code"})
    (mail,) = mails(ADA.email, "code is")
    typed = code_in(mail)
    assert client.post("/sign/", {"do": "identify", "code": typed}).status_code == 302
    read = client.get("/sign/file/")
    assert sha256(b"".join(read.streaming_content)).hexdigest() == found.signing.sha256

    drawn = "10,20 30,40;50,60 70,80"
    done = client.post("/sign/", signing_form(found, strokes=drawn))
    assert "Thank you, you signed" in done.content.decode()
    signer = found.signer("Ada Lovelace")
    assert (signer.turn, signer.typed, signer.address) == ("signed", "Ada Lovelace", "127.0.0.1")
    assert signer.path == "M10 20 L30 40 M50 60 L70 80"
    assert "binds" in signer.consent
    event = Event.objects.get(verb="sow.signed")
    assert event.data["sha256"] == found.signing.sha256
    assert (event.data["address"], event.data["agent"]) == ("127.0.0.1", "Firefox")
    assert {"sow.signing_code_sent", "sow.signer_identified"} <= set(verbs(found))


def test_looking_changes_nothing_and_the_page_shows_nothing_of_ours(found):
    client = identified(ADA.email)
    before = [Event.objects.count(), Mail.objects.count()]
    pages = [client.get("/sign/"), opened(ADA.email).get("/sign/")]
    assert [Event.objects.count(), Mail.objects.count()] == before
    for response in pages:
        page = response.content.decode()
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["Cache-Control"] == "no-store"
        for secret in (
            "Amara Osei's",
            "/issues/",
            "/sow/",
            "margin",
            "cost",
            found.issue.reference,
        ):
            assert secret not in page
        assert token_in(mails(ADA.email, "/sign/")[-1]) not in page


def test_a_link_is_kept_as_a_hash_and_mails_are_forgotten_once_sent(found):
    token = token_in(mails(ADA.email, "/sign/")[-1])
    link = SignerLink.objects.get()
    assert link.token_hash == sha256(token.encode()).hexdigest()
    assert len(token) >= 43
    Mail.objects.update(sent_at=now())
    forget()
    assert not Mail.objects.filter(kind="signing").exclude(text="").exists()
    assert Client().get("/sign/nobody-was-given-this/").status_code == 404
    assert Client().get("/sign/").status_code == 410
    assert Client().post("/sign/", AGREED).status_code == 410


def test_a_code_is_tried_five_times_holds_ten_minutes_and_works_once(found):
    client = opened(ADA.email)
    client.post("/sign/", {"do": "code"})
    right = code_in(mails(ADA.email, "code is")[-1])
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for left in (4, 3, 2, 1, 0):
        page = client.post("/sign/", {"do": "identify", "code": wrong})
        assert page.status_code == 422
        assert f"{left} tr" in page.content.decode()
    page = client.post("/sign/", {"do": "identify", "code": right})
    assert "Too many wrong codes" in page.content.decode()
    assert Event.objects.filter(verb="sow.signing_code_wrong").count() == 6

    link = link_of(ADA.email)
    where = {"address": None, "agent": ""}
    at = now() + timedelta(hours=2)
    codes.send_code(link, at=at, **where)
    again = code_in(mails(ADA.email, "code is")[-1])
    with pytest.raises(codes.WrongCode, match="too old"):
        codes.identify(link, again, at=at + codes.HOLDS, **where)
    proof = codes.identify(link, again, at=at + timedelta(minutes=9), **where)
    assert codes.proven(link, proof)
    with pytest.raises(codes.WrongCode, match="was used"):
        codes.identify(link, again, at=at + timedelta(minutes=9), **where)
    with time_machine.travel(now() + timedelta(hours=1, minutes=1)):
        assert not codes.proven(link, proof)


def test_nothing_is_signed_without_code_consent_name_or_with_another_file(found):
    assert opened(ADA.email).post("/sign/", signing_form(found)).status_code == 403
    client = identified(ADA.email)
    for said, why in (
        ({"consent": ""}, "Tick this"),
        ({"typed": "  "}, "required"),
        ({"strokes": "<svg>"}, "cannot be read"),
        ({"strokes": f"1,{'1111,' * 5_000}x"}, "cannot be read"),
        ({"strokes": ";".join(["1,1"] * 61)}, "too many lines"),
    ):
        page = client.post("/sign/", signing_form(found, **said))
        assert page.status_code == 422
        assert why in page.content.decode()
    page = client.post("/sign/", signing_form(found, seen="0" * 64))
    assert page.status_code == 410
    assert "another file" in page.content.decode()
    assert found.signer("Ada Lovelace").asked


def test_another_signers_proof_is_none(found):
    link = link_of(ADA.email)
    proof = codes.identify(*_coded(link), at=now(), address=None, agent="")
    other = SignerLink.objects.create(
        signer=found.signing.signers.get(side="ours"),
        token_hash="f" * 64,
        made_at=now(),
        until=now(),
    )
    assert codes.proven(link, proof)
    assert not codes.proven(other, proof)
    assert not codes.proven(link, proof[:-2])


def _coded(link: SignerLink) -> tuple[SignerLink, str]:
    codes.send_code(link, at=now(), address=None, agent="")
    return link, code_in(mails(ADA.email, "code is")[-1])


def test_declining_needs_a_reason_ends_it_for_all_and_the_page_says_so(found):
    client = identified(ADA.email)
    assert client.post("/sign/", {"do": "decline", "reason": " "}).status_code == 422
    assert found.signing.out
    page = client.post("/sign/", {"do": "decline", "reason": "The price is wrong"})
    assert "You declined to sign" in page.content.decode()
    assert (found.signing.standing, found.signing.why) == (Progress.DECLINED, "The price is wrong")
    again = client.get("/sign/")
    assert again.status_code == 410
    assert "You declined this on" in again.content.decode()
    assert client.post("/sign/", signing_form(found)).status_code == 410


def test_a_link_used_twice_or_after_a_recall_says_what_happened_and_does_nothing(found):
    client = identified(ADA.email)
    client.post("/sign/", signing_form(found))
    events = Event.objects.count()
    for response in (
        client.get("/sign/"),
        client.post("/sign/", signing_form(found)),
        client.post("/sign/", {"do": "decline", "reason": "No"}),
        client.post("/sign/", {"do": "code"}),
        client.get("/sign/file/"),
    ):
        assert response.status_code == 410
        assert "You signed this on" in response.content.decode()
    assert Event.objects.count() == events

    recall(found.signing, "Wrong", by=found.em, at=now())
    assert "You signed this on" in client.get("/sign/").content.decode()


def test_after_a_recall_and_after_its_time_the_page_is_over(found):
    client = identified(ADA.email)
    with time_machine.travel(now() + timedelta(days=31)):
        assert client.get("/sign/").status_code in {404, 410}
        response = opened(ADA.email).get("/sign/")
        assert response.status_code == 410
        assert "too old" in response.content.decode()
    recall(found.signing, "Wrong", by=found.em, at=now())
    response = client.post("/sign/", signing_form(found))
    assert response.status_code == 410
    assert "taken back" in response.content.decode()


def test_too_many_tries_from_one_place_are_stopped(found):
    client = opened(ADA.email)
    said = {"do": "identify", "code": "123456"}
    answers = [client.post("/sign/", said).status_code for _ in range(25)]
    assert answers[-1] == 429
    guesses = [Client().get(f"/sign/guess-{n}/").status_code for n in range(40)]
    assert guesses[0] == 404
    assert guesses[-1] == 429


def shown_who_they_are(user: Any) -> Client:
    """Signed in by password a moment ago."""
    user.set_password("a-good-quarter-ahead")
    user.save()
    client = Client()
    said = {"login": user.email, "password": "a-good-quarter-ahead"}
    assert client.post("/account/login/", said).status_code == 302
    return client


def test_our_signatory_signs_signed_in_anew_with_consent_and_others_do_not(found):
    found.pao.set_password("a-good-quarter-ahead")
    found.pao.save()
    address, client = f"/sow/{found.issue.pk}/sign/", Client()
    client.force_login(found.pao)
    assert client.get(address).status_code == 200
    assert "reauthenticate" in client.post(address, signing_form(found)).url
    assert found.signing.signers.get(side="ours").asked

    client = shown_who_they_are(found.pao)
    assert client.post(address, signing_form(found, consent="")).status_code == 422
    for other in (found.em, found.legal, found.cfo, found.team):
        refused = shown_who_they_are(other)
        assert refused.get(address).status_code in {403, 404}
        assert refused.post(address, signing_form(found)).status_code in {403, 404}
    assert client.post(address, signing_form(found, typed="Pat")).status_code == 302
    signer = found.signing.signers.get(side="ours")
    assert (signer.turn, signer.signed_by, signer.address) == ("signed", found.pao, "127.0.0.1")


def test_the_page_of_the_approval_alone_signs_nothing_but_may_decline(found):
    client = shown_who_they_are(found.pao)
    request = found.signing
    (step,) = ours.open_steps(found.issue)
    said = {"step": step.pk, "digest": request.sha256, "verdict": "approved"}
    page = client.post(f"/approvals/{step.request_id}/decide/", said)
    assert page.status_code == 422
    assert "Read and sign" in page.content.decode()
    assert found.signing.signers.get(side="ours").asked

    said |= {"verdict": "rejected", "reason": "Not this price"}
    assert client.post(f"/approvals/{step.request_id}/decide/", said).status_code == 302
    assert (found.signing.standing, found.signing.why) == (Progress.DECLINED, "Not this price")


def test_reminders_come_in_their_office_hours_and_no_more_than_set(monkeypatch):
    here = desk(monkeypatch)
    sent(here, order="together", at=LATER)
    signer = here.signer("Ada Lovelace")
    times = []
    at = LATER
    for hour in range(0, 24 * 9, 3):
        at = LATER + timedelta(hours=hour)
        before = len(mails(ADA.email, "Read and sign it here"))
        mind(at)
        if len(mails(ADA.email, "Read and sign it here")) > before:
            times.append(at)
    assert len(times) == 3
    assert all(each.weekday() < 5 and 9 <= each.hour < 20 for each in times)
    assert here.signer("Ada Lovelace").reminded == 3
    assert signer.asked_at == LATER
    links = SignerLink.objects.count()
    assert links == 4, "each mail has a link of its own"
    sign_customer(ADA.email, at)


def test_it_warns_once_before_it_expires_and_then_it_is_over(monkeypatch):
    here = desk(monkeypatch, at=NOON)
    signing = sent(here, order="together", at=LATER)
    for days in (1, 27, 27, 28):
        mind(LATER + timedelta(days=days))
    assert Event.objects.filter(verb="sow.signing_expiring").count() == 1
    mind(signing.expires_at - timedelta(seconds=1))
    assert here.signing.out
    mind(signing.expires_at)
    mind(signing.expires_at)
    assert here.signing.standing == Progress.EXPIRED
    assert Event.objects.filter(verb="sow.signing_expired").count() == 1
    assert sent(here, at=signing.expires_at).out
    sign_ours(here, signing.expires_at)

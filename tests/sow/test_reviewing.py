"""The customer's link: read, comment, propose, answer; and all that must not come of it."""

from __future__ import annotations

import logging
import re
import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from emdesk.activity.commenting import comment as note_internally
from emdesk.activity.sentences import describe
from emdesk.configuration.values import set_value
from emdesk.ledger.models import Event
from emdesk.logs import WithoutSecrets
from emdesk.notifications.models import Mail
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused
from scoping.models import ScopingIssue
from scoping.promises import customer_holds_pen, standing
from sow import documents, reviewing
from sow import pen as pens
from sow.commenting import comment as comment_internally
from sow.greenlights import Party, agreed
from sow.models import OutsideComment, ReviewLink, ReviewVisit, StatementOfWork
from sow.models.pen import Side
from sow.outside_mail import forget
from sow.redlining import decide
from sow.saving import Typed, save
from tests.factories import NOON, make_user
from tests.sow.approved import again, ready
from tests.sow.stamped import without_press

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ADA = {"name": "Ada Lovelace", "email": "ada@silverlake.example"}
SECRETS = {
    "description": "Numbat described",
    "next_step": "Ring the axolotl",
    "current_state": "Tapir waits for legal",
    "communication_agreed_with": "Pangolin of sales",
}


@pytest.fixture
def statement(em):
    cache.clear()
    return ready(em, now() - DAY)


def send(statement, by, at=None, **more):
    seen = again(statement).latest
    return reviewing.send(again(statement), **ADA, seen=seen, by=by, at=at or now(), **more)


def customer(secret):
    """A browser that came by the link."""
    browser = Client(headers={"User-Agent": "Their browser"})
    answer = browser.get(f"/sow/r/{secret}/")
    assert answer.status_code == 303
    return browser, answer.url


def last(statement, verb):
    return Event.objects.about(statement.issue).filter(verb=verb).last()


def test_sending_gives_the_pen_marks_the_version_and_tells_that_the_draft_is_there(statement, em):
    link, secret = send(statement, em)

    assert pens.held(statement, now()).side == Side.CUSTOMER
    done = standing(statement.issue)[statement.issue_id]
    assert "draft_delivered" in done
    assert customer_holds_pen(done)
    assert link.expires_at - link.made_at == 14 * DAY
    assert secret not in repr(ReviewLink.objects.values().get())
    assert len(secret) >= 43  # 256 bits
    with pytest.raises(pens.PenHeld):
        save(again(statement), seen=2, by=em, at=now(), typed=[Typed("travel", "Travel", "x")])
    client = Client()
    client.force_login(em)
    shown = client.get(f"/sow/{statement.issue_id}/versions/").content.decode()
    assert shown.count("Sent to") == 1
    assert "Sent to customer, Ada Lovelace" in shown
    send(statement, em)  # another reader of the same version
    assert len(list(Event.objects.filter(verb="scoping.draft_delivered"))) == 1


def test_the_link_goes_by_mail_when_it_is_asked_for_and_is_forgotten_once_sent(statement, em):
    browser = Client()
    browser.force_login(em)
    said = ADA | {"seen": 2, "message": "Have\na look", "mail": "on"}
    shown = browser.post(f"/sow/{statement.issue_id}/review/", said).content.decode()
    (mail,) = Mail.objects.filter(address=ADA["email"])
    (path,) = re.findall(r"/sow/r/[\w-]+/", mail.text)
    assert path in shown
    assert "by mail" in shown
    assert Client().get(path).status_code == 303
    assert f"{em.name} writes: Have" in mail.text
    assert statement.number in mail.subject
    Mail.objects.filter(pk=mail.pk).update(sent_at=now())
    assert forget() == 1
    mail.refresh_from_db()
    assert mail.text == ""
    admin = Client()
    admin.force_login(make_user(Role.ADMIN))
    assert "theirs alone" in admin.get(f"/mailbox/{mail.pk}/").content.decode()
    send(statement, em)
    assert Mail.objects.filter(address=ADA["email"]).count() == 1


def test_the_communication_owner_sends_and_nobody_else(statement, em):
    seller = make_user(Role.ACCOUNT_TEAM)
    statement.issue.account_team.add(seller)
    for role in (Role.LEGAL, Role.PS_LEADERSHIP, Role.VIEWER, Role.EM, Role.ADMIN):
        with pytest.raises(NotAllowed):
            send(statement, make_user(role))
    with pytest.raises(NotAllowed):
        send(statement, seller)
    ScopingIssue.objects.filter(pk=statement.issue_id).update(communication_owner="account_team")
    link, _ = send(statement, seller)
    assert link.made_by == seller
    assert customer_holds_pen(standing(statement.issue)[statement.issue_id])
    assert Client().get(f"/sow/{statement.issue_id}/review/").status_code == 302


def test_a_draft_with_open_fields_or_that_moved_on_is_not_sent(statement, em):
    with pytest.raises(Refused, match="saved meanwhile"):
        reviewing.send(again(statement), **ADA, seen=1, by=em, at=now())
    typed = [Typed("travel", "Travel", "{{ nobody_knows }}")]
    save(again(statement), seen=2, by=em, at=now(), typed=typed)
    with pytest.raises(Refused, match="nobody_knows"):
        send(statement, em)
    assert not ReviewLink.objects.exists()


def test_the_customer_reads_comments_proposes_and_sends_changes(statement, em):
    _, secret = send(statement, em, message="Have a look")
    browser, address = customer(secret)
    shown = browser.get(address).content.decode()
    for words in ("Have a look", "Ada Lovelace", "Looks good", "noindex", "v2", "They move"):
        assert words in shown
    text = again(statement).head.said.plain().section("travel").text
    browser.post(address, {"do": "comment", "section": "fees", "text": "<b>How</b>?"})
    wording = {"do": "propose", "section": "travel", "text": f"{text} {{{{ grand_total }}}} Ours."}
    browser.post(address, wording)
    refused = browser.post(address, {"do": "good"}, follow=True).content.decode()
    assert "Send your changes, or take the wording back" in refused
    assert "&lt;b&gt;How" in refused
    assert "not sent yet" in refused
    assert not statement.redlines.exists()

    done = browser.post(address, {"do": "changes", "note": "Nearly"}, follow=True).content.decode()

    assert "You answered on" in done
    assert "<textarea" not in done
    assert pens.held(statement, now()) is None
    assert not customer_holds_pen(standing(statement.issue)[statement.issue_id])
    kept = statement.redlines.get()
    assert (kept.author, kept.by, kept.source, kept.note) == (ADA["name"], None, "link", "Nearly")
    told = last(statement, reviewing.REVIEW_ANSWERED)
    assert "changes sent, with 1 comment and 1 changed clause: “Nearly”" in describe(told)
    verdicts = dict.fromkeys(kept.changes.values_list("pk", flat=True), "accepted")
    assert not decide(again(statement), kept, verdicts, by=em, at=now()).clashed
    now_says = again(statement).head.said
    assert now_says.text_of(now_says.section("travel")).endswith("{ { grand_total }} Ours.")
    for act in ("comment", "propose", "good", "changes"):
        late = browser.post(address, {"do": act, "section": "fees", "text": "x"}, follow=True)
        assert "answered already" in late.content.decode()
    whats = list(ReviewVisit.objects.values_list("what", flat=True))
    assert whats[:3] == ["opened", "comment", "propose"]
    assert ReviewVisit.objects.first().agent == "Their browser"


def test_looks_good_is_the_customers_go_ahead_with_who_when_and_where(statement, em):
    _, secret = send(statement, em)
    browser, address = customer(secret)
    browser.post(address, {"do": "good"})

    said = agreed(again(statement), again(statement).head.said)[Party.CUSTOMER]
    assert (said.who, said.version, said.stale) == ("Ada Lovelace", 2, ())
    assert "ada@silverlake.example" in said.evidence
    assert last(statement, "sow.agreed").actor is None
    assert pens.held(statement, now()) is None
    client = Client()
    client.force_login(em)
    assert "Looks good" in client.get(statement.get_absolute_url()).content.decode()


def test_a_link_that_is_over_says_so_and_shows_nothing(statement, em):
    """Expired, taken back, superseded: 410; forged, of another link, without its cookie: 404."""
    _link, secret = send(statement, em)
    browser, address = customer(secret)
    over = [address, f"{address}pdf/", f"{address}docx/"]
    ReviewLink.objects.update(expires_at=now() - DAY)
    for path in over:
        answer = browser.get(path)
        assert answer.status_code == 410
        assert "has expired" in answer.content.decode()
    ReviewLink.objects.update(expires_at=now() + DAY)
    assert browser.get(address).status_code == 200
    pens.hand_back(again(statement), by=em, at=now())
    save(again(statement), seen=2, by=em, at=now(), typed=[Typed("travel", "Travel", "New one")])
    assert browser.get(address).status_code == 200, "what is not sent yet supersedes nothing"
    other, newer = send(statement, em)
    told = browser.get(address)
    assert told.status_code == 410
    assert "superseded by a newer version" in told.content.decode()
    assert "invoiced" not in told.content.decode()
    assert browser.post(address, {"do": "good"}).status_code == 410
    second, theirs = customer(newer)
    assert "New one" in second.get(theirs).content.decode()
    assert browser.get(theirs).status_code == 404
    browser.cookies[f"review-{other.pk}"] = secret
    assert browser.get(theirs).status_code == 404
    reviewing.revoke(other, by=em, at=now())
    assert "was taken back" in second.get(theirs).content.decode()
    with pytest.raises(Refused, match="already"):
        reviewing.revoke(other, by=em, at=now())
    with pytest.raises(reviewing.Closed):
        reviewing.looks_good(other, at=now())
    assert Client().get(address).status_code == 404


def test_looking_changes_nothing_and_secrets_stay_where_they_are(statement, em):
    link, secret = send(statement, em)
    rows = {model: list(model.objects.values()) for model in (ReviewLink, StatementOfWork)}
    events = Event.objects.count()
    for _ in range(2):
        answer = Client().get(f"/sow/r/{secret}/")
    browser, address = customer(secret)
    assert browser.head(address).status_code == 200
    assert secret not in answer.url
    cookie = answer.cookies[f"review-{link.pk}"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert answer["Referrer-Policy"] == "no-referrer"
    for shown in (answer, browser.get(address), browser.get(f"{address}docx/")):
        assert shown["Cache-Control"] == "no-store"
        assert "noindex" in shown["X-Robots-Tag"]
    assert {model: list(model.objects.values()) for model in rows} == rows
    assert Event.objects.count() == events
    record = logging.LogRecord("x", logging.INFO, "x", 1, f"GET /sow/r/{secret}/ 303", (), None)
    WithoutSecrets().filter(record)
    assert secret not in record.getMessage()


def test_guesses_and_floods_are_slowed_down(statement, em):
    _link, secret = send(statement, em)
    browser, address = customer(secret)
    browser.post(address, {"do": "nothing"})
    asked = [Client().get(f"/sow/r/{n:043d}/").status_code for n in range(25)]
    assert asked.count(404) == 20
    assert asked[-1] == 429
    assert Client().get(f"/sow/r/{secret}/").status_code == 303, "who has it is not shut out"
    said = {"do": "comment", "section": "fees", "text": "Again"}
    codes = [browser.post(address, said).status_code for _ in range(62)]
    assert codes[0] == 302
    assert codes[-1] == 429
    assert OutsideComment.objects.count() < 62


def test_nothing_internal_is_in_what_the_customer_gets(statement, em, monkeypatch):
    ScopingIssue.objects.filter(pk=statement.issue_id).update(
        **SECRETS, expected_value=777_000, free_labels=["gerenuk-label"]
    )
    note_internally(again(statement).issue, "Narwhal said too much", by=em, at=now())
    comment_internally(again(statement), "travel", "Kudu for us", seen=2, by=em, at=now())
    _, elsewhere = send(statement, em)
    reviewing.comment(reviewing.behind(elsewhere), "fees", "Okapi of another", at=now())
    _, secret = send(statement, em)
    browser, address = customer(secret)
    without_press(monkeypatch)
    printed = documents.ask(again(statement).head, by=em, at=now())
    documents.carry_out(printed.pk, at=now())
    for path in ("", "pdf/", "docx/"):
        answer = browser.get(f"{address}{path}")
        assert answer.status_code == 200
        text = answer.getvalue().decode("latin-1")
        hidden = [*SECRETS.values(), "Narwhal", "Kudu for us", "Okapi", "gerenuk", "777", em.email]
        for word in [*hidden, "Remote only", statement.issue.reference, "/issues/"]:
            assert word not in text, (path, word)
    shown = browser.get(address).content.decode()
    assert "/sow/library" not in shown
    assert f"/sow/{statement.issue_id}/" not in shown


def test_odd_things_a_browser_may_send_do_no_harm(statement, em):
    _, secret = send(statement, em)
    browser, address = customer(secret)
    for odd in (
        {},
        {"do": "comment", "section": "nowhere", "text": "x"},
        {"do": "comment", "section": "fees", "text": " \x00 "},
        {"do": "comment", "section": "fees", "text": "x" * 5_000},
        {"do": "propose", "section": "fees", "text": "x" * 30_000},
        {"do": "propose", "section": "nowhere", "text": "x"},
        {"do": "take back", "section": "nowhere"},
        {"do": "changes"},
    ):
        assert browser.post(address, odd).status_code == 302
    assert not OutsideComment.objects.exists()
    link = ReviewLink.objects.get()
    assert (link.words, link.answer) == ({}, "")
    browser.post(address, {"do": "propose", "section": "fees", "text": "Less"})
    assert ReviewLink.objects.get().words == {"fees": "Less"}
    browser.post(address, {"do": "take back", "section": "fees"})
    assert ReviewLink.objects.get().words == {}
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post(address, {"do": "good"}).status_code == 403


def test_the_page_makes_the_link_shows_it_once_and_lists_what_came_of_it(statement, em):
    client = Client()
    client.force_login(em)
    address = f"/sow/{statement.issue_id}/review/"
    assert "Nobody has a link yet" in client.get(address).content.decode()
    assert client.post(address, {"seen": 2, "name": "Ada"}).status_code == 422
    assert client.post(address, {"seen": 1, **ADA}).status_code == 422
    made = client.post(address, {"seen": 2, **ADA}).content.decode()
    path = made.partition("/sow/r/")[2].partition("/")[0]
    assert reviewing.behind(path)
    listed = client.get(address).content.decode()
    assert path not in listed
    assert "Not opened yet" in listed
    browser, theirs = customer(path)
    browser.get(theirs)
    assert "Opened" in client.get(address).content.decode()
    link = ReviewLink.objects.get()
    client.post(f"{address}{link.pk}/revoke/")
    assert "It was taken back" in client.get(address).content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_many_answers_at_once_one_stands(settings):
    """Two windows of one customer, pressed at the same moment."""
    em = make_user()
    made = ready(em, now() - DAY)
    link, _ = send(made, em)
    start, said = threading.Barrier(4), []

    def answer(act):
        try:
            start.wait()
            act()
            said.append("taken")
        except reviewing.Closed:
            said.append("told")
        finally:
            connection.close()

    acts = [lambda: reviewing.looks_good(link, at=now()),
            lambda: reviewing.send_changes(link, "No", at=now())] * 2  # fmt: skip
    threads = [threading.Thread(target=answer, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["taken", "told", "told", "told"]
    assert Event.objects.filter(verb=reviewing.REVIEW_ANSWERED).count() == 1


def test_the_days_of_a_link_are_a_setting(statement, em):
    said = {"effective_from": NOON.date(), "reason": "x", "by": None, "at": NOON}
    set_value("sow_review_days", 3, **said)
    link, _ = send(statement, em)
    assert link.expires_at - link.made_at == 3 * DAY

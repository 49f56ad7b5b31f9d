"""What was sent: frozen, told in words, answered, read by link; never a byte of cost elsewhere."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import signing
from django.db import IntegrityError, transaction
from openpyxl import load_workbook

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.sla.models import Clock
from emdesk.workflow import NotAllowed, Refused
from scoping.deeds import DEEDS
from scoping.estimating.beginning import begin
from scoping.estimating.difference import difference, margin_change
from scoping.estimating.freezing import digest_of
from scoping.estimating.sending import decide, make_link, send, token_of, version_behind
from scoping.models import EstimateVersion
from scoping.models.estimate import Addressee, Standing
from scoping.promises import note
from scoping.states import CommunicationOwner, State
from tests.factories import NOON, again, make_ready_issue, make_user
from tests.scoping.estimating.desk import add_line, type_into

pytestmark = pytest.mark.django_db
D = Decimal
COST = "108.51"


@pytest.fixture
def lines(estimate):
    """The worked example of domain.md §7.2: 120, 24 and 8 hours at 330."""
    return [
        add_line(estimate, title="Move", role="engineer", hours=120, cost=D("108.51")),
        add_line(estimate, title="Manage", role="manager", hours=24, cost=D("95.74")),
        add_line(estimate, title="Design", role="architect", hours=8, cost=D("127.66")),
    ]


@pytest.fixture(autouse=True)
def rates(estimate):
    """The rates of the worked example, whatever is in force."""
    estimate.lines.update(rate=330)


def sent(estimate, em, to=Addressee.ACCOUNT_TEAM, at=NOON, **more):
    estimate.lines.filter(rate=None).update(rate=330)
    return send(estimate, to=to, by=em, at=at, **more)


def test_sending_freezes_the_worked_example_to_the_cent(estimate, lines, em):
    version = sent(estimate, em, note="Have a look")
    assert version.content["totals"]["list"] == "50160.00"
    assert version.costs["total"] == {
        "cogs": "16340.24",
        "margin": "33819.76",
        "margin_percent": "67.42",
    }
    assert (version.list_total, version.number) == (D("50160.00"), 1)
    assert version.digest == digest_of(EstimateVersion.objects.get().content)
    assert sum(D(line["net"]) for line in version.content["lines"]) == D("50160.00")


def test_no_field_of_what_was_sent_changes(estimate, lines, em):
    version = sent(estimate, em)
    changes = {
        "content": {"totals": {}},
        "costs": {},
        "digest": "0" * 64,
        "currency": "EUR",
        "list_total": 1,
        "final_total": 1,
        "sent_to": Addressee.CUSTOMER,
        "note": "Other",
        "number": 7,
        "sent_at": NOON + timedelta(days=1),
        "sent_by": make_user(),
    }
    for name, value in changes.items():
        with pytest.raises(IntegrityError), transaction.atomic():
            EstimateVersion.objects.filter(pk=version.pk).update(**{name: value})
    with pytest.raises(IntegrityError), transaction.atomic():
        version.delete()


def test_a_change_of_any_line_gives_another_digest(estimate, lines, em):
    first = sent(estimate, em)
    lines[0].title = "Move it"
    lines[0].save()
    assert sent(estimate, em).digest != first.digest


def test_the_customer_has_it_so_the_clock_stops_and_the_card_moves(issue, estimate, lines, em):
    note(issue, DEEDS["call_held"], by=em, at=NOON)
    clocks = Clock.objects.filter(subject_id=issue.pk, key="estimate")
    assert clocks.get().stopped_at is None

    sent(estimate, em, at=NOON + timedelta(hours=1))
    assert again(issue).state == State.ESTIMATE_FEEDBACK
    assert clocks.get().stopped_at is None, "the account team's review alone delivers nothing"

    sent(estimate, em, Addressee.CUSTOMER, at=NOON + timedelta(hours=2))
    assert clocks.get().stopped_at == NOON + timedelta(hours=2)
    assert again(issue).state == State.ESTIMATE_FEEDBACK


def test_from_each_column_the_card_comes_to_feedback_or_it_is_said_why_not(em):
    for state in (State.OPEN, State.AWAITING_DISCOVERY, State.STRAWMAN_WIP, State.SOW_WIP):
        issue = make_ready_issue(state, engagement_manager=em)
        estimate = begin(issue, by=em, at=NOON)
        add_line(estimate, hours=8)
        sent(estimate, em)
        assert again(issue).state == State.ESTIMATE_FEEDBACK
    for state in (State.READY_FOR_APPROVAL, State.APPROVED, State.ON_HOLD):
        issue = make_ready_issue(state, engagement_manager=em)
        estimate = begin(issue, by=em, at=NOON)
        add_line(estimate, hours=8)
        with pytest.raises(Refused, match="resume it first"):
            sent(estimate, em)
        assert not issue.estimate_versions.exists()


def test_an_empty_estimate_or_one_that_changed_is_not_sent(client, estimate, em):
    with pytest.raises(Refused, match="no activity"):
        sent(estimate, em)
    line = add_line(estimate, hours=1)
    address = f"{estimate.get_absolute_url()}send/"
    type_into(client, estimate, **{f"c.{line.pk}.hours": "3"})
    stale = client.post(address, {"to": "account_team", "token": "0"})
    assert stale.status_code == 422
    assert "changed the estimate since" in stale.content.decode()
    assert client.post(address, {"to": "account_team", "token": "1"}).status_code == 302
    with pytest.raises(NotAllowed):
        sent(estimate, make_user())


def test_a_new_version_supersedes_and_tells_the_difference(client, issue, estimate, lines, em):
    first = sent(estimate, em)
    lines[0].hours = 136
    lines[0].save()
    lines[2].delete()
    type_into(client, estimate, **{"c.new.title": "Train", "c.new.unit_price": "5000"})
    estimate.refresh_from_db()
    estimate.discount_percent = D("2.5")
    estimate.save()
    second = sent(estimate, em)

    first.refresh_from_db()
    assert (first.standing, second.number) == (Standing.SUPERSEDED, 2)
    told = difference(first.content, second.content)
    assert told == [
        "+16 h Move",
        "−8 h Design",
        "+5,000.00 Train",
        "discount 0 → 2.5 %",
        "list total 50,160.00 → 57,800.00",
        "total 50,160.00 → 56,355.00",
    ]
    assert margin_change(first.costs, second.costs) == "margin 67.4 → not known %"
    assert difference(second.content, second.content) == []
    page = client.get(second.get_absolute_url()).content.decode()
    assert "+16 h Move, −8 h Design" in page
    assert "margin 67.4" in page
    compared = client.get(f"/issues/{issue.pk}/estimate/compare/?a=v1&b=v2").content.decode()
    assert "Move, Services engineer" in compared
    assert "Manage, Project manager" not in compared, "what is the same is left out"


def test_a_version_is_answered_once(client, issue, estimate, lines, em):
    version = sent(estimate, em)
    address = f"{version.get_absolute_url()}answer/"
    client.post(address, {"standing": "rework", "answer": "Too much"})
    version.refresh_from_db()
    assert (version.standing, version.answer) == (Standing.REWORK, "Too much")
    assert again(issue).state == State.STRAWMAN_WIP
    twice = client.post(address, {"standing": "accepted"}, follow=True)
    assert "answered or superseded already" in twice.content.decode()

    second = sent(estimate, em)
    client.post(f"{second.get_absolute_url()}answer/", {"standing": "superseded"})
    second.refresh_from_db()
    assert second.standing == Standing.SENT, "only the two answers there are"
    decide(second, Standing.ACCEPTED, by=em, at=NOON)
    assert again(issue).state == State.ESTIMATE_FEEDBACK
    with pytest.raises(NotAllowed):
        decide(second, Standing.REWORK, by=make_user(), at=NOON)


def test_a_link_opens_its_version_until_it_is_replaced_or_too_old(client, estimate, lines, em):
    version = sent(estimate, em, Addressee.CUSTOMER)
    first = token_of(EstimateVersion.objects.get())
    anybody = type(client)()
    page = anybody.get(f"/offer/{first}/")
    assert page.status_code == 200
    assert "50,160.00" in page.content.decode()

    second = make_link(version, by=em, at=NOON)
    assert anybody.get(f"/offer/{first}/").status_code == 404
    assert anybody.get(f"/offer/{second}/").status_code == 200
    forged = signing.dumps([version.pk, 2], salt="other")
    assert anybody.get(f"/offer/{forged}/").status_code == 404
    assert anybody.get("/offer/x/").status_code == 404
    with time_machine.travel(timedelta(days=31), tick=False):
        assert version_behind(second, days=30) is None


def test_a_link_to_a_superseded_version_says_so_and_offers_nothing(client, estimate, lines, em):
    first = sent(estimate, em, Addressee.CUSTOMER)
    token = token_of(EstimateVersion.objects.get())
    sent(estimate, em)
    anybody = type(client)()
    for address in (f"/offer/{token}/", f"/offer/{token}/pdf/"):
        answered = anybody.get(address)
        page = answered.content.decode()
        assert answered.status_code == 410
        assert "Version 1 was superseded" in page
        assert not any(word in page for word in ("50,160.00", "Move", "<a ", "<form", "v2"))

    first.refresh_from_db()
    own = client.get(first.get_absolute_url()).content.decode()
    assert "reads that this version was superseded" in own
    assert "Make a" not in own, "no link is offered that would be refused"
    with pytest.raises(Refused, match="superseded"):
        make_link(first, by=em, at=NOON)


def test_who_speaks_with_the_customer_makes_the_link(signed_in, issue, estimate, lines, em):
    version = sent(estimate, em)
    team = make_user(Role.ACCOUNT_TEAM)
    issue.account_team.add(team)
    with pytest.raises(NotAllowed):
        make_link(version, by=team, at=NOON)
    issue.communication_owner = CommunicationOwner.ACCOUNT_TEAM
    issue.save(update_fields=["communication_owner"])
    browser = signed_in(team)
    assert browser.post(f"{version.get_absolute_url()}link/").status_code == 302
    assert "/offer/" in browser.get(version.get_absolute_url()).content.decode()
    assert browser.post(f"{version.get_absolute_url()}answer/").status_code == 403


def test_the_currency_stands_once_a_version_was_sent(client, estimate, lines, em):
    sent(estimate, em)
    address = f"{estimate.get_absolute_url()}terms/"
    said = {"name": "Base", "pricing": "ff", "currency": "EUR", "pm_percent": "20"}
    said |= {"discount_percent": "0", "travel": "0"}
    client.post(address, said | {f"initial-{key}": value for key, value in said.items()})
    estimate.refresh_from_db()
    assert estimate.currency == "USD"


def test_the_customer_reads_prices_as_agreed_and_no_more(client, estimate, lines, em):
    def customer_page():
        version = sent(estimate, em)
        return client.get(f"{version.get_absolute_url()}?view=customer").content.decode()

    assert "330.00" not in customer_page(), "a fixed fee has no rates"
    estimate.pricing = "tm"
    estimate.save()
    assert "330.00" in customer_page()
    estimate.marketplace, estimate.discount_percent = True, D(15)
    estimate.save()
    page = customer_page()
    assert "43,701.90" in page
    for hidden in ("330.00", "42,636.00", "50,160.00", "15 %"):
        assert hidden not in page, "on a marketplace only the final price is told"


WITHOUT = [
    Role.ACCOUNT_TEAM,
    Role.EM,
    Role.DEAL_DESK,
    Role.VIEWER,
    Role.LEGAL,
    Role.PRACTICE_MANAGER,
]


def test_whoever_may_not_see_cost_gets_no_byte_of_it(signed_in, client, issue, estimate, lines, em):
    """Neither the figures nor the words stand in any answer; to the EM both do."""
    first = sent(estimate, em, Addressee.CUSTOMER)
    lines[0].cost = D("111.11")
    lines[0].save()
    type_into(client, estimate, **{f"c.{lines[0].pk}.cost": "108.51"})
    version = sent(estimate, em, Addressee.CUSTOMER)
    token = token_of(EstimateVersion.objects.first())
    here = f"/issues/{issue.pk}/"
    addresses = [
        *(here, f"{here}estimate/", estimate.get_absolute_url(), version.get_absolute_url()),
        *(first.get_absolute_url(), f"{version.get_absolute_url()}?view=customer"),
        *(f"{here}estimate/compare/?a=1&b=v1", f"{here}estimate/compare/?a=v1&b=v2"),
        *(f"{version.get_absolute_url()}own/csv/", f"{version.get_absolute_url()}customer/csv/"),
        f"/activity/scoping.scopingissue/{issue.pk}/",
        f"/offer/{token}/",
    ]
    figures = (COST, "16340.24", "16,340.24", "33819.76", "33,819.76", "67.4", "111.11", "95.74")
    words = ("margin", "cogs", ">cost<")
    for role in WITHOUT:
        person = make_user(role)
        if role == Role.ACCOUNT_TEAM:
            issue.account_team.add(person)
        browser, seen = signed_in(person), 0
        for address in addresses:
            response = browser.get(address)
            seen += response.status_code == 200
            text = response.content.decode().lower()
            found = [each for each in (*figures, *words) if each in text]
            assert not found, (role, address, found)
        assert seen > 6, role
    mine = client.get(version.get_absolute_url()).content.decode()
    assert all(each in mine for each in ("16340.24", "33819.76", "67.42"))
    for event in Event.objects.about(issue):
        assert not any(figure in str(event.data) for figure in figures), event.verb


def test_whoever_may_not_see_cost_cannot_type_one(signed_in, issue, estimate, lines, em):
    """An EM's right ends with the issue: whoever took it over types, the other does not."""
    other = make_user()
    line = lines[0]
    browser = signed_in(other)
    response = type_into(browser, estimate, **{f"c.{line.pk}.cost": "1"})
    assert response.status_code == 403
    line.refresh_from_db()
    assert line.cost == D("108.51")


def test_files_of_both_views_hold_the_same_totals_and_no_formula(client, estimate, lines, em):
    lines[0].title = "=1+1"
    lines[0].save()
    version = sent(estimate, em)
    own = client.get(f"{version.get_absolute_url()}own/csv/").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(own)))
    assert rows[1][1] == "'=1+1"
    assert [row[8] for row in rows if row[1] == "List total"] == ["50160.00"]
    assert sum(D(row[8]) for row in rows[1:4]) == D("50160.00")
    assert rows[-1][-2:] == ["16340.24", "33819.76"]

    book = load_workbook(
        io.BytesIO(client.get(f"{version.get_absolute_url()}customer/xlsx/").content)
    )
    cells = [cell.value for row in book.active.iter_rows() for cell in row]
    assert "'=1+1" in cells
    assert 50160 in cells
    assert client.get(f"{version.get_absolute_url()}other/csv/").status_code == 404


def test_the_customers_pdf_is_one(client, estimate, lines, em):
    version = sent(estimate, em)
    for view in ("customer", "own"):
        response = client.get(f"{version.get_absolute_url()}{view}.pdf")
        assert response.content.startswith(b"%PDF")

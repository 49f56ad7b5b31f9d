"""Deeds on the issue page, on My day, on the drop sheet and in the message after a move."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils.timezone import now
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from scoping.deeds import DEEDS
from scoping.promises import note, standing
from scoping.states import State
from tests.factories import again, make_issue, make_ready_issue, make_segment, make_user
from tests.scoping.markup import parsed
from tests.scoping.pages import at, move, queries_of, toast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def issue(em):
    moment = now() - 5 * DAY
    return make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em, at=moment)


def local(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"


def done(issue):
    return standing(issue)[issue.pk]


def test_one_click_notes_a_deed_and_the_page_says_when_and_by_whom(client, issue, em):
    assertContains(client.get(issue.get_absolute_url()), "Call held")

    response = client.post(at("deed", issue, "call_held"), {"seen": "0"}, follow=True)

    assertRedirects(response, issue.get_absolute_url())
    assertContains(response, f"Scoping call held: {issue.reference}.")
    assertContains(response, f"noted by {em}")
    assertContains(response, at("undo_deed", issue, done(issue)["call_held"].number))


def test_the_same_click_twice_notes_it_once(client, issue, em):
    for _ in range(2):
        response = client.post(at("deed", issue, "call_held"), {"seen": "0"})

    assertContains(response, f"{em} noted “Scoping call held” already", status_code=422)
    assert Event.objects.about(issue).filter(verb="scoping.call_held").count() == 1


def test_a_deed_is_dated_on_its_own_page(client, issue):
    page = at("deed", issue, "call_held")
    assertContains(client.get(page), 'type="datetime-local"')
    earlier = (now() - DAY).replace(second=0, microsecond=0)

    client.post(page, {"happened_at": local(earlier)})

    assert done(issue)["call_held"].data["happened_at"] == earlier.isoformat()


@pytest.mark.parametrize(
    ("days", "says"),
    [(1, "This lies in the future"), (-9, "when its clock began. Check the date")],
)
def test_a_date_that_cannot_be_comes_back_with_the_reason(client, issue, days, says):
    response = client.post(
        at("deed", issue, "call_held"), {"happened_at": local(now() + days * DAY)}
    )

    assertContains(response, says, status_code=422)
    assert done(issue) == {}


def test_an_hour_that_the_clocks_skip_is_refused(client, em, issue):
    em.time_zone = "Europe/Berlin"
    em.save()

    response = client.post(at("deed", issue, "call_held"), {"happened_at": "2026-03-29T02:30"})

    assertContains(response, "Europe/Berlin", status_code=422)


def test_undo_takes_it_back_on_the_page(client, issue):
    event = note(issue, DEEDS["call_held"], by=issue.engagement_manager, at=now())

    response = client.post(at("undo_deed", issue, event.number), follow=True)

    assertContains(response, "Scoping call held: taken back.")
    assert done(issue) == {}


def test_the_undo_of_a_message_renews_the_panel(client, issue, htmx):
    event = note(issue, DEEDS["call_held"], by=issue.engagement_manager, at=now())

    response = client.post(at("undo_deed", issue, event.number), headers=htmx)

    assert toast(response) == "Scoping call held: taken back."
    assertContains(response, 'hx-target="#deeds"')
    again_ = client.post(at("undo_deed", issue, event.number), headers=htmx)
    assertContains(again_, "There is nothing to undo", status_code=422)


def test_after_the_minutes_to_undo_no_undo_is_offered(client, issue, em):
    event = note(issue, DEEDS["reminded"], by=em, at=now() - timedelta(minutes=11))

    assertNotContains(client.get(issue.get_absolute_url()), "/undo/")
    response = client.post(at("undo_deed", issue, event.number), follow=True)
    assertContains(response, "This can be undone for 10 minutes")
    assert "reminded" in done(issue)


def test_who_may_not_note_is_offered_nothing(issue, signed_in):
    viewer, other = signed_in(make_user(Role.VIEWER)), signed_in(make_user())

    assertNotContains(viewer.get(issue.get_absolute_url()), "/deeds/")
    assert viewer.post(at("deed", issue, "reminded")).status_code == 403
    assert other.post(at("deed", issue, "call_held")).status_code == 403
    assert other.post(at("deed", issue, "reminded")).status_code == 302
    assert other.post(at("deed", issue, "anything")).status_code == 404


def test_the_undo_of_another_is_refused(issue, em, signed_in):
    event = note(issue, DEEDS["reminded"], by=em, at=now())

    assert signed_in(make_user()).post(at("undo_deed", issue, event.number)).status_code == 403
    assert "reminded" in done(issue)


def test_the_steps_of_the_stamped_sow_come_with_the_final_content(client, issue, em):
    assertNotContains(client.get(issue.get_absolute_url()), "Steps of the stamped SOW")

    note(issue, DEEDS["content_final"], by=em, at=now())

    assertContains(client.get(issue.get_absolute_url()), "Steps of the stamped SOW")


def test_my_day_offers_the_deed_that_comes_next(client, issue):
    page = client.get("/")
    assertContains(page, at("deed", issue, "call_held"))

    response = client.post(at("deed", issue, "call_held"), {"seen": "0", "next": "/"}, follow=True)

    assertRedirects(response, "/")
    assertContains(response, at("deed", issue, "estimate_delivered"))


def test_the_message_after_a_move_offers_the_deed_on_its_way(client, issue, htmx):
    moved = move(client, issue, "estimate_feedback", htmx)

    url = at("deed", issue, "estimate_delivered")
    assertContains(moved, f'hx-post="{url}"')
    response = client.post(url, {"seen": "0"}, headers=htmx)
    assert toast(response) == f"Estimate with customer: {issue.reference}."
    assert "estimate_delivered" in done(issue)


def test_a_sheet_asks_for_the_deed_and_saves_it_with_the_move(client, em, htmx):
    issue = make_issue(engagement_manager=em, at=now() - 5 * DAY)
    sheet = parsed(move(client, issue, "strawman_wip", htmx).content.decode())
    names = {each.attributes.get("name") for each in sheet.all()}
    assert {"segment", "deed", "happened_at"} <= names
    earlier = (now() - DAY).replace(second=0, microsecond=0)
    said = {"segment": make_segment().pk, "deed": "on", "happened_at": local(earlier)}

    move(client, issue, "strawman_wip", htmx, **said)

    assert again(issue).state == State.STRAWMAN_WIP
    told = done(issue)["call_held"]
    assert told.data["happened_at"] == earlier.isoformat()
    assert [event.verb for event in Event.objects.about(issue)][-2:] == [
        "scoping.call_held",
        "scoping.start_strawman",
    ]


def test_a_sheet_whose_deed_cannot_be_moves_nothing(client, em, htmx):
    issue = make_issue(engagement_manager=em)
    said = {"segment": make_segment().pk, "deed": "on", "happened_at": local(now() + DAY)}

    response = move(client, issue, "strawman_wip", htmx, **said)

    assert response.status_code == 422
    assert "This lies in the future" in toast(response)
    assert (again(issue).state, done(issue)) == (State.OPEN, {})


def test_a_sheet_without_the_deed_notes_none(client, em, htmx):
    issue = make_issue(engagement_manager=em)

    move(client, issue, "strawman_wip", htmx, segment=make_segment().pk)

    assert (again(issue).state, done(issue)) == (State.STRAWMAN_WIP, {})


def test_my_day_costs_the_same_however_many_deeds_there_are(client, em):
    counts = []
    for number in (1, 4):
        for _ in range(number):
            made = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)
            note(made, DEEDS["call_held"], by=em, at=now())
        counts.append(queries_of(client, "/"))

    assert counts[0] == counts[1]

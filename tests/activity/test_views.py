"""The pages and fragments of activity: who gets in, what they see, without JavaScript and with."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from emdesk.activity.commenting import comment
from emdesk.activity.models import Comment, Watching
from emdesk.ledger.models import Event
from tests.subject import LABEL, NOON

HTMX = {"HX-Request": "true"}


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def write_url(segment, audience="internal", label=LABEL):
    return reverse("activity:comment", args=[label, segment.pk, audience])


def url(name, said):
    return reverse(f"activity:{name}", args=[said.pk])


@pytest.fixture
def said(segment, amara):
    return comment(segment, "Price is **42**", by=amara, at=NOON)


def test_a_comment_is_saved_and_leads_back_to_where_it_stands(segment, amara):
    response = client_of(amara).post(write_url(segment), {"body": "Hello\r\nthere", "do": "save"})

    said = Comment.objects.get()
    assert said.body == "Hello\nthere"
    assertRedirects(
        response, f"/segments/{segment.pk}/#comment-{said.pk}", fetch_redirect_response=False
    )


def test_htmx_gets_an_empty_box_and_the_timeline_with_the_comment(segment, amara):
    response = client_of(amara).post(write_url(segment), {"body": "Hello"}, headers=HTMX)

    said = Comment.objects.get()
    assertContains(response, f'id="comment-{said.pk}"')
    assertContains(response, '<hx-partial hx-target="#timeline" hx-swap="outerHTML">')
    assertNotContains(response, "Hello</textarea>")
    assertNotContains(response, "<html")


@pytest.mark.parametrize(
    ("audience", "word"), [("internal", "Internal"), ("customer", "Customer-visible")]
)
def test_the_two_audiences_differ_in_word_and_box(segment, amara, audience, word):
    client = client_of(amara)
    client.post(write_url(segment, audience), {"body": "Hello"})

    page = client.get(reverse("activity:timeline", args=[LABEL, segment.pk]))

    assert Comment.objects.get().audience == audience
    assertContains(page, f'class="comment comment--{audience}"')
    assertContains(page, f'<span class="tag audience audience--{audience}">{word}</span>')


def test_a_comment_for_anybody_else_has_no_box(segment, amara):
    assert client_of(amara).post(write_url(segment, "press"), {"body": "x"}).status_code == 404


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_preview_shows_the_text_and_saves_nothing(segment, amara, headers):
    sent = {"body": "Price is **42**, @amara.osei", "do": "preview"}

    response = client_of(amara).post(write_url(segment), sent, headers=headers)

    assertContains(response, "<strong>42</strong>, <b>@Amara Osei</b>")
    assertContains(response, 'value="Price is **42**, @amara.osei"')
    assert ("<html" in response.content.decode()) == (not headers)
    assert not Comment.objects.exists()


def test_writing_on_after_a_preview_keeps_the_text(segment, amara):
    response = client_of(amara).post(write_url(segment), {"body": "Half a th", "do": "write"})

    assertContains(response, "Half a th</textarea>")
    assert not Comment.objects.exists()


@pytest.mark.parametrize("do", ["save", "preview"])
@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("", "Write something first."),
        (" \n ", "Write something first."),
        ("x" * 20_001, "A comment holds 20000 characters, this one 20001."),
        ("nul \x00", "Null characters are not allowed."),
    ],
)
def test_a_comment_that_cannot_be_is_refused_with_the_reason(segment, amara, do, body, complaint):
    response = client_of(amara).post(write_url(segment), {"body": body, "do": do})

    assertContains(response, complaint, status_code=422)
    assert not Comment.objects.exists()


def test_line_ends_do_not_count_twice(segment, amara):
    response = client_of(amara).post(write_url(segment), {"body": "x\r\n" * 9_999 + "x"})

    assert response.status_code == 302


def test_fields_nobody_asked_for_change_nothing(segment, amara, jonas):
    sent = {"body": "x", "author": jonas.pk, "created_at": "2000-01-01", "audience": "customer",
            "withdrawn_at": "2000-01-01", "subject_id": 999, "origin": "import"}  # fmt: skip
    client_of(amara).post(write_url(segment), sent)

    said, event = Comment.objects.get(), Event.objects.get()
    assert (said.author, said.audience, said.withdrawn_at) == (amara, "internal", None)
    assert (said.subject_id, event.origin, said.created_at.year > 2000) == (
        segment.pk, "person", True,
    )  # fmt: skip


@pytest.mark.parametrize("do", ["save", "preview", "write", ""])
def test_who_has_no_say_is_refused(segment, reader, do):
    response = client_of(reader).post(write_url(segment), {"body": "x", "do": do})

    assert response.status_code == 403
    assert not Comment.objects.exists()


@pytest.mark.parametrize("name", ["show", "reword", "withdraw", "history"])
def test_a_comment_on_what_one_does_not_see_does_not_exist(said, viewer, name):
    client = client_of(viewer)

    assert client.get(url(name, said)).status_code == 404
    assert client.post(url(name, said), {"body": "x"}).status_code in {404, 405}


@pytest.mark.parametrize("name", ["timeline", "watch", "unwatch"])
@pytest.mark.parametrize("label", [LABEL, "people.user", "no.such", "ledger.event"])
def test_a_subject_one_does_not_see_does_not_exist(segment, viewer, name, label):
    address = reverse(f"activity:{name}", args=[label, segment.pk])
    method = "get" if name == "timeline" else "post"

    assert getattr(client_of(viewer), method)(address).status_code == 404


def test_nobody_reads_a_word_without_signing_in(segment, said):
    addresses = [url(name, said) for name in ("show", "reword", "withdraw", "history")]
    addresses.append(reverse("activity:timeline", args=[LABEL, segment.pk]))

    for address in addresses:
        assert Client().get(address).status_code == 302


@pytest.mark.parametrize("name", ["comment", "watch", "unwatch"])
def test_reading_an_address_changes_nothing(segment, amara, name):
    args = [LABEL, segment.pk, *(["internal"] if name == "comment" else [])]

    assert client_of(amara).get(reverse(f"activity:{name}", args=args)).status_code == 405


def test_a_post_without_its_token_is_refused(segment, amara):
    client = Client(enforce_csrf_checks=True)
    client.force_login(amara)

    assert client.post(write_url(segment), {"body": "x"}).status_code == 403
    assert not Comment.objects.exists()


def test_acts_are_offered_to_those_who_may(segment, said, amara, jonas, lead):
    page = reverse("activity:timeline", args=[LABEL, segment.pk])
    edit, take_back = url("reword", said), url("withdraw", said)

    offered = {
        user: (edit in html, take_back in html)
        for user in (amara, jonas, lead)
        for html in [client_of(user).get(page).content.decode()]
    }

    assert offered == {amara: (True, True), jonas: (False, False), lead: (False, True)}


def test_entries_can_be_linked_to(segment, said, amara):
    event = Event.objects.create(
        subject_type=LABEL, subject_id=segment.pk, verb="people.segment_changed", at=NOON
    )

    page = client_of(amara).get(reverse("activity:timeline", args=[LABEL, segment.pk]))

    for anchor in (f"comment-{said.pk}", f"event-{event.pk}"):
        assertContains(page, f'id="{anchor}"')
        assertContains(page, f'href="#{anchor}"')


def test_earlier_entries_come_by_the_same_address_as_page_and_fragment(segment, amara):
    for number in range(27):
        comment(segment, f"Note {number}.", by=amara, at=NOON)
    client = client_of(amara)
    first = client.get(reverse("activity:timeline", args=[LABEL, segment.pk]))
    following = first.context["timeline"].next_url

    assertContains(first, "Show earlier")
    assertContains(client.get(following), "<html")
    rest = client.get(following, headers=HTMX)
    assertContains(rest, "Note 0.")
    assertNotContains(rest, "Show earlier")
    assertNotContains(rest, "<html")


def test_the_filter_is_in_the_address_and_marked(segment, said, amara):
    page = reverse("activity:timeline", args=[LABEL, segment.pk])

    changes = client_of(amara).get(page, {"show": "changes"}, headers=HTMX)

    assertNotContains(changes, "Price is")
    assertContains(changes, "Nothing here yet")
    assertContains(changes, 'aria-current="true">Changes')


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_watching_is_one_button(segment, reader, headers):
    client = client_of(reader)
    args = [LABEL, segment.pk]

    response = client.post(reverse("activity:watch", args=args), headers=headers)
    assert Watching.objects.get().user == reader
    assert response.status_code == (200 if headers else 302)

    client.post(reverse("activity:unwatch", args=args), headers=headers)
    assert not Watching.objects.exists()

"""Rewording and withdrawing a comment in the browser: everything said stays readable."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from emdesk.activity.commenting import comment, reword, withdraw
from emdesk.activity.models import Comment
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


def test_rewording_starts_from_what_was_said_and_keeps_it(said, amara):
    client = client_of(amara)
    assertContains(client.get(url("reword", said)), "Price is **42**</textarea>")

    client.post(url("reword", said), {"body": "Price is **43**"})

    history = client.get(url("history", said))
    assertContains(history, "Price is <strong>43</strong>")
    assertContains(history, "Price is <strong>42</strong>")


def test_htmx_rewords_in_place(said, amara):
    client = client_of(amara)
    box = client.get(url("reword", said), headers=HTMX)
    assertContains(box, f'id="box-reword-{said.pk}"')

    response = client.post(url("reword", said), {"body": "New"}, headers=HTMX)

    assertContains(response, f'id="comment-{said.pk}"')
    assertContains(response, "edited")
    assertNotContains(response, "<html")


def test_a_refused_rewording_keeps_the_comment(said, amara):
    response = client_of(amara).post(url("reword", said), {"body": ""}, headers=HTMX)

    assert response.status_code == 422
    assert Comment.objects.get().body == "Price is **42**"


def test_others_can_neither_reword_nor_withdraw(said, jonas):
    client = client_of(jonas)

    for name in ("reword", "withdraw"):
        assert client.get(url(name, said)).status_code == 403
        assert client.post(url(name, said), {"body": "x"}).status_code == 403


def test_withdrawing_asks_first_and_then_shows_that_something_was_said(segment, said, amara):
    client = client_of(amara)
    assertContains(client.get(url("withdraw", said)), "Withdraw this note?")
    assert Comment.objects.get().withdrawn_at is None

    client.post(url("withdraw", said))

    page = client.get(reverse("activity:timeline", args=[LABEL, segment.pk]))
    assertContains(page, "Withdrawn")
    assertNotContains(page, "Price is")
    assert client.get(url("history", said)).status_code == 404


def test_earlier_wordings_pass_the_same_allow_list(segment, said, amara):
    reword(said, segment, "<script>alert(1)</script>", by=amara, at=NOON)
    reword(said, segment, "fine", by=amara, at=NOON)

    assertNotContains(client_of(amara).get(url("history", said)), "<script>alert")


def test_a_withdrawn_comment_offers_nothing_more(segment, said, amara):
    withdraw(said, segment, by=amara, at=NOON)

    response = client_of(amara).get(url("show", said), headers=HTMX)

    assertNotContains(response, "Price is")
    assertNotContains(response, url("reword", said))

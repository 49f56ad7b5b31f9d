"""Editing facts in the browser: somebody else's change meanwhile is shown, not overwritten."""

import pytest
from django.utils.timezone import now

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from scoping.facts import amend
from scoping.forms.issue import GROUPS
from scoping.models import ScopingIssue
from tests.factories import (
    again,
    make_account,
    make_opportunity,
    make_user,
)
from tests.scoping.pages import at, form_on

pytestmark = pytest.mark.django_db


def edit(client, issue, group="step", **said):
    """Open the form, write over some fields and send it, as a person does."""
    page = client.get(at("facts", issue, group))
    return client.post(at("facts", issue, group), form_on(page) | said)


def test_an_edit_is_saved_and_told(client, issue, em):
    response = edit(client, issue, next_step="Write the SOW")

    assert (response.status_code, response.url) == (302, issue.get_absolute_url())
    assert again(issue).next_step == "Write the SOW"
    event = Event.objects.about(issue).last()
    assert (event.verb, event.actor) == ("scoping.amended", em)
    assert event.data["changed"] == {"next_step": ["Call", "Write the SOW"]}


@pytest.mark.parametrize("group", GROUPS)
def test_a_form_sent_back_as_it_came_changes_nothing(client, issue, group):
    account = issue.account
    ScopingIssue.objects.filter(pk=issue.pk).update(
        opportunity=make_opportunity(account=account),
        requester=make_user(Role.ACCOUNT_TEAM),
        services=["migration"],
        free_labels=["urgent"],
        architect_help="asked",
    )
    before = ScopingIssue.objects.filter(pk=issue.pk).values().get()
    events = Event.objects.count()

    response = edit(client, issue, group)

    assert response.status_code == 302
    assert ScopingIssue.objects.filter(pk=issue.pk).values().get() == before
    assert Event.objects.count() == events


def test_what_somebody_else_changed_meanwhile_is_shown_not_overwritten(client, issue):
    opened = form_on(client.get(at("facts", issue, "step")))
    amend(issue, by=make_user(), at=now(), next_step="Send the estimate")
    events = Event.objects.count()

    response = client.post(
        at("facts", issue, "step"), opened | {"next_step": "Mine", "current_state": "Hot"}
    )

    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else changed this while you were writing." in page
    assert "Send the estimate" in page
    assert form_on(response)["next_step"] == ["Mine"]
    assert (again(issue).next_step, again(issue).current_state) == ("Send the estimate", "")
    assert Event.objects.count() == events


def test_who_was_shown_it_and_saves_again_lets_theirs_stand(client, issue):
    opened = form_on(client.get(at("facts", issue, "step")))
    amend(issue, by=make_user(), at=now(), next_step="Send the estimate")
    shown = client.post(at("facts", issue, "step"), opened | {"next_step": "Mine"})

    response = client.post(at("facts", issue, "step"), form_on(shown))

    assert response.status_code == 302
    assert again(issue).next_step == "Mine"


def test_who_changed_something_else_meanwhile_is_kept_too(client, issue):
    opened = form_on(client.get(at("facts", issue, "step")))
    amend(issue, by=make_user(), at=now(), next_step="Send the estimate")

    response = client.post(at("facts", issue, "step"), opened | {"current_state": "Hot"})

    found = again(issue)
    assert response.status_code == 302
    assert (found.next_step, found.current_state) == ("Send the estimate", "Hot")


@pytest.mark.parametrize(
    ("group", "said", "field"),
    [
        ("deal", {"expected_value": "-1"}, "A value is zero or more."),
        ("deal", {"expected_value": "1e400"}, ""),
        ("deal", {"expected_value": "NaN"}, ""),
        ("deal", {"currency": "XXX"}, ""),
        ("deal", {"services": ["nothing"]}, ""),
        ("step", {"next_step_date": "soon"}, ""),
        ("step", {"next_step": "x" * 201}, ""),
        ("labels", {"free_labels": "urgent, Segment::SMB"}, "kept as a field of its own"),
        ("triage", {"title": ""}, ""),
        ("triage", {"engagement_manager": "999999"}, ""),
    ],
)
def test_what_a_field_cannot_hold_is_asked_again(client, issue, group, said, field):
    before = ScopingIssue.objects.filter(pk=issue.pk).values().get()

    response = edit(client, issue, group, **said)

    assert response.status_code == 422
    assert field in response.content.decode()
    assert ScopingIssue.objects.filter(pk=issue.pk).values().get() == before


@pytest.mark.parametrize(
    ("group", "who"),
    [(group, who) for group in GROUPS for who in ("another em", "lead", "viewer", "leadership")],
)
def test_any_em_triages_and_labels_and_the_rest_is_the_ems_and_leads(signed_in, issue, group, who):
    roles = {
        "another em": Role.EM,
        "lead": Role.EM_LEAD,
        "viewer": Role.VIEWER,
        "leadership": Role.PS_LEADERSHIP,
    }
    client = signed_in(make_user(roles[who]))
    allowed = who == "lead" or (who == "another em" and group in {"triage", "labels"})

    assert client.get(at("facts", issue, group)).status_code == (200 if allowed else 403)
    assert client.post(at("facts", issue, group)).status_code == (422 if allowed else 403) or (
        allowed and group not in {"triage", "deal"}
    )


def test_another_accounts_opportunity_is_not_offered(client, issue):
    other = make_opportunity(account=make_account(name="Somebody else"))

    response = edit(client, issue, "deal", opportunity=other.pk)

    assert response.status_code == 422
    assert again(issue).opportunity is None


def test_a_group_that_does_not_exist_is_not_found(client, issue):
    assert client.get(at("facts", issue, "secrets")).status_code == 404

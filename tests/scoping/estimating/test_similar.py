"""Past engagements beside an estimate: which count as similar, and what they took."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.workflow import NotAllowed, Refused
from scoping.estimating.beginning import begin
from scoping.estimating.delivered import note_actual_hours
from scoping.estimating.sending import decide, send
from scoping.estimating.similar import similar
from scoping.models import ActualHours, EstimateVersion
from scoping.models.estimate import Addressee, Standing
from scoping.states import Service, State
from tests.factories import NOON, again, make_ready_issue, make_user
from tests.scoping.estimating.desk import add_line
from tests.scoping.pages import queries_of

pytestmark = pytest.mark.django_db
D = Decimal
SCM, CI = list(Service)[:2]


@pytest.fixture
def issue(issue):
    issue.services = [SCM]
    issue.save()
    return issue


def past(em, *, hours=100, services=(SCM,), standing=Standing.ACCEPTED, at=NOON, **fields):
    """An issue with a version of so many hours at 330, without project management."""
    found = make_ready_issue(
        State.STRAWMAN_WIP, engagement_manager=em, services=list(services), **fields
    )
    estimate = begin(found, by=em, at=at)
    estimate.pm_percent = 0
    estimate.save()
    add_line(estimate, hours=hours, rate=330)
    version = send(estimate, to=Addressee.ACCOUNT_TEAM, by=em, at=at)
    if standing != Standing.SENT:
        decide(version, standing, by=em, at=at)
    return found


def found(issue, user, total=33_000, currency="USD"):
    return [each.reference for each in similar(issue, D(total), currency, user)]


def test_same_service_and_size_of_what_was_agreed_or_closed(issue, em):
    like = past(em)
    past(em, services=[CI])
    past(em, services=[])
    past(em, standing=Standing.SENT)
    past(em, standing=Standing.REWORK)
    past(em, currency="EUR")
    smallest, small = past(em, hours=50), past(em, hours=49)
    largest, large = past(em, hours=200), past(em, hours=201)
    closed = past(em, standing=Standing.SENT)
    type(closed).objects.filter(pk=closed.pk).update(
        state=State.CLOSED, outcome="lost", close_quarter="Q127", close_reason="no_budget"
    )
    both = past(em, services=[CI, SCM])
    assert set(found(issue, em)) == {
        each.reference for each in (like, smallest, largest, closed, both)
    }
    assert not {small.reference, large.reference} & set(found(issue, em))
    assert found(issue, em, total=0) == []
    issue.services = []
    assert found(issue, em) == []


def test_the_five_sent_last_each_once_and_never_the_issue_itself(issue, em):
    issues = [past(em, at=NOON + timedelta(days=day)) for day in range(7)]
    estimate = issues[0].estimates.get()
    second = send(estimate, to=Addressee.ACCOUNT_TEAM, by=em, at=NOON + timedelta(days=9))
    decide(second, Standing.ACCEPTED, by=em, at=NOON + timedelta(days=9))
    assert found(issue, em) == [issues[n].reference for n in (0, 6, 5, 4, 3)]
    assert issues[0].reference not in found(again(issues[0]), em)


def test_hours_taken_stand_beside_those_estimated(client, issue, estimate, em):
    won = past(em)
    add_line(estimate, hours=100, rate=330)
    page = client.get(estimate.get_absolute_url()).content.decode()
    assert won.reference in page
    assert "not known yet" in page
    assert "between half and double" in page
    won = _win(won)
    note_actual_hours(won, D("135.5"), lessons="LDAP was slow", by=em, at=NOON)
    page = client.get(estimate.get_absolute_url()).content.decode()
    assert "135.50 (+36 %)" in " ".join(page.split())
    version = client.get(won.estimate_versions.get().get_absolute_url()).content.decode()
    assert "LDAP was slow" in version
    assert f"/issues/{won.pk}/actual-hours/" in version


def _win(issue):
    type(issue).objects.filter(pk=issue.pk).update(
        state=State.CLOSED, outcome="won", close_quarter="Q127", close_reason="signed"
    )
    return again(issue)


def test_nobody_learns_of_engagements_they_may_not_see(signed_in, issue, estimate, em):
    other = past(em)
    team = make_user(Role.ACCOUNT_TEAM)
    issue.account_team.add(team)
    add_line(estimate, hours=100, rate=330)
    assert found(issue, team) == []
    page = signed_in(team).get(estimate.get_absolute_url()).content.decode()
    assert other.reference not in page
    assert "None yet that you may see" in page


def test_hours_are_noted_of_what_was_won_by_those_who_know(client, signed_in, issue, em):
    won = past(em)
    with pytest.raises(Refused, match="was won"):
        note_actual_hours(won, D(1), by=em, at=NOON)
    won = _win(won)
    address = f"/issues/{won.pk}/actual-hours/"
    for wrong in ("", "NaN", "-1", "1.234", "many"):
        assert client.post(address, {"hours": wrong}).status_code == 422
    for hours in ("90", "95.25"):
        assert client.post(address, {"hours": hours, "lessons": "x"}).status_code == 302
    assert ActualHours.objects.get().hours == D("95.25")
    told = [event.data["hours"] for event in Event.objects.about(won).filter(verb__contains="act")]
    assert told == ["90", "95.25"], "the ledger keeps both"
    with pytest.raises(NotAllowed):
        note_actual_hours(won, D(1), by=make_user(), at=NOON)
    manager = make_user(Role.PROJECT_MANAGER)
    won.project_manager = manager
    won.save(update_fields=["project_manager"])
    assert signed_in(manager).post(address, {"hours": "91"}).status_code == 302


def test_the_sheet_asks_as_much_beside_one_engagement_as_beside_five(client, issue, estimate, em):
    add_line(estimate, hours=100, rate=330)
    past(em)
    one = queries_of(client, estimate.get_absolute_url())
    for _ in range(4):
        past(em)
    assert queries_of(client, estimate.get_absolute_url()) == one
    assert EstimateVersion.objects.count() == 5

"""Pages of the week's call: what the forecast shows of it, who may say what, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from emdesk.people.models import Role, User
from forecasting import calling
from forecasting.models import Call, Submission
from tests.factories import NOON, make_opportunity, make_user
from tests.forecasting.deals import made_up
from tests.forecasting.test_calling import FRIDAY, QUARTER, SAID
from tests.scoping.pages import page_of, queries_of

pytestmark = pytest.mark.django_db
PAGE = "/forecast/Q127/"
Enter = Callable[[User], Client]
CALL = {"commit": "10000", "best_case": "25000.50", "note": "Two wait for legal"}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list:
    """What time it is; tests may change it."""
    moment = [NOON]
    monkeypatch.setattr("forecasting.views.forecast.now", lambda: moment[0])
    return moment


def of(em: User, deed: str = "") -> str:
    return f"{PAGE}calls/{em.pk}/{deed and deed + '/'}"


def test_an_engagement_manager_submits_and_sees_how_far_it_is_from_the_deals(
    client: Client, em: User, clock: list
) -> None:
    make_opportunity(stage="4", confidence="green", services_value=4_000, engagement_manager=em)
    form = client.get(PAGE).context["form"]
    assert form.initial["commit"] == "4000.00"

    answer = client.post(of(em, "submit"), CALL, follow=True)

    assert answer.redirect_chain[-1][0] == PAGE
    text = page_of(client, PAGE).text
    assert "Your call for FY27-Q1 is in" in answer.content.decode()
    assert "$6k above the deals" in text
    assert "Two wait for legal" in text
    assert "1 of 1 called" in text
    assert client.get(PAGE).context["form"].initial["note"] == CALL["note"]
    assert "Mon 2 Mar 2026" in page_of(client, of(em)).text


def test_what_does_not_add_up_or_is_locked_is_refused_in_place(
    client: Client, em: User, clock: list
) -> None:
    wrong = client.post(of(em, "submit"), CALL | {"best_case": "9999"})
    assert wrong.status_code == 422
    assert "Best Case includes Commit" in wrong.content.decode()
    assert client.post(of(em, "submit"), CALL | {"commit": "-1"}).status_code == 422

    clock[0] = FRIDAY
    assert "form" not in client.get(PAGE).context
    late = client.post(of(em, "submit"), CALL)

    assert late.status_code == 422
    assert "Ask your lead to reopen it" in late.content.decode()
    assert not Submission.objects.exists()
    assert not Call.objects.exists()


def test_a_lead_reopens_and_adds_a_line_of_their_own(
    client: Client, em: User, signed_in: Enter, clock: list
) -> None:
    lead = signed_in(make_user(Role.DIRECTOR, name="Dora"))
    client.post(of(em, "submit"), CALL)
    beside = {f"lead-{name}": value for name, value in (CALL | {"commit": "7000"}).items()}
    assert lead.post(of(em, "reopen"), {"reason": "x"}).status_code == 422
    assert lead.post(of(em, "lead"), beside).status_code == 302

    clock[0] = FRIDAY + timedelta(hours=1)
    assert "Reopen this week" in page_of(lead, of(em)).text
    assert lead.post(of(em, "reopen"), {"reason": "Was ill"}).status_code == 302

    assert client.post(of(em, "submit"), CALL | {"commit": "9000"}).status_code == 302
    text = page_of(lead, PAGE).text
    assert "$9k" in text
    assert "$7k" in text
    assert "Beside it: Dora" in text
    assert "late" in page_of(lead, of(em)).text


def test_nobody_says_anothers_call(em: User, signed_in: Enter, clock: list) -> None:
    for role, status in ((Role.EM, 403), (Role.DIRECTOR, 403), (Role.VIEWER, 403)):
        other = signed_in(make_user(role))
        assert other.get(of(em)).status_code == 200
        assert other.post(of(em, "submit"), CALL).status_code == status
    for role in (Role.ACCOUNT_TEAM, Role.LEGAL):
        assert signed_in(make_user(role)).get(of(em)).status_code == 404
    page = signed_in(make_user(Role.ACCOUNT_TEAM)).get(PAGE)
    assert "calls" not in page.context


def test_the_calls_cost_the_same_however_many_people_call(
    client: Client, em: User, clock: list
) -> None:
    calling.submit(QUARTER, em, SAID, at=NOON)
    for by in ("em", "region"):
        before = queries_of(client, PAGE, {"by": by}), queries_of(client, of(em))
        made_up(8, 20)
        for _ in range(4):
            calling.submit(QUARTER, make_user(), SAID, at=NOON)
            calling.submit(QUARTER, em, SAID, at=NOON)
        assert (queries_of(client, PAGE, {"by": by}), queries_of(client, of(em))) == before

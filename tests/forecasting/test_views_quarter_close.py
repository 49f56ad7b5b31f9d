"""Pages of a quarter's close: the checklist and its rows, the freeze, its corrections and its seal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from emdesk.people.models import Role, User
from forecasting.models import Freeze
from scoping.closing import correct
from scoping.states import Outcome
from tests.factories import make_opportunity, make_user
from tests.forecasting.test_freezing import DAY, ENDS, OVER, WITHIN, closed
from tests.scoping.pages import page_of, queries_of

pytestmark = pytest.mark.django_db
PAGE = "/quarters/Q127/close/"
FREEZE = "/quarters/Q127/freeze/"
Enter = Callable[[User], Client]


@pytest.fixture(autouse=True)
def own_key(tmp_path: Path, settings: Any) -> None:
    settings.EMDESK_SEAL = tmp_path / "seal.p12"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list:
    moment = [OVER]
    for module in ("quarter_close", "quarters"):
        monkeypatch.setattr(f"forecasting.views.{module}.now", lambda: moment[0])
    return moment


@pytest.fixture
def chief() -> User:
    return make_user(Role.PS_LEADERSHIP, name="Rafael Quintero")


def test_ps_leadership_freezes_what_the_dashboard_then_keeps(
    signed_in: Enter, chief: User, clock: list
) -> None:
    client = signed_in(chief)
    won = closed(Outcome.WON)
    make_opportunity(name="Late deal", stage="4", close_date=date(2026, 3, 9))
    assert "Open deals dated in the quarter" in page_of(client, PAGE).text
    assert "Late deal" in page_of(client, f"{PAGE}rows/?item=open").text
    unsaid = client.post(FREEZE, {"note": ""})
    assert unsaid.status_code == 422

    answer = client.post(FREEZE, {"note": "Late deal is pushed"}, follow=True)

    text = answer.content.decode()
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "FY27-Q1 is frozen" in text
    assert "Late deal is pushed" in text
    lead = make_user(Role.EM_LEAD, Role.EM, name="Lena Vogel")
    correct(won, by=lead, at=OVER + DAY, why="Paper was void", **ENDS[Outcome.LOST])
    clock[0] = OVER + 2 * DAY
    page = page_of(client, PAGE).text
    for told in ("Paper was void", "Lena Vogel", "100.0% → 0.0%", "Now 0.0%"):
        assert told in page
    assert "The seal is good" in page_of(client, f"{PAGE}?seal=1").text
    board = page_of(client, "/quarters/Q127/").text
    assert "as frozen 4 May 2026 by Rafael Quintero" in board
    assert "100.0%" in board
    pdf = client.get(f"/files/{client.get(PAGE).context['document'].pk}/")
    content = b"".join(pdf.streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(b"%PDF")
    assert client.post(FREEZE, {"note": "again"}).status_code == 422


def test_before_it_is_over_the_list_stands_without_the_form(
    signed_in: Enter, chief: User, clock: list
) -> None:
    clock[0] = WITHIN
    client = signed_in(chief)
    assert client.get(PAGE).context["form"] is None
    early = client.post(FREEZE, {"note": "x"})
    assert early.status_code == 422
    assert "not over yet" in early.content.decode()
    assert not Freeze.objects.exists()


def test_who_may_close_a_quarter_and_who_may_look(signed_in: Enter) -> None:
    for role, sees, freezes in (
        (Role.EM, 200, 403),
        (Role.VIEWER, 200, 403),
        (Role.REVENUE, 200, 403),
        (Role.SIGNATORY, 404, 404),
        (Role.ACCOUNT_TEAM, 404, 404),
        (Role.LEGAL, 404, 404),
    ):
        client = signed_in(make_user(role))
        assert (client.get(PAGE).status_code, client.post(FREEZE).status_code) == (sees, freezes)
        assert client.get(f"{PAGE}rows/?item=open").status_code == sees


def test_the_checklist_costs_the_same_however_much_is_open(signed_in: Enter, chief: User) -> None:
    client = signed_in(chief)
    make_opportunity(stage="4", close_date=date(2026, 3, 9))
    closed(Outcome.WON)
    rows = f"{PAGE}rows/?item=open"
    before = queries_of(client, PAGE), queries_of(client, rows)
    for _ in range(4):
        make_opportunity(stage="4", close_date=date(2026, 3, 9))
    assert (queries_of(client, PAGE), queries_of(client, rows)) == before
    issues = [closed(Outcome.WON) for _ in range(5)]
    client.post(FREEZE, {"note": "x"})
    lead = make_user(Role.EM_LEAD, Role.EM)
    correct(issues[0], by=lead, at=OVER, why="x", **ENDS[Outcome.LOST])
    before = queries_of(client, PAGE), queries_of(client, "/quarters/Q127/")
    for issue in issues[1:]:
        correct(issue, by=lead, at=OVER, why="x", **ENDS[Outcome.LOST])
    assert (queries_of(client, PAGE), queries_of(client, "/quarters/Q127/")) == before


def test_odd_addresses_are_not_there(signed_in: Enter, chief: User) -> None:
    client = signed_in(chief)
    for path in ("/quarters/Q927/close/", f"{PAGE}rows/?item=x", f"{PAGE}rows/"):
        assert client.get(path).status_code == 404

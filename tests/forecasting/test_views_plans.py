"""Pages of plans, targets on the forecast and above opportunities, files for Clari."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from emdesk.configuration.values import set_value
from emdesk.people.models import Role, User
from forecasting.models import Plan
from scoping.deals import amend_deal
from scoping.models import Opportunity
from tests.factories import NOON, TODAY, make_opportunity, make_user
from tests.forecasting.deals import made_up
from tests.forecasting.test_plans import QUARTER, plan
from tests.scoping.pages import page_of, queries_of

pytestmark = pytest.mark.django_db
FORECAST = "/forecast/Q127/"
PAGE = f"{FORECAST}plans/"
Enter = Callable[[User], Client]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (
        "forecasting.views.forecast",
        "scoping.views.opportunities",
        "forecasting.management.commands.forecast",
    ):
        monkeypatch.setattr(f"{module}.now", lambda: NOON)


@pytest.fixture
def leader(signed_in: Enter) -> Client:
    return signed_in(make_user(Role.PS_LEADERSHIP))


@pytest.fixture
def desk(em: User) -> None:
    own = {"engagement_manager": em, "office": "East"}
    make_opportunity(stage="won", services_value=40_000, **own)
    make_opportunity(stage="4", confidence="green", services_value=60_000, **own)
    plan("East", em, bookings=100_000, revenue=50_000, recognised=10_000)


def test_the_forecast_tells_target_gap_and_coverage(client: Client, desk: None, em: User) -> None:
    page = client.get(FORECAST).context["page"]
    text = page_of(client, FORECAST).text

    assert page.sums.towards.target == ("$100k", "$100,000")
    assert page.sums.towards.to_go[0] == "$60k"
    assert (page.sums.towards.coverage, page.sums.towards.thin) == ("1.0 ×", True)
    assert [figure.of_target for figure in page.sums.figures] == ["40%", "100%", "100%", "100%"]
    assert "2.4 × aimed at" in text
    assert "35%" in text  # three quarters of 40 %, one of 20 %
    rows = list(csv.reader(StringIO(client.get(page.csv).content.decode("utf-8-sig"))))
    assert rows[-1][-3:] == ["100000.00", "60000.00", "USD"]


def test_opportunities_say_what_each_category_is_of_the_target(
    client: Client, desk: None, em: User, signed_in: Enter
) -> None:
    def target(**asked: object) -> object:
        return client.get("/opportunities/", {"quarter": "Q127", **asked}).context.get("target")

    plan("West", make_user(), bookings=1_000)
    assert target(view="team") == "$101,000"
    assert target(view="mine") == "$100,000"
    assert target(view="team", em=em.pk) == "$100,000"
    assert target(view="team", region="West") == "$1,000"
    assert target(view="team", em=em.pk, region="West") is None
    for other in ({"segment": "none"}, {"q": "x"}, {"confidence": "green"}, {"em": "none"}):
        assert target(view="team", **other) is None
    assert target(view="team", quarter="all") is None
    answer = client.get("/opportunities/", {"view": "mine", "quarter": "Q127"})
    assert "40% of target, $60k short" in answer.content.decode()
    assert (answer.context["coverage"], answer.context["coverage_goal"]) == (
        "1.0 ×",
        Decimal("2.4"),
    )
    account = signed_in(make_user(Role.ACCOUNT_TEAM))
    asked = {"view": "team", "quarter": "Q127"}
    assert "target" not in account.get("/opportunities/", asked).context


def test_plans_are_written_by_leads_and_ps_leadership_and_read_by_others(
    client: Client, leader: Client, em: User, desk: None, signed_in: Enter
) -> None:
    said = {"region": "East", "engagement_manager": em.pk, "bookings": "120000", "revenue": ""}

    assert leader.post(f"{PAGE}set/", said).status_code == 302
    assert leader.post(f"{PAGE}set/", said | {"bookings": "-1"}).status_code == 422

    written = Plan.objects.get()
    assert (written.bookings, written.revenue) == (120_000, None)
    assert "Write down a plan" in page_of(leader, PAGE).text
    assert "Change a plan" in page_of(leader, f"{PAGE}?plan={written.pk}").text
    assert "Write down a plan" not in page_of(client, PAGE).text
    assert client.post(f"{PAGE}set/", said).status_code == 403
    assert signed_in(make_user(Role.ACCOUNT_TEAM)).get(PAGE).status_code == 404


def test_a_table_is_shown_before_it_is_taken_in(leader: Client, em: User, desk: None) -> None:
    text = f"region,em,bookings\nEast,{em.email},90000\n,,5"

    checked = leader.post(f"{PAGE}table/", {"text": text})

    assert checked.status_code == 200
    assert "changes" in checked.content.decode()
    assert Plan.objects.get().bookings == 100_000
    assert leader.post(f"{PAGE}table/", {"text": text, "go": "1"}).status_code == 302
    assert set(Plan.objects.values_list("bookings", flat=True)) == {90_000, 5}
    wrong = leader.post(f"{PAGE}table/", {"text": f"{text}\nMars,,1", "go": "1"})
    assert wrong.status_code == 422
    assert "Nothing is sold in “Mars”" in wrong.content.decode()
    assert leader.post(f"{PAGE}table/", {"text": " "}).status_code == 422


def test_quotas_go_to_clari_by_the_crms_user(client: Client, desk: None, em: User) -> None:
    other = make_user(name="Zoe")
    plan("West", other, bookings=Decimal("10.5"))
    key = "005000000000001AAA"
    said = {"effective_from": TODAY, "reason": "x", "by": None, "at": NOON}
    set_value("crm_user_ids", {em.email: key}, **said)

    answer = client.get(f"{FORECAST}clari/")

    assert list(csv.reader(StringIO(answer.content.decode("utf-8-sig")))) == [
        ["CRM_USER_ID", "QUOTA_NAME", "PERIOD_NAME", "QUOTA_GOAL"],
        [key, "PS Bookings", "2027_Q1", "100000.00"],
        [key, "PS Revenue", "2027_Q1", "50000.00"],
        [other.email, "PS Bookings", "2027_Q1", "10.50"],
    ]
    assert "For Clari, 1 stands with an e-mail" in page_of(client, FORECAST).text


def test_the_crms_users_are_told_one_a_line(signed_in: Enter, em: User) -> None:
    lead, address = signed_in(make_user(Role.DIRECTOR)), "/settings/crm_user_ids/"
    said = {"effective_from": "2026-01-01", "reason": "x"}
    wrong = lead.post(address, said | {"value": "Amara"})
    assert "names nobody" in wrong.content.decode()
    assert lead.post(address, said | {"value": f"{em.email} 005000000000001"}).status_code == 302
    assert f"{em.email} 005000000000001" in lead.get(address).content.decode()


def test_pages_cost_the_same_however_many_plans(client: Client, em: User, leader: Client) -> None:
    plan("East", em, bookings=1)
    asked = {"view": "team", "quarter": "Q127"}

    def costs() -> list[int]:
        pages = [queries_of(browser, PAGE) for browser in (client, leader)]
        return [*pages, queries_of(client, FORECAST), queries_of(client, "/opportunities/", asked)]

    before = costs()
    for number in range(4):
        plan(f"R{number}", make_user(), bookings=1)
    assert costs() == before


def test_an_earlier_day_is_told_by_the_ledger(em: User) -> None:
    made_up(2, 30)
    for deal in Opportunity.objects.exclude(stage__in=["won", "lost"]).order_by("pk")[:10]:
        amend_deal(deal, by=em, at=NOON - timedelta(days=1), confidence="green", stage="5")

    def lines(by: str = "em", **asked: object) -> dict[str, object]:
        out = StringIO()
        call_command("forecast", quarter=QUARTER, by=by, json=True, stdout=out, **asked)
        return json.loads(out.getvalue())

    now = lines()
    assert lines(at=TODAY)["lines"] == now["lines"]
    for by in ("em", "region", "segment"):
        assert lines(by, at=TODAY - timedelta(days=2))["lines"] != lines(by)["lines"]
    with pytest.raises(CommandError, match="region"):
        lines("office", at=TODAY)

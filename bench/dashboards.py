"""Shows the dashboard of a quarter on a desk of many deals: ``python -m bench.dashboards COUNT``.

Every deal has its issue, that issue its stays and clocks. Prints, as JSON, the median milliseconds
of the whole page, of a bare view that runs the same aggregates and lists them, and the page's
statements; and the same of the forecast. The bare view has no session, no sign-in and no links.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from statistics import median
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 (all of it needs the setup)
from django.db import connection  # noqa: E402
from django.db.transaction import atomic  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.test import Client  # noqa: E402

from bench.aggregates import AGGREGATES, FORECAST  # noqa: E402
from emdesk.copying import copy, maker, numbers  # noqa: E402
from emdesk.fiscal import Quarter  # noqa: E402
from emdesk.people.models import Role, User  # noqa: E402
from emdesk.sla.models import Clock, Policy  # noqa: E402
from forecasting.models import Call, Plan  # noqa: E402
from scoping.models import Account, Opportunity, ScopingIssue, Stay  # noqa: E402

PAGE = "/quarters/Q424/"
FORECAST_PAGE = "/forecast/Q424/?by=em"
ROUNDS = 7
BEGIN = datetime(2011, 2, 1, tzinfo=UTC)
DAYS = 4_700
STAGES = ("won", "won", "lost", "4", "6")
OUTCOMES = {"won": ("won", "signed"), "lost": ("lost", "price")}
PLAIN = "{% for name, rows in parts %}<h2>{{ name }}</h2><table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>{% endfor %}"
PATH = ("open", "awaiting_discovery", "strawman_wip", "estimate_feedback", "sow_wip", "closed")
AT_ONCE = 5_000


def fill(deals: int) -> None:
    """Rows as an import would leave them, written past the machine."""
    chance = Random(1)  # noqa: S311
    account = Account.objects.create(name="Scale")
    managers = [
        User.objects.create_user(email=f"em{n}@example.com", name=f"EM {n}", roles=[Role.EM])
        for n in range(35)
    ]
    policies = list(Policy.objects.all()[:2])
    with atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for _ in range(deals // AT_ONCE):
            _fill(chance, account, managers, policies)
    _plan(managers)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _plan(managers: list[User]) -> None:
    """Each engagement manager's plan and calls of the quarter that is asked for."""
    for manager in managers:
        told = {"bookings": 900_000, "revenue": 500_000, "recognised": 300_000, "currency": "USD"}
        Plan.objects.create(quarter="Q424", engagement_manager=manager, **told)
        for week in range(3):
            monday = date(2024, 1, 29) - timedelta(weeks=week)
            call = Call.objects.create(quarter="Q424", engagement_manager=manager, week=monday)
            worths = dict.fromkeys(("commit", "best_case"), 1_000)
            worths |= {f"computed_{name}": worth for name, worth in worths.items()}
            call.lines.create(
                kind="own", by=manager, at=BEGIN, note="As last week", currency="USD", **worths
            )


def _fill(chance: Random, account: Account, managers: list[User], policies: list[Policy]) -> None:
    rows: dict[type[Any], list[Any]] = {}
    keys = zip(numbers(Opportunity, AT_ONCE), numbers(ScopingIssue, AT_ONCE), strict=True)
    for deal, issue in keys:
        for row in _told(chance, deal, issue, account, chance.choice(managers), policies):
            rows.setdefault(type(row), []).append(row)
    for model in (Opportunity, ScopingIssue, Stay, Clock):
        copy(model, rows[model])


make = {model: maker(model) for model in (Opportunity, ScopingIssue, Stay, Clock)}


def _told(
    chance: Random, deal: int, issue: int, account: Account, manager: User, policies: list[Policy]
) -> list[Any]:
    created = BEGIN + timedelta(days=chance.randrange(DAYS), hours=chance.randrange(24))
    stage, value = chance.choice(STAGES), Decimal(chance.randrange(50, 30_000))
    outcome, reason = OUTCOMES.get(stage, ("", ""))
    path = PATH if outcome else PATH[: chance.randrange(1, 6)]
    moments = [created + number * timedelta(days=chance.randrange(3, 30)) for number in range(7)]
    moments.sort()
    ended, day = moments[len(path) - 1], moments[len(path) - 1].date()
    same = {"account_id": account.pk, "engagement_manager_id": manager.pk}
    found = [
        make[Opportunity](
            **same,
            id=deal,
            name="Deal",
            stage=stage,
            close_date=day,
            engaged_on=created.date(),
            amount=value,
            confidence=chance.choice(["green", "amber", "red", "grey"]),
            forecast_category=chance.choice(["commit", "best_case", "pipeline"]),
        ),
        make[ScopingIssue](
            **same,
            id=issue,
            opportunity_id=deal,
            title="Deal",
            created_at=created,
            entered_state_at=ended,
            state=path[-1],
            outcome=outcome,
            close_reason=reason,
            close_quarter=str(Quarter.containing(day, 2)) if outcome else "",
            expected_value=value,
        ),
    ]
    for number, state in enumerate(path):
        left = moments[number + 1] if number + 1 < len(path) else None
        found.append(
            make[Stay](issue_id=issue, state=state, entered_at=moments[number], left_at=left)
        )
    for policy in policies:
        met = chance.random() < 0.7
        found.append(
            make[Clock](
                subject_type="scoping.scopingissue",
                subject_id=issue,
                key=policy.key,
                number=1,
                policy_id=policy.pk,
                state="met" if met else "late",
                started_at=created,
                due_at=created + timedelta(days=3),
                stopped_at=created + timedelta(days=2 if met else 5),
            )
        )
    return found


def bare(_: HttpRequest, statements: dict[str, str] = AGGREGATES) -> HttpResponse:
    """The same aggregates as anybody would write them, in plain tables."""
    parts = []
    with connection.cursor() as cursor:
        for name, statement in statements.items():
            cursor.execute(statement)
            parts.append((name, cursor.fetchall()))
    return HttpResponse(engines["django"].from_string(PLAIN).render({"parts": parts}))


def measured(deals: int) -> dict[str, Any]:
    fill(deals)
    settings.ALLOWED_HOSTS.append("testserver")
    director = User.objects.create_user(
        email="d@example.com", name="Director", roles=[Role.DIRECTOR]
    )
    client = Client()
    client.force_login(director)
    statements: list[str] = []

    def note(execute: Any, sql: str, *more: Any) -> Any:
        statements.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(note):
        page = client.get(PAGE)
    assert page.status_code == 200, page.status_code  # noqa: S101
    asked_for = len(statements)
    with connection.execute_wrapper(note):
        assert client.get(FORECAST_PAGE).status_code == 200  # noqa: S101
    took: dict[str, list[float]] = {"page": [], "bare": [], "forecast": [], "bare forecast": []}
    asked: dict[str, Callable[[], Any]] = {
        "page": lambda: client.get(PAGE),
        "bare": lambda: bare(HttpRequest()),
        "forecast": lambda: client.get(FORECAST_PAGE),
        "bare forecast": lambda: bare(HttpRequest(), FORECAST),
    }
    for _ in range(ROUNDS):
        for name, ask in asked.items():
            began = time.perf_counter()
            ask()
            took[name].append((time.perf_counter() - began) * 1_000)
    return {name: median(each) for name, each in took.items()} | {
        "statements": asked_for,
        "forecast statements": len(statements) - asked_for,
    }


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]))))

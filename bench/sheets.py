"""Types into the sheet of an estimate of so many lines: ``python -m bench.sheets COUNT``.

Prints, as JSON, the median milliseconds of saving one cell, of the whole page, and of a bare view
that reads the same rows and sums hours times rate, all through the same middleware and signed in;
and the statements of the first two and the bytes of the answer to a cell.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from statistics import median
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 (all of it needs the setup)
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import include, path  # noqa: E402

from emdesk.people.models import Role, Segment, User  # noqa: E402
from scoping.estimating.beginning import begin  # noqa: E402
from scoping.models import Account, Estimate, EstimateLine, ResourceRole, ScopingIssue  # noqa: E402

ROUNDS = 25
PHASES = 6
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def bare(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows and their sum, as anybody would write it."""
    lines = EstimateLine.objects.filter(estimate=pk).select_related("role")
    rate = Decimal(330)
    total = sum(((line.rate or rate) * line.hours for line in lines), Decimal(0))
    return HttpResponse(f"{request.user}: {total:.2f}")


urlpatterns = [path("bare/<int:pk>/", bare), path("", include("emdesk.urls"))]


def fill(lines: int) -> Estimate:
    number = User.objects.count()
    manager = User.objects.create_user(email=f"em{number}@example.com", name="EM", roles=[Role.EM])
    account = Account.objects.create(name=f"Scale {lines}")
    issue = ScopingIssue.objects.open_issue(
        by=None,
        at=AT,
        title="Deal",
        account=account,
        engagement_manager=manager,
        segment=Segment.objects.first(),
    )
    estimate = begin(issue, by=manager, at=AT)
    roles = list(ResourceRole.objects.all())
    EstimateLine.objects.bulk_create(
        EstimateLine(
            estimate=estimate,
            position=place * 100,
            phase=f"Phase {place * PHASES // (lines + 1)}",
            title=f"Activity {place} of many that are done for them",
            role=roles[place % len(roles)],
            hours=Decimal(8 + place % 5),
            low=Decimal(6),
            high=Decimal(20),
            risk=("", "low", "medium")[place % 3],
        )
        for place in range(1, lines + 1)
    )
    return estimate


class Sheet:
    def __init__(self, estimate: Estimate) -> None:
        self.estimate, self.client, self.round = estimate, Client(), 0
        self.client.force_login(estimate.begun_by)
        self.address = estimate.get_absolute_url()
        self.line = estimate.lines.first()

    def cell(self) -> HttpResponse:
        """Another number into one cell, as the page sends it."""
        self.round += 1
        line = self.line.pk if self.line else 0
        token = Estimate.objects.values_list("token", flat=True).get(pk=self.estimate.pk)
        said = {"token": token, "do": "save", f"c.{line}.hours": str(self.round % 12 + 7)}
        return self.timed(
            lambda: self.client.post(self.address, said, headers={"HX-Request": "true"})
        )

    def page(self) -> HttpResponse:
        return self.timed(lambda: self.client.get(self.address))

    def bare(self) -> HttpResponse:
        return self.timed(lambda: self.client.get(f"/bare/{self.estimate.pk}/"))

    def timed(self, ask: Any) -> HttpResponse:
        self.statements = 0
        with connection.execute_wrapper(self._count):
            began = time.perf_counter()
            answer: HttpResponse = ask()
            self.took = (time.perf_counter() - began) * 1_000
        assert answer.status_code == 200, answer.status_code  # noqa: S101
        return answer

    def _count(self, execute: Any, sql: str, *more: Any) -> Any:
        self.statements += 1
        return execute(sql, *more)


def measured(lines: int) -> dict[str, Any]:
    settings.ALLOWED_HOSTS.append("testserver")
    settings.ROOT_URLCONF = "bench.sheets"
    sheet = Sheet(fill(lines))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    asked = {"bare": sheet.bare, "cell": sheet.cell, "page": sheet.page}
    took: dict[str, list[float]] = {name: [] for name in asked}
    said: dict[str, Any] = {}
    for _ in range(ROUNDS):
        for name, ask in asked.items():
            answer = ask()
            took[name].append(sheet.took)
            said |= {f"{name}_statements": sheet.statements, f"{name}_bytes": len(answer.content)}
    return {name: median(each) for name, each in took.items()} | said


if __name__ == "__main__":
    sys.modules["bench.sheets"] = sys.modules["__main__"]
    print(json.dumps(measured(int(sys.argv[1]))))

"""Past engagements like the one that is estimated: what they were estimated at, and took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.db.models.fields.json import KT
from django.urls import reverse

from emdesk.people.models import User
from scoping.models import EstimateVersion, ScopingIssue
from scoping.models.estimate import Standing
from scoping.pricing import percent_of
from scoping.states import State

MOST = 5
RULE = (
    "Accepted or since closed, with a service in common and a list total between half and double "
    "of this one in the same currency; the five sent last."
)


@dataclass(frozen=True)
class Past:
    """``actual`` hours are None until somebody noted them."""

    reference: str
    customer: str
    link: str
    sent_at: datetime
    total: Decimal
    estimated: Decimal
    actual: Decimal | None

    @property
    def over(self) -> Decimal | None:
        """By how many percent it took more than estimated, less if negative."""
        if self.actual is None:
            return None
        return percent_of(self.actual - self.estimated, self.estimated)


def similar(issue: ScopingIssue, total: Decimal, currency: str, user: User) -> list[Past]:
    """In one query: of each issue its last version that was not superseded."""
    if not total or not issue.services:
        return []
    seen = ScopingIssue.objects.visible_to(user).exclude(pk=issue.pk)
    rows = EstimateVersion.objects.exclude(standing=Standing.SUPERSEDED).filter(
        Q(standing=Standing.ACCEPTED) | Q(issue__state=State.CLOSED),
        issue__in=seen.filter(services__overlap=issue.services).order_by().values("pk"),
        currency=currency,
        list_total__range=(total / 2, total * 2),
    )
    last = rows.order_by("issue", "-number").distinct("issue").values("pk")
    found = EstimateVersion.objects.filter(pk__in=last).annotate(hours=KT("content__totals__hours"))
    names = ("issue_id", "number", "sent_at", "list_total", "hours")
    about = ("issue__account__name", "issue__actual_hours__hours")
    newest = found.order_by("-sent_at", "-pk")[:MOST]
    return [_past(*row) for row in newest.values_list(*names, *about)]


def _past(
    issue: int, number: int, sent_at: datetime, total: Decimal, hours: str, *about: Any
) -> Past:
    customer, actual = about
    link = reverse("scoping:estimate_version", args=[issue, number])
    return Past(f"PS-{issue}", customer, link, sent_at, total, Decimal(hours), actual)

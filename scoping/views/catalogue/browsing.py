"""What is on offer: every service and SKU, one service with its activities, finding by words."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from emdesk.web import SignedIn
from scoping.catalogue.formulas import names_in, numeric_questions
from scoping.models import CatalogueActivity, CatalogueVersion, PriceBand, Question
from scoping.models.catalogue import OfferingType
from scoping.views.catalogue.frame import page, version_shown

LONGEST_QUERY = 100
LOOKED_THROUGH = {
    "services": ("title", "key", "customer_text"),
    "activities": ("title", "key", "customer_text", "deliverable"),
    "skus": ("title", "code", "terms"),
    "guidelines": ("title", "text"),
}


@require_safe
def catalogue(request: SignedIn) -> HttpResponse:
    version = version_shown(request)
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY].replace("\x00", "")
    kind = request.GET.get("type", "")
    kind = kind if kind in OfferingType.values else ""
    found = {name: _found(version, name, query, kind) for name in LOOKED_THROUGH}
    context = {
        "version": version,
        "is_current": version == CatalogueVersion.current(localdate()),
        "query": query,
        "kind": kind,
        "types": OfferingType.choices,
        "services": _counted(found["services"]),
        "skus": found["skus"].select_related("service"),
    }
    if query:
        activities = found["activities"].select_related("service").prefetch_related("hours__role")
        context |= {
            "activities": activities,
            "guidelines": found["guidelines"].select_related("service"),
        }
    return page(request, "catalogue", "catalogue", context)


@require_safe
def service(request: SignedIn, key: str) -> HttpResponse:
    version = version_shown(request)
    found = get_object_or_404(version.services, key=key.replace("\x00", ""))
    activities = list(found.activities.prefetch_related("hours__role"))
    context = {
        "version": version,
        "is_current": version == CatalogueVersion.current(localdate()),
        "service": found,
        "activities": activities,
        "questions": _questions(activities),
        "skus": found.skus.all(),
        "guidelines": version.guidelines.filter(Q(service=found) | Q(service=None)),
        "bands": _table(list(found.bands.all())),
        "bank": Question.objects.about([found.questions]) if found.questions else [],
    }
    return page(request, "service", "catalogue", context)


def _found(version: CatalogueVersion, name: str, query: str, kind: str) -> QuerySet[Any]:
    """Those in which every word stands somewhere, of this type where one is chosen."""
    rows: QuerySet[Any] = getattr(version, name).all()
    for word in query.split():
        fields = LOOKED_THROUGH[name]
        hit = Q()
        for field in fields:
            hit |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(hit)
    if kind:
        of_type = "type" if name in ("services", "skus") else "service__type"
        rows = rows.filter(**{of_type: kind})
    return rows


def _counted(services: QuerySet[Any]) -> Any:
    return services.annotate(
        activity_count=Count("activities", distinct=True), sku_count=Count("skus", distinct=True)
    )


def _questions(activities: list[CatalogueActivity]) -> dict[str, str]:
    """What the keys in these activities' formulas ask."""
    known = numeric_questions()
    keys = [key for each in activities for row in each.hours.all() for key in names_in(row.drivers)]
    return {key: known[key] for key in dict.fromkeys(keys) if key in known}


def _table(bands: list[PriceBand]) -> dict[str, Any]:
    """Bands as rows of users and columns of projects."""
    projects = sorted({band.projects for band in bands})
    at = {(band.users, band.projects): band for band in bands}
    rows = [
        (users, [at.get((users, each)) for each in projects])
        for users in sorted({band.users for band in bands})
    ]
    return {"projects": projects, "rows": rows}

"""A draft begins as a copy of what holds: every item with its key, in a version of its own."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from scoping.models import (
    CatalogueActivity,
    CatalogueService,
    CatalogueVersion,
    Guideline,
    PriceBand,
    RoleHours,
    Sku,
)


def copy_items(old: CatalogueVersion, new: CatalogueVersion) -> None:
    services = _copied(CatalogueService, old.services.order_by("pk"), version=new)
    activities = _copied(
        CatalogueActivity, old.activities.order_by("pk"), version=new, service=services
    )
    for model, rows in (
        (Sku, old.skus.order_by("pk")),
        (Guideline, old.guidelines.order_by("pk")),
        (PriceBand, old.bands.order_by("pk")),
    ):
        _copied(model, rows, version=new, service=services)
    hours = RoleHours.objects.filter(activity__version=old).order_by("pk")
    _copied(RoleHours, hours, activity=activities)


def _copied(model: type[Any], rows: Any, **moved: Any) -> dict[int, Any]:
    """New rows like these, by the keys of the old: ``moved`` says what they belong to now."""
    old = list(rows)
    new = model.objects.bulk_create(_like(model, row, moved) for row in old)
    return {was.pk: made for was, made in zip(old, new, strict=True)}


def _like(model: type[Model], row: Any, moved: dict[str, Any]) -> Model:
    kept = {
        field.attname: getattr(row, field.attname)
        for field in model._meta.concrete_fields
        if not field.primary_key and field.name not in moved
    }
    homes = {
        name: home.get(getattr(row, f"{name}_id")) if isinstance(home, dict) else home
        for name, home in moved.items()
    }
    return model(**kept, **homes)

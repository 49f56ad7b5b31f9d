"""The kinds of items a version holds, and what each says, spelled for people.

By what an item says versions are compared; an item is the same one as long as it keeps its key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from scoping.models import (
    CatalogueActivity,
    CatalogueService,
    CatalogueVersion,
    Guideline,
    PriceBand,
    Sku,
)

WRITING = ("customer_text", "deliverable", "assumptions", "exclusions", "acceptance")


@dataclass(frozen=True)
class Kind:
    """``fields`` are what is compared, edited and proposed; ``key`` is the field that stays."""

    name: str
    label: str
    model: type[Any]
    key: str
    fields: tuple[str, ...]

    @property
    def relation(self) -> str:
        """What a version calls its items of this kind."""
        relation: str = self.model._meta.get_field("version").remote_field.related_name
        return relation

    def of(self, version: CatalogueVersion) -> QuerySet[Any]:
        """The items of a version, with what spelling them takes."""
        rows: QuerySet[Any] = getattr(version, self.relation).all()
        if self.model is not CatalogueService:
            rows = rows.select_related("service")
        return rows.prefetch_related("hours__role") if self.name == "activity" else rows

    def find(self, version: CatalogueVersion, key: str) -> Any:
        """The item of this key, or None."""
        return self.of(version).filter(**{self.key: key}).first()

    def title_of(self, field: str) -> str:
        return str(self.model._meta.get_field(field).verbose_name).capitalize()


SOURCE = ("basis", "source", "position")
SERVICE = Kind(
    "service",
    "Service",
    CatalogueService,
    "key",
    ("title", "type", "questions", "pillars", "maturity", "customer_text", *SOURCE),
)
ACTIVITY = Kind(
    "activity",
    "Activity",
    CatalogueActivity,
    "key",
    ("service", "title", *WRITING, *SOURCE),
)
SKU = Kind(
    "sku",
    "SKU",
    Sku,
    "code",
    (
        *("service", "title", "type", "delivery", "price", "currency", "unit", "hours", "seats"),
        *("terms", *SOURCE),
    ),
)
GUIDELINE = Kind(
    "guideline", "Rule of thumb", Guideline, "key", ("service", "title", "text", *SOURCE)
)
KINDS = {kind.name: kind for kind in (SERVICE, ACTIVITY, SKU, GUIDELINE)}


def facts(kind: Kind, item: Any) -> dict[str, str]:
    """What an item says, by the titles of its fields; an activity's hours with it."""
    said = {kind.title_of(name): spell(item, name) for name in kind.fields}
    if kind is ACTIVITY:
        said["Hours"] = "; ".join(str(each) for each in item.hours.all())
    if kind is SERVICE:
        said["Price bands"] = spell_bands(item.bands.all())
    return said


def spell(item: Model, name: str) -> str:
    """One field: a choice by its name, a service by its title, nothing as nothing."""
    field: Any = item._meta.get_field(name)
    value = getattr(item, name)
    if value is None:
        return ""
    if isinstance(value, list):
        names = dict(field.base_field.choices)
        return ", ".join(str(names.get(each, each)) for each in value)
    return str(dict(field.flatchoices).get(value, value)) if field.flatchoices else str(value)


def spell_bands(bands: Iterable[PriceBand]) -> str:
    """A line for each band, as they are edited: users, projects, low, high."""
    return "\n".join(
        f"{band.users} {band.projects} {band.low.normalize():f} {band.high.normalize():f}"
        for band in bands
    )

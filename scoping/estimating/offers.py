"""What the pinned catalogue offers to an estimate, found by what a person types."""

from __future__ import annotations

from decimal import Decimal

from scoping.estimating.cells import Known
from scoping.estimating.formulas import Wrong, reckon
from scoping.models import CatalogueActivity, Estimate, EstimateLine, RoleHours, Sku
from scoping.models.catalogue.items import EDUCATION_TYPES
from scoping.pricing import quarters

ZERO = Decimal(0)


def titles(estimate: Estimate) -> list[str]:
    """Every activity and SKU by the name that finds it, for type-ahead."""
    if estimate.catalogue_id is None:
        return []
    pinned = {"version": estimate.catalogue_id}
    activities = CatalogueActivity.objects.filter(**pinned).values_list("title", flat=True)
    skus = Sku.objects.filter(**pinned).values_list("code", "title")
    return list(dict.fromkeys([*activities, *(f"{code}: {title}" for code, title in skus)]))


def lines_for(estimate: Estimate, text: str, known: Known) -> list[EstimateLine]:
    """The lines an activity or SKU of this name brings: one for each role; none if it is unknown."""
    if estimate.catalogue_id is None or not text:
        return []
    code = text.partition(":")[0].strip()
    pinned = {"version": estimate.catalogue_id}
    sku = Sku.objects.select_related("service").filter(**pinned, code__iexact=code).first()
    if sku:
        return [_priced(estimate, sku)]
    activities = CatalogueActivity.objects.filter(**pinned, title__iexact=text.strip())
    activity = activities.select_related("service").first()
    if activity is None:
        return []
    hours = activity.hours.select_related("role")
    return [_worked(estimate, activity, each, known) for each in hours] or [
        _described(estimate, activity)
    ]


def _priced(estimate: Estimate, sku: Sku) -> EstimateLine:
    """A SKU of another currency comes without its price: amounts never mix."""
    same = sku.currency == estimate.currency
    service = sku.service.title[:80] if sku.service else ""
    return EstimateLine(
        estimate=estimate,
        position=0,
        phase="Education" if sku.type in EDUCATION_TYPES else service,
        title=sku.title,
        key=sku.code,
        type=sku.type,
        customer_text=sku.terms,
        unit_price=sku.price if same and sku.price is not None else ZERO,
    )


def _worked(
    estimate: Estimate, activity: CatalogueActivity, each: RoleHours, known: Known
) -> EstimateLine:
    line = _described(estimate, activity)
    line.role_id = each.role_id
    line.formula = formula_of(each)
    try:
        line.hours = reckon(line.formula, known.answers) if line.formula else quarters(each.base)
    except Wrong:
        line.hours = quarters(each.base)
    return line


def _described(estimate: Estimate, activity: CatalogueActivity) -> EstimateLine:
    return EstimateLine(
        estimate=estimate,
        position=0,
        phase=activity.service.title[:80],
        title=activity.title,
        key=activity.key,
        type=activity.service.type,
        customer_text=activity.customer_text,
        deliverable=activity.deliverable,
        assumptions=activity.assumptions,
    )


def formula_of(each: RoleHours) -> str:
    """Base and drivers as one formula; nothing when no answer changes the hours."""
    if not each.drivers:
        return ""
    base = f"{each.base.normalize():f}"
    return f"{base} + {each.drivers}" if each.base else each.drivers

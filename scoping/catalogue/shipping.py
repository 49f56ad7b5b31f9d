"""Puts the first version of the catalogue, the first rates and roles into an empty database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.apps.registry import Apps

from scoping.catalogue.shipped import guidelines, rates
from scoping.catalogue.shipped.migration import MIGRATIONS
from scoping.catalogue.shipped.platform import PLATFORM
from scoping.catalogue.shipped.practices import PRACTICES
from scoping.catalogue.shipped.skus import SKUS
from scoping.catalogue.shipped.writing import Service
from scoping.catalogue.standard_cost import BILLABLE_HOURS, hourly

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
FIRST_DAY = date(2021, 2, 1)
REASON = "Shipped with emdesk: public offerings and prices, and defaults where none are public."
SERVICES = [*MIGRATIONS, *PLATFORM, *PRACTICES]


def ship(apps: Apps, schema_editor: Any = None) -> None:
    """For a migration: with the models as they are at that point."""
    roles = _roles(apps)
    _rates(apps, roles)
    Version = apps.get_model("scoping", "CatalogueVersion")  # noqa: N806
    version = Version.objects.create(number=1, begun_at=BEGINNING)
    services = {
        each.key: _service(apps, version, each, place, roles)
        for place, each in enumerate(SERVICES, start=1)
    }
    _skus(apps, version, services)
    _guidelines(apps, version, services)
    version.status, version.reason = "published", REASON
    version.effective_from, version.published_at = FIRST_DAY, BEGINNING
    version.save()


def _roles(apps: Apps) -> dict[str, Any]:
    Role = apps.get_model("scoping", "ResourceRole")  # noqa: N806
    return {
        key: Role.objects.create(key=key, name=name, position=place)
        for place, (key, name) in enumerate(rates.ROLES, start=1)
    }


def _rates(apps: Apps, roles: dict[str, Any]) -> None:
    Card = apps.get_model("scoping", "RateCard")  # noqa: N806
    for begins, rate, reason in rates.CARDS:
        Card.objects.create(
            rate=Decimal(rate), effective_from=begins, set_at=BEGINNING, reason=reason
        )
    Sheet = apps.get_model("scoping", "CostSheet")  # noqa: N806
    Rate = apps.get_model("scoping", "CostRate")  # noqa: N806
    sheet = Sheet.objects.create(
        effective_from=rates.COST_FROM, set_at=BEGINNING, reason=rates.COST_REASON
    )
    Rate.objects.bulk_create(
        Rate(sheet=sheet, role=roles[key], yearly=yearly, rate=hourly(yearly, BILLABLE_HOURS))
        for key, yearly in rates.YEARLY.items()
    )


def _service(apps: Apps, version: Any, service: Service, place: int, roles: dict[str, Any]) -> Any:
    found = apps.get_model("scoping", "CatalogueService").objects.create(
        version=version,
        key=service.key,
        title=service.title,
        type=service.type,
        questions=service.questions,
        pillars=service.pillars,
        maturity=service.maturity,
        customer_text=service.customer_text,
        basis="public",
        source=service.source,
        position=place,
    )
    for number, work in enumerate(service.activities, start=1):
        told = {name: value for name, value in vars(work).items() if name != "hours"}
        activity = apps.get_model("scoping", "CatalogueActivity").objects.create(
            version=version, service=found, position=number, **told
        )
        Hours = apps.get_model("scoping", "RoleHours")  # noqa: N806
        Hours.objects.bulk_create(
            Hours(activity=activity, role=roles[key], base=base, drivers=drivers)
            for key, (base, drivers) in work.hours.items()
        )
    return found


def _skus(apps: Apps, version: Any, services: dict[str, Any]) -> None:
    Sku = apps.get_model("scoping", "Sku")
    for place, row in enumerate(SKUS, start=1):
        told = row | {"service": services[row["service"]], "position": place, "basis": "public"}
        Sku.objects.create(version=version, **told)


def _guidelines(apps: Apps, version: Any, services: dict[str, Any]) -> None:
    Guideline = apps.get_model("scoping", "Guideline")
    for place, (service, key, title, text, basis, source) in enumerate(guidelines.GUIDELINES, 1):
        Guideline.objects.create(
            version=version,
            service=services[service] if service else None,
            key=key,
            title=title,
            text=text,
            basis=basis,
            source=source,
            position=place,
        )
    Band = apps.get_model("scoping", "PriceBand")  # noqa: N806
    Band.objects.bulk_create(
        Band(version=version, service=services["saas"], **band) for band in guidelines.bands()
    )

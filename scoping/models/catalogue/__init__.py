"""What services are sold, for how many hours and at which rates: versions, items and rates."""

from scoping.models.catalogue.items import (
    Basis,
    CatalogueActivity,
    CatalogueService,
    Category,
    Delivery,
    Guideline,
    Maturity,
    OfferingType,
    Pillar,
    PriceBand,
    RoleHours,
    Sku,
    Unit,
)
from scoping.models.catalogue.rates import BillRate, CostRate, CostSheet, RateCard, ResourceRole
from scoping.models.catalogue.suggestions import (
    CustomerNeed,
    NeedStatus,
    Proposal,
    ProposalStatus,
)
from scoping.models.catalogue.version import CatalogueVersion, VersionStatus

__all__ = [
    "Basis",
    "BillRate",
    "CatalogueActivity",
    "CatalogueService",
    "CatalogueVersion",
    "Category",
    "CostRate",
    "CostSheet",
    "CustomerNeed",
    "Delivery",
    "Guideline",
    "Maturity",
    "NeedStatus",
    "OfferingType",
    "Pillar",
    "PriceBand",
    "Proposal",
    "ProposalStatus",
    "RateCard",
    "ResourceRole",
    "RoleHours",
    "Sku",
    "Unit",
    "VersionStatus",
]

"""How what emdesk ships of the catalogue is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Hours = Mapping[str, tuple[float, str]]
ACCEPTED = (
    "A deliverable counts as accepted once the customer says so, or after five business days"
    " without an objection."
)
OURS = "No public figure; hours as emdesk proposes them."
CATALOGUE_2022 = "GitLab services catalogue, November 2022"
SKUS_NOW = "GitLab handbook, services SKUs"
MIGRATION_PAGE = "GitLab handbook, scoping of migrations"
IMPLEMENTATION_PAGE = "GitLab handbook, scoping of implementations"
READINESS_PAGE = "GitLab handbook, scoping of readiness assessments"
PIPELINE_PAGE = "GitLab handbook, scoping of CI pipelines"
SAAS_PAGE = "GitLab handbook, self-managed to SaaS"
DEAL_DESK_PAGE = "GitLab handbook, deal desk"


@dataclass(frozen=True)
class Work:
    """One activity; ``hours`` maps a role to its base and the formula of its drivers."""

    key: str
    title: str
    customer_text: str
    deliverable: str
    hours: Hours
    assumptions: str = ""
    exclusions: str = ""
    acceptance: str = ACCEPTED
    source: str = OURS
    basis: str = "default"


@dataclass(frozen=True)
class Service:
    """A service with its activities."""

    key: str
    title: str
    type: str
    customer_text: str
    questions: str = ""
    pillars: list[str] = field(default_factory=list)
    activities: list[Work] = field(default_factory=list)
    source: str = "GitLab handbook, offerings framework"
    maturity: str = "complete"


def engineer(base: float = 0, drivers: str = "", **others: float) -> Hours:
    """Hours of the services engineer, and a base for other roles by their keys."""
    hours = {"engineer": (base, drivers)} if base or drivers else {}
    return hours | {role: (number, "") for role, number in others.items()}

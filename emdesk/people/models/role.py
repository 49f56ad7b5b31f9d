"""What a person may be here, and how far along an engagement manager is."""

from collections.abc import Iterable

from django.db import models


class Role(models.TextChoices):
    """What a person does; one person may hold several."""

    EM = "em", "Engagement manager"
    EM_LEAD = "em_lead", "EM lead"
    DIRECTOR = "director", "Director"
    ACCOUNT_TEAM = "account_team", "Account team"
    TECHNICAL_ARCHITECT = "technical_architect", "Technical architect"
    DELIVERY_MANAGER = "delivery_manager", "Regional delivery manager"
    PS_LEADERSHIP = "ps_leadership", "PS leadership"
    REVENUE = "revenue", "Revenue"
    LEGAL = "legal", "Legal"
    SIGNATORY = "signatory", "Signatory"
    DEAL_DESK = "deal_desk", "Deal desk"
    PROJECT_MANAGER = "project_manager", "Project manager or coordinator"
    PRACTICE_MANAGER = "practice_manager", "Practice manager"
    VIEWER = "viewer", "Viewer"
    ADMIN = "admin", "Administrator"


LEADS = (Role.EM_LEAD, Role.DIRECTOR)
LEVELLED = (Role.EM, *LEADS)


class Level(models.TextChoices):
    """The engagement managers' career ladder, lowest first; the order is the seniority."""

    ASSOCIATE = "associate", "Associate"
    INTERMEDIATE = "intermediate", "Intermediate"
    SENIOR = "senior", "Senior"
    STAFF = "staff", "Staff"
    PRINCIPAL = "principal", "Principal"
    MANAGER = "manager", "Manager"
    SENIOR_MANAGER = "senior_manager", "Senior manager"
    DIRECTOR = "director", "Director"


def in_order(roles: Iterable[str]) -> list[str]:
    """Each role once, in the order they are listed above; strangers last, for the checks to see."""
    known = Role.values
    return sorted(set(roles), key=lambda role: known.index(role) if role in known else len(known))

"""The parts a statement of work is made of, in their order (domain.md §8.2), and their words."""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    """What a section is about. Of scope there is one for each milestone."""

    HEADER = "header", "Parties and agreement"
    BACKGROUND = "background", "Background and goals"
    SCOPE = "scope", "Services in scope"
    EDUCATION = "education", "Education services"
    EXCLUSIONS = "exclusions", "Out of scope"
    ASSUMPTIONS = "assumptions", "Assumptions and prerequisites"
    RESPONSIBILITIES = "responsibilities", "Customer responsibilities"
    EFFORT = "effort", "Team and estimated effort"
    SCHEDULE = "schedule", "Schedule"
    ACCEPTANCE = "acceptance", "Acceptance"
    FEES = "fees", "Fees"
    BILLING = "billing", "Billing and payment"
    TRAVEL = "travel", "Travel and expenses"
    CHANGE = "change", "Change control"
    RISKS = "risks", "Risks, partners and security"
    LIABILITY = "liability", "Warranty and liability"
    SIGNATURES = "signatures", "Signatures"
    OTHER = "other", "Other"


class Status(models.TextChoices):
    """Of a library clause: only what is in use is offered for statements of work."""

    DRAFT = "draft", "Draft"
    IN_USE = "in_use", "In use"
    RETIRED = "retired", "Retired"


class Risk(models.TextChoices):
    """What giving way on a clause may cost us."""

    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"

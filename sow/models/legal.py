"""The legal case of a deal: what is asked of legal, whose turn it is there, and what text lies in it.

Source: domain.md §9.1, §9.2.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from scoping.models import Opportunity
from sow.models.pen import Side
from sow.models.statement import StatementOfWork


class Asked(models.TextChoices):
    REVIEW = "review", "Contract review"
    QUESTION = "question", "Question"
    TEMPLATE = "template", "Request for an agreement template"


class Paper(models.TextChoices):
    """On whose contract template the text stands."""

    OURS = "ours", "Our template"
    THEIRS = "theirs", "The customer's template"


class LegalCase(models.Model):
    """One for each opportunity. ``lies`` is the version of ours that is attached to it.

    ``newer`` says in words that a text lies there which is newer than any of ours.
    """

    opportunity = models.OneToOneField(Opportunity, models.PROTECT, related_name="legal_case")
    statement = models.ForeignKey(StatementOfWork, models.PROTECT, related_name="legal_cases")
    asked = models.CharField("what is asked", max_length=8, choices=Asked, default=Asked.REVIEW)
    paper = models.CharField("contract source", max_length=6, choices=Paper, default=Paper.OURS)
    number = models.CharField("number in Salesforce", max_length=40, blank=True)
    link = models.URLField("link", max_length=500, blank=True)
    lies = models.PositiveIntegerField(null=True)
    newer = models.CharField(max_length=300, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(asked__in=Asked.values, paper__in=Paper.values), name="sow_legal_known"
            )
        ]

    def __str__(self) -> str:
        return f"Legal case {self.number}".strip()


class LegalTurn(models.Model):
    """One side has it from ``since`` to ``until``; the number of the newest version then."""

    case = models.ForeignKey(LegalCase, models.PROTECT, related_name="turns")
    side = models.CharField(max_length=12, choices=Side)
    version = models.PositiveIntegerField()
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(until=None), name="sow_legal_one_turn"
            ),
            models.CheckConstraint(
                condition=Q(side__in=Side.values), name="sow_legal_turn_of_a_side"
            ),
        ]

    def __str__(self) -> str:
        return self.get_side_display()

"""A promise with its versions: what is promised, in which hours, who is warned and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from emdesk.calendars.hours import Hours
from emdesk.sla.states import BREACH


class Step(models.TextChoices):
    """The ladder: who hears of a clock, from the lowest step up."""

    EM = "em", "the engagement manager"
    LEAD = "lead", "the EM lead"
    DIRECTOR = "director", "the director"


class PolicyQuerySet(models.QuerySet["Policy"]):
    def in_force(self, at: datetime) -> PolicyQuerySet:
        """One version of each policy: the latest to take effect."""
        begun = self.filter(effective_from__lte=at)
        return begun.order_by("key", "-effective_from", "-version").distinct("key")


PolicyManager = models.Manager.from_queryset(PolicyQuerySet)


class Policy(models.Model):
    """One version of a promise. A change is a new version; what ran before keeps its own.

    ``warn_at`` and the steps of the ladder are shares of the budget in percent.
    """

    key = models.SlugField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=80)
    promise = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)
    budget_minutes = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    hours = models.CharField(max_length=20, choices=Hours, default=Hours.ELAPSED)
    pauses = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    warn_at = ArrayField(
        models.PositiveSmallIntegerField(
            validators=[MinValueValidator(1), MaxValueValidator(BREACH - 1)]
        ),
        default=list,
        blank=True,
    )
    lead_at = models.PositiveSmallIntegerField(null=True, blank=True)
    director_at = models.PositiveSmallIntegerField(null=True, blank=True)
    enabled = models.BooleanField(default=True)
    effective_from = models.DateTimeField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    set_at = models.DateTimeField()
    reason = models.CharField(max_length=300)

    objects: ClassVar[PolicyManager[Policy]] = PolicyManager()

    class Meta:
        ordering = ["position", "key", "version"]
        verbose_name_plural = "policies"
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="sla_policy_version"),
            models.CheckConstraint(
                condition=Q(hours__in=Hours.values), name="sla_policy_known_hours"
            ),
            models.CheckConstraint(
                condition=Q(budget_minutes__gte=1), name="sla_policy_promises_something"
            ),
            models.CheckConstraint(
                condition=Q(effective_from__gte=F("set_at")) | Q(version=1),
                name="sla_policy_never_backdated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"

    @cached_property
    def budget(self) -> timedelta:
        return timedelta(minutes=self.budget_minutes)

    @property
    def counts_in_calendar(self) -> bool:
        return self.hours != Hours.ELAPSED

    @cached_property
    def marks(self) -> list[int]:
        """Every share of the budget at which somebody is told, lowest first."""
        steps = {each for each in (self.lead_at, self.director_at) if each}
        return sorted({*self.warn_at, BREACH, *steps})

    def tells(self, mark: int) -> list[str]:
        """Who is told at a mark: the EM up to the breach, each further step once."""
        told: list[str] = [Step.EM.value] if mark <= BREACH else []
        ladder = {Step.LEAD: self.lead_at, Step.DIRECTOR: self.director_at}
        return told + [step.value for step, share in ladder.items() if share == mark]

    def tells_at_last(self, marks: list[int]) -> list[str]:
        """Who is told when several marks are announced as one."""
        told = {step for mark in marks for step in self.tells(mark)}
        return [step.value for step in Step if step.value in told]

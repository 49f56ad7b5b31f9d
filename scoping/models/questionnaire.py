"""The scoping questionnaire: what to ask, and who answered what, when and from where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, FilteredRelation, Q

from scoping.models.issue import ScopingIssue
from scoping.states import Service


class AnswerKind(models.TextChoices):
    TEXT = "text", "text"
    NUMBER = "number", "number"
    DATE = "date", "date"
    CHOICE = "choice", "one of"
    SEVERAL = "several", "some of"


class Source(models.TextChoices):
    """Where an answer came from, so that the customer is not asked twice."""

    ACCOUNT_TEAM = "account_team", "account team"
    CALL = "call", "scoping call"
    CUSTOMER = "customer", "customer"
    CALCULATOR = "calculator", "services calculator"


class QuestionQuerySet(models.QuerySet["Question"]):
    def about(self, services: Sequence[str]) -> Self:
        """What is asked of every engagement, and of these services."""
        return self.filter(service__in=["", *services])

    def asked_of(self, issue: ScopingIssue) -> Any:
        """Rows of what applies to an issue, each with its answer's facts, in one query."""
        given = FilteredRelation("answers", condition=Q(answers__issue=issue))
        return (
            self.about(issue.services)
            .annotate(given=given)
            .values(
                *("key", "prompt", "required"),
                text=F("given__text"),
                source=F("given__source"),
                at=F("given__answered_at"),
                by=F("given__answered_by__name"),
            )
        )


QuestionManager = models.Manager.from_queryset(QuestionQuerySet)


class Question(models.Model):
    """One thing to know before estimating. ``service`` empty: asked for every engagement.

    Questions of one ``section`` stand under it as their heading; those not ``at_intake`` are
    asked later. The answer to a question with several choices keeps them joined by ", ".
    """

    key = models.CharField(max_length=10, unique=True)
    service = models.CharField(max_length=20, choices=Service, blank=True)
    section = models.CharField(max_length=60, blank=True)
    at_intake = models.BooleanField(default=True)
    prompt = models.CharField(max_length=200)
    help = models.CharField(max_length=300, blank=True)
    effect = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=AnswerKind, default=AnswerKind.TEXT)
    choices = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    required = models.BooleanField(default=False)
    position = models.PositiveIntegerField()

    objects: ClassVar[QuestionManager[Question]] = QuestionManager()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.key} {self.prompt}"


class Answer(models.Model):
    """The latest answer to a question about one issue; earlier ones are in the ledger."""

    issue = models.ForeignKey(ScopingIssue, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    text = models.TextField(max_length=5_000)
    source = models.CharField(max_length=20, choices=Source)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "question"], name="scoping_answer_one_per_question"
            )
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.text[:40]}"

"""Requests, their steps, what was decided and what was asked back.

The database has the last word: what a request pins and what was decided never change, a request
that ended stays so, and no decision is by who asked or wrote (``approvals_guard`` triggers).
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from emdesk.approvals.chains import Chain, Evidence, Gate, chain_of
from emdesk.approvals.words import Standing, Turn, Verdict
from emdesk.people.models import User
from emdesk.subjects import AboutQuerySet

__all__ = ["Decision", "Inquiry", "Request", "Standing", "Step", "Turn", "Verdict"]
LONGEST = 1_000


def person() -> models.ForeignKey[User, User]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")


def somebody() -> models.ForeignKey[User | None, User | None]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")


class RequestQuerySet(AboutQuerySet["Request"]):
    def waiting(self) -> Self:
        return self.filter(standing=Standing.WAITING)

    def of_chain(self, chain: Chain) -> Self:
        return self.filter(chain=chain.key)

    def asked_of(self, user: User, day: date) -> Self:
        """Those that wait for this person's word."""
        steps = Step.objects.filter(request=OuterRef("pk")).asked_of(user, day)
        decided = Decision.objects.filter(step__request=OuterRef("pk"), by=user)
        found = self.waiting().exclude(requester=user).exclude(authors__contains=[user.pk])
        return found.filter(Exists(steps), ~Exists(decided))

    def concerning(self, user: User) -> Self:
        """Those put to this person by name or role, or decided by them."""
        steps = Step.objects.filter(request=OuterRef("pk"))
        mine = Q(assignee=user) | Q(delegate=user) | Q(decision__by=user)
        anybodys = Q(assignee=None, turn=Turn.ASKED, roles__overlap=user.roles or [""])
        return self.filter(Exists(steps.filter(mine | anybodys)))

    def with_steps(self) -> Self:
        """With all that a list names, in two queries."""
        steps = Step.objects.select_related(
            "assignee", "delegate", "decision__by", "decision__on_behalf_of"
        )
        return self.select_related("requester").prefetch_related(
            models.Prefetch("steps", queryset=steps)
        )


RequestManager = models.Manager.from_queryset(RequestQuerySet)


class Request(models.Model):
    """A document, as it was then, is put to people; ``about_name`` is its subject in words."""

    chain = models.CharField(max_length=30)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    about_name = models.CharField(max_length=250)
    document_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    value = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    facts = models.JSONField(default=dict)
    authors = ArrayField(models.BigIntegerField(), default=list)
    requester = person()
    note = models.CharField(max_length=LONGEST, blank=True)
    asked_at = models.DateTimeField()
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.WAITING)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[RequestManager[Request]] = RequestManager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "chain"],
                condition=Q(standing=Standing.WAITING),
                name="approvals_one_open_request",
            ),
            models.CheckConstraint(
                condition=Q(standing__in=Standing.values), name="approvals_request_standing"
            ),
            models.CheckConstraint(
                condition=Q(standing=Standing.WAITING, ended_at=None)
                | (~Q(standing=Standing.WAITING) & Q(ended_at__isnull=False)),
                name="approvals_request_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "chain"], name="approvals_about"),
            models.Index(
                fields=["asked_at"],
                name="approvals_request_waiting",
                condition=Q(standing=Standing.WAITING),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("approvals:request", args=[self.pk])

    @property
    def waiting(self) -> bool:
        return self.standing == Standing.WAITING

    @property
    def declared(self) -> Chain:
        return chain_of(self.chain)

    @property
    def evidence(self) -> Evidence:
        """As it was pinned."""
        return Evidence(
            title=self.title,
            value=self.value,
            currency=self.currency,
            document=self.document_id,
            digest=self.digest,
            authors=frozenset(self.authors),
            facts=self.facts,
        )


class StepQuerySet(models.QuerySet["Step"]):
    def asked(self) -> StepQuerySet:
        return self.filter(turn=Turn.ASKED, request__standing=Standing.WAITING)

    def asked_of(self, user: User, day: date) -> StepQuerySet:
        """Put to this person, to those of their role, or to whom they stand in for; it also takes
        the role itself, now."""
        theirs = Q(assignee=user) | Q(assignee=None) | Q(delegate=user, delegate_until__gte=day)
        return self.filter(theirs, turn=Turn.ASKED, roles__overlap=user.roles or [""])


StepManager = models.Manager.from_queryset(StepQuerySet)


class Step(models.Model):
    """One gate of a request. Without an ``assignee`` any holder of the role may decide it.

    Reminders count from ``clock_from`` in the office hours of who is asked; ``reminded`` is the
    highest mark told, in percent, ``remind_at`` when the next one is reached.
    """

    request = models.ForeignKey(Request, models.PROTECT, related_name="steps")
    gate = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    place = models.PositiveSmallIntegerField()
    roles = ArrayField(models.CharField(max_length=24))
    why = models.CharField(max_length=300)
    turn = models.CharField(max_length=10, choices=Turn, default=Turn.LATER)
    assignee = somebody()
    delegate = somebody()
    delegate_until = models.DateField(null=True)
    asked_at = models.DateTimeField(null=True)
    clock_from = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    reminded = models.PositiveSmallIntegerField(default=0)
    remind_at = models.DateTimeField(null=True)

    objects: ClassVar[StepManager[Step]] = StepManager()

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "gate"], name="approvals_step_once"),
            models.CheckConstraint(condition=Q(turn__in=Turn.values), name="approvals_step_turn"),
            models.CheckConstraint(
                condition=Q(delegate=None, delegate_until=None)
                | (Q(delegate__isnull=False, delegate_until__isnull=False) & ~Q(assignee=None)),
                name="approvals_step_delegated_until",
            ),
            models.CheckConstraint(
                condition=Q(delegate=None) | ~Q(delegate=F("assignee")),
                name="approvals_step_delegate_is_another",
            ),
        ]
        indexes = [
            models.Index(
                fields=["remind_at"], name="approvals_step_to_remind", condition=Q(turn="asked")
            ),
            models.Index(
                fields=["assignee"], name="approvals_step_assignee", condition=Q(turn="asked")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def declared(self) -> Gate:
        return self.request.declared.gate(self.gate)

    @property
    def asked(self) -> bool:
        return self.turn == Turn.ASKED

    def stands_in(self, user: User, day: date) -> bool:
        until = self.delegate_until
        return self.delegate_id == user.pk and until is not None and until >= day


class Decision(models.Model):
    """What was said to a step, for good. ``kept_from`` is the decision this one carries on.

    ``requester`` and ``digest`` are copied, so that the database can hold the decision to them.
    """

    step = models.OneToOneField(Step, models.PROTECT, related_name="decision")
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.CharField(max_length=LONGEST, blank=True)
    by = person()
    on_behalf_of = somebody()
    requester = person()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    kept_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="kept")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(by=F("requester")), name="approvals_nobody_decides_their_own"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=Verdict.values), name="approvals_decision_verdict"
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.APPROVED) | ~Q(reason=""),
                name="approvals_no_without_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}: {self.step}"


class Inquiry(models.Model):
    """A question of who is to decide, and its answer. While it is open nobody is reminded."""

    step = models.ForeignKey(Step, models.PROTECT, related_name="inquiries")
    text = models.CharField(max_length=LONGEST)
    by = person()
    at = models.DateTimeField()
    answer = models.CharField(max_length=LONGEST, blank=True)
    answered_by = somebody()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name_plural = "inquiries"
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & ~Q(answered_at=None)),
                name="approvals_inquiry_answered",
            )
        ]

    def __str__(self) -> str:
        return self.text

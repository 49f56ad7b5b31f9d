"""What engagement managers ask of the catalogue: edits they propose, needs they heard of."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from emdesk.people.models import User
from scoping.models.catalogue.version import CatalogueVersion
from scoping.models.issue import ScopingIssue
from scoping.rules import reads_catalogue, reads_needs


class ProposalStatus(models.TextChoices):
    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, user: User) -> Self:
        return self if reads_catalogue(user) else self.none()

    def open(self) -> Self:
        return self.filter(status=ProposalStatus.OPEN)


ProposalManager = models.Manager.from_queryset(ProposalQuerySet)


class Proposal(models.Model):
    """An edit somebody proposes. ``kind`` and ``key`` name the item, ``field`` what of it.

    All three are empty for what the catalogue does not have yet; ``was`` is what the proposer saw.
    """

    version = models.ForeignKey(CatalogueVersion, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, blank=True)
    key = models.CharField(max_length=60, blank=True)
    field = models.CharField(max_length=20, blank=True)
    was = models.TextField(blank=True)
    text = models.TextField("what it should say", max_length=2_000)
    why = models.TextField("why", max_length=1_000)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    status = models.CharField(
        max_length=9, choices=ProposalStatus, default=ProposalStatus.OPEN, editable=False
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    taken_into = models.ForeignKey(
        CatalogueVersion, models.SET_NULL, null=True, related_name="proposals"
    )

    objects: ClassVar[ProposalManager[Proposal]] = ProposalManager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open", decided_at=None)
                | (~Q(status="open") & Q(decided_at__isnull=False)),
                name="scoping_proposal_decided",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ProposalStatus.values), name="scoping_proposal_status"
            ),
        ]

    def __str__(self) -> str:
        return f"Proposal {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("scoping:proposal", args=[self.pk])


class NeedStatus(models.TextChoices):
    NEW = "new", "New"
    CONSIDERED = "considered", "Considered"
    PLANNED = "planned", "Planned"
    OFFERED = "offered", "In the catalogue"
    DECLINED = "declined", "Not planned"


class CustomerNeedQuerySet(models.QuerySet["CustomerNeed"]):
    def visible_to(self, user: User) -> Self:
        """As far as one sees the issue it was heard on."""
        if not reads_needs(user):
            return self.none()
        return self.filter(issue__in=ScopingIssue.objects.visible_to(user))


CustomerNeedManager = models.Manager.from_queryset(CustomerNeedQuerySet)


class CustomerNeed(models.Model):
    """What a customer asked for, so that Practice can consider offering it."""

    issue = models.ForeignKey(ScopingIssue, models.CASCADE, related_name="needs")
    text = models.TextField("what they need", max_length=2_000)
    service_key = models.CharField(max_length=40, blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=NeedStatus, default=NeedStatus.NEW)
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    objects: ClassVar[CustomerNeedManager[CustomerNeed]] = CustomerNeedManager()

    class Meta:
        ordering = ["-noted_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=NeedStatus.values), name="scoping_need_status"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

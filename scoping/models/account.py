"""The customer's account, as the CRM knows it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from emdesk.people.models import Segment, Territory

NOT_NAMED = "Customer not named"


class Account(models.Model):
    """A customer. Its sales territory says who works it."""

    name = models.CharField(max_length=200)
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, blank=True)
    sales_territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True)
    public_sector = models.BooleanField(default=False)
    external_ids = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    employees = models.PositiveIntegerField(null=True, blank=True)
    sector = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_named(self) -> bool:
        """Issues brought over without a customer share one account and have nothing in common."""
        return self.name != NOT_NAMED

"""What was done for the booking of a deal, each deed with who and when (domain.md §5.1 G13, §9.4)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from emdesk.people.models import User
from sow.models.statement import StatementOfWork


class Done(models.TextChoices):
    COGS = "cogs", "Cost sheet attached to the opportunity"
    ORDER = "order", "Purchase order"
    NO_ORDER = "no_order", "No purchase order needed"
    FINANCE_ASKED = "finance_asked", "Finance approval requested"
    FINANCE_YES = "finance_yes", "Finance approved"
    FINANCE_NO = "finance_no", "Finance refused"
    SIGNED_US = "signed_us", "Signed by us"
    SIGNED_THEM = "signed_them", "Signed by the customer"
    BOOKED = "booked", "Opportunity closed won"


class BookingDeed(models.Model):
    """One thing done, on a day, by somebody named, where it can be read; of one version.

    ``until`` is when another deed took its place or somebody took it back.
    """

    statement = models.ForeignKey(StatementOfWork, models.PROTECT, related_name="booking")
    key = models.CharField(max_length=13, choices=Done)
    version = models.PositiveIntegerField()
    on = models.DateField()
    who = models.CharField(max_length=120, blank=True)
    text = models.CharField(max_length=300, blank=True)
    link = models.URLField(max_length=500, blank=True)
    by: models.ForeignKey[User, User] = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "key"], condition=Q(until=None), name="sow_booking_once"
            ),
            models.CheckConstraint(condition=Q(key__in=Done.values), name="sow_booking_known"),
        ]

    def __str__(self) -> str:
        return self.get_key_display()

"""What delivery needs to know before it plans people: the project scheduling intake of an issue.

Source: domain.md §11.1, §11.2, §8.1. The EM fills it; every version is in the issue's ledger.
"""

from __future__ import annotations

from django.db import models

from scoping.models.issue import ScopingIssue


class Billing(models.TextChoices):
    """When the customer pays (domain.md §8.1)."""

    ON_SIGNATURE = "on_signature", "When the SOW is signed"
    ON_ORDER = "on_order", "With the order form"
    AS_WORKED = "as_worked", "Time and materials, monthly"
    BY_MILESTONE = "by_milestone", "By milestone"
    IN_HALVES = "in_halves", "Half at the start, half at the end"
    AT_COMPLETION = "at_completion", "When all is done"


def lines(length: int = 5_000) -> models.TextField[str, str]:
    return models.TextField(blank=True, max_length=length)


class SchedulingIntake(models.Model):
    """One for each issue. ``sent_with`` is the form it came with, so that none is made twice."""

    issue = models.OneToOneField(ScopingIssue, models.CASCADE, related_name="scheduling")
    sent_with = models.CharField(max_length=64, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    opportunity_link = models.CharField(max_length=500, blank=True)

    summary = lines()
    skills = lines()
    people_asked_for = lines()
    languages = models.CharField(max_length=300, blank=True)
    time_zones = models.CharField(max_length=300, blank=True)
    clearance = lines()
    on_site = models.CharField(max_length=300, blank=True)
    security_rules = lines()

    wanted_start = models.DateField(null=True, blank=True)
    wanted_end = models.DateField(null=True, blank=True)
    fixed_dates = lines()
    hours_per_week = models.PositiveSmallIntegerField(null=True, blank=True)

    customer_lead = models.CharField(max_length=300, blank=True)
    sponsor = models.CharField(max_length=300, blank=True)
    limits = lines()
    partner = models.CharField(max_length=300, blank=True)

    billing = models.CharField(max_length=20, choices=Billing, blank=True)
    purchase_order = models.CharField(max_length=300, blank=True)
    acceptance = lines()
    notes = lines(10_000)

    customer_agreed = models.BooleanField("customer agreed to the SOW", default=False)
    quote_exists = models.BooleanField("services quote exists", default=False)
    close_plan_agreed = models.BooleanField("close plan agreed", default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sent_with"],
                condition=~models.Q(sent_with=""),
                name="scoping_scheduling_sent_once",
            ),
            models.CheckConstraint(
                condition=models.Q(wanted_end__gte=models.F("wanted_start"))
                | models.Q(wanted_start=None)
                | models.Q(wanted_end=None),
                name="scoping_scheduling_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"Scheduling intake of PS-{self.issue_id}"

"""Days away, and who stands in."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from emdesk.people.models.kept import Kept, Verbs

if TYPE_CHECKING:
    from emdesk.people.models.user import User

BOTH_ENDS = Value("[]")


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def on(self, day: date) -> AbsenceQuerySet:
        return self.filter(first_day__lte=day, last_day__gte=day)

    def ahead(self, day: date) -> AbsenceQuerySet:
        """Under way or still to come."""
        return self.filter(last_day__gte=day)


AbsenceManager = models.Manager.from_queryset(AbsenceQuerySet)


class Absence(Kept):
    """Someone is away from one day to another, both included, and names a delegate."""

    verbs = Verbs("people.absent", "people.absence_changed", "people.absence_cancelled")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="absences")
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="stands_in_for"
    )
    first_day = models.DateField()
    last_day = models.DateField()
    note = models.CharField(max_length=200, blank=True)

    objects: ClassVar[AbsenceManager[Absence]] = AbsenceManager()

    class Meta:
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                name="people_absence_in_order",
                condition=Q(last_day__gte=F("first_day")),
                violation_error_message="The last day is before the first.",
            ),
            models.CheckConstraint(
                name="people_absence_delegate_is_another",
                condition=~Q(delegate=F("user")),
                violation_error_message="Choose somebody else to stand in.",
            ),
            ExclusionConstraint(
                name="people_absence_once_at_a_time",
                expressions=[
                    (
                        Func(F("user"), F("user"), BOTH_ENDS, function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("first_day"), F("last_day"), BOTH_ENDS, function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="These days overlap another absence.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.first_day:%-d %b} to {self.last_day:%-d %b %Y}"

    @property
    def subject(self) -> models.Model:
        return self.user

    def end(self, last_day: date, *, by: User, at: datetime) -> None:
        """Come back earlier; an absence that has not begun by then is called off."""
        if last_day < self.first_day:
            self.drop(by=by, at=at)
        else:
            self.last_day = last_day
            self.keep(by=by, at=at)

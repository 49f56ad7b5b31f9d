"""The triage queue: issues in Open that nobody has yet, and which of them are put off.

A snoozed issue is back on its day, when the awaited call begins, or as soon as a person does
anything to it. Nothing has to run for that: it follows from the ledger whenever somebody looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    When,
    Window,
)
from django.utils.timezone import localdate

from emdesk.ledger.models import Event, Origin
from emdesk.people.models import User
from scoping.models import Answer, Question, ScopingIssue
from scoping.models.account import NOT_NAMED
from scoping.models.finding import ScopingIssueQuerySet
from scoping.states import State

AT_MOST, MOST_KIN = 100, 20
NOT_STIRRING = ("activity.watched", "activity.unwatched")
UNDELIVERED = "scoping.ask_failed"
SHOWN = (
    *("pk", "title", "created_at", "account_id", "account__name", "services"),
    *("account__sales_territory__name", "services_calculator", "requester__name"),
    *("answered", "twins", "snooze__at", "snooze__until", "waiting"),
)


@dataclass(slots=True)
class Waiting:
    """One row of the queue, in the order of ``SHOWN``. ``known`` is a share of 100."""

    pk: int
    title: str
    created_at: datetime
    account_id: int
    account: str
    services: list[str]
    territory: str | None
    services_calculator: bool
    requester: str | None
    answered: list[int]
    twins: int | None
    snoozed_at: datetime | None
    snoozed_until: date | None
    waiting: int
    known: int = 0
    asleep: bool = False


@dataclass(frozen=True)
class Queue:
    """The oldest rows, and how many there are in all."""

    rows: list[Waiting]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.rows)

    def after(self, pk: int) -> int | None:
        """The issue that comes next when this one has its verdict, wherever it stood."""
        keys = [row.pk for row in self.rows]
        if pk not in keys:
            return keys[0] if keys else None
        place = keys.index(pk)
        rest = keys[place + 1 :] or keys[:place]
        return rest[0] if rest else None


def untriaged(user: User) -> ScopingIssueQuerySet:
    return ScopingIssue.objects.visible_to(user).filter(state=State.OPEN).unassigned()


def asleep(at: datetime) -> Case:
    """True of an issue that was put off when nothing has brought it back."""
    stirred = Event.objects.filter(
        subject_type=ScopingIssue._meta.label_lower,
        subject_id=OuterRef("pk"),
        number__gt=OuterRef("snooze__number"),
    ).filter(
        Q(verb=UNDELIVERED)
        | (Q(origin=Origin.PERSON, actor__isnull=False) & ~Q(verb__in=NOT_STIRRING))
    )
    put_off = Q(snooze__isnull=False)
    put_off &= Q(snooze__until=None) | Q(snooze__until__gt=localdate(at))
    put_off &= Q(snooze__call=None) | Q(snooze__call__starts_at__gt=at)
    return Case(
        When(put_off & ~Exists(stirred), then=True), default=False, output_field=BooleanField()
    )


def queue(user: User, at: datetime, *, snoozed: bool = False) -> Queue:
    """Oldest first, in two queries; those put off instead when ``snoozed``."""
    everything = untriaged(user)
    found = everything.filter(asleep(at)) if snoozed else everything.exclude(asleep(at))
    required = Answer.objects.filter(issue=OuterRef("pk"), question__required=True)
    rows: Any = (
        found.annotate(
            answered=ArraySubquery(required.values("question_id")),
            twins=twins(),
            waiting=Window(Count("pk")),
        )
        .order_by("created_at", "pk")
        .values_list(*SHOWN)
    )
    read = [Waiting(*row) for row in rows[:AT_MOST]]
    needed = list(Question.objects.filter(required=True).values_list("pk", "service"))
    for row in read:
        row.known = share_known(row.services, set(row.answered), needed)
        row.asleep = snoozed
    return Queue(read, read[0].waiting if read else 0)


def twins() -> Subquery:
    """How many other live issues the account has."""
    same = ScopingIssue.objects.live().filter(account=OuterRef("account_id"))
    same = same.exclude(account__name=NOT_NAMED)
    counted = same.exclude(pk=OuterRef("pk")).order_by().values("account").annotate(n=Count("pk"))
    return Subquery(counted.values("n"), output_field=IntegerField())


def share_known(
    services: Sequence[str], answered: set[int], needed: Sequence[tuple[int, str]]
) -> int:
    """How many of 100 required questions are answered, rounded down; all, if none is required."""
    asked = [pk for pk, service in needed if service in {"", *services}]
    return 100 * len(answered.intersection(asked)) // len(asked) if asked else 100


def snoozed_count(user: User, at: datetime) -> int:
    return untriaged(user).filter(asleep(at)).count()


def kin(issue: ScopingIssue, user: User) -> list[ScopingIssue]:
    """The other live issues of the same account, oldest first."""
    if not issue.account.is_named:
        return []
    same = ScopingIssue.objects.visible_to(user).live().filter(account=issue.account_id)
    found = same.exclude(pk=issue.pk).select_related("engagement_manager")
    return list(found.order_by("created_at", "pk")[:MOST_KIN])

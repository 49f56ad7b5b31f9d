"""How scoping issues are found: the QuerySet, in the words of the desk."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.db.transaction import atomic

from emdesk.approvals.models import Request
from emdesk.ledger.models import Origin
from emdesk.ledger.recording import append, event_of
from emdesk.people.models import Role, User
from emdesk.sla.models import Clock
from scoping import rules
from scoping.states import LIVE, ArchitectHelp, EmStatus, Review, State

if TYPE_CHECKING:
    from scoping.models.issue import ScopingIssue

BOARD_ORDER = (
    F("next_step_date").asc(nulls_last=True),
    F("expected_value").desc(nulls_last=True),
    F("id").asc(),
)


class ScopingIssueQuerySet(models.QuerySet["ScopingIssue"]):
    def visible_to(self, user: User) -> ScopingIssueQuerySet:
        """Every issue for engagement managers and those who decide; one's own for the others,
        and what they are asked to decide about."""
        if rules.sees_every_issue(user):
            return self
        mine = Q(pk__in=())
        if user.has(Role.ACCOUNT_TEAM, Role.TECHNICAL_ARCHITECT):
            mine |= Q(requester=user)
        if user.has(Role.ACCOUNT_TEAM):
            teams = self.model.account_team.through._base_manager.filter(user=user)
            mine |= Q(pk__in=teams.values("scopingissue"))
        if user.has(Role.TECHNICAL_ARCHITECT):
            mine |= Q(technical_architect=user) | (Q(technical_architect=None) & needs_architect())
        if user.has(Role.DELIVERY_MANAGER):
            mine |= Q(delivery_manager=user)
            mine |= Q(delivery_manager=None, delivery_review=Review.NEEDED)
        if user.has(Role.PROJECT_MANAGER):
            mine |= Q(project_manager=user)
        if user.has(Role.TECHNICAL_ARCHITECT, Role.DELIVERY_MANAGER, Role.SIGNATORY):
            asked = Request.objects.filter(subject_type=self.model._meta.label_lower)
            mine |= Q(pk__in=asked.concerning(user).order_by().values("subject_id"))
        return self.filter(mine)

    def live(self) -> ScopingIssueQuerySet:
        return self.filter(state__in=LIVE)

    def worked_by(self, *users: User) -> ScopingIssueQuerySet:
        return self.filter(engagement_manager__in=users)

    def unassigned(self) -> ScopingIssueQuerySet:
        return self.filter(engagement_manager=None)

    def to_do(self) -> ScopingIssueQuerySet:
        return self.filter(em_status=EmStatus.TODO)

    def without_next_step(self) -> ScopingIssueQuerySet:
        return self.live().filter(next_step="")

    def closed_in(self, quarter: str) -> ScopingIssueQuerySet:
        return self.filter(state=State.CLOSED, close_quarter=quarter)

    def mentioning(self, text: str) -> ScopingIssueQuerySet:
        """Those whose title, account or reference holds ``text``."""
        found = Q(title__icontains=text) | Q(account__name__icontains=text)
        number = text.upper().removeprefix("PS-")
        if number.isascii() and number.isdigit() and len(number) < 10:
            found |= Q(pk=int(number))
        return self.filter(found)

    def due_by(self, day: date) -> ScopingIssueQuerySet:
        return self.live().filter(next_step_date__lte=day)

    def in_board_order(self) -> ScopingIssueQuerySet:
        return self.order_by(*BOARD_ORDER)

    def with_people(self) -> ScopingIssueQuerySet:
        """With all that a card or a row names, in the same query."""
        return self.select_related("account", "engagement_manager", "segment")

    def with_clock(self) -> ScopingIssueQuerySet:
        """With the live ``clock`` that is due first: name, state, start, due time, highest mark."""
        return self.annotate(clock=_next_clock(self.model._meta.label_lower))

    def open_issue(
        self, *, by: User | None, at: datetime, origin: str = Origin.PERSON, **fields: Any
    ) -> ScopingIssue:
        """Raise a new issue in the Open column."""
        with atomic():
            issue = self.create(created_at=at, entered_state_at=at, **fields)
            opened = event_of(
                issue, "scoping.opened", by=by, at=at, origin=origin, after=State.OPEN
            )
            append([opened])
        return issue


@cache
def _next_clock(subject_type: str) -> Subquery:
    """Built once: a board asks for it with every card that changes."""
    live = Clock.objects.live().filter(subject_type=subject_type, subject_id=OuterRef("pk"))
    brief = JSONObject(
        name="policy__name", state="state", start="started_at", due="due_at", noted="noted"
    )
    return Subquery(live.in_order_of_time_left().values(brief=brief)[:1])


def needs_architect() -> Q:
    return Q(architect_help=ArchitectHelp.ASKED) | Q(architect_review=Review.NEEDED)

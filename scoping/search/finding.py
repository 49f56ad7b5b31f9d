"""Finding issues, accounts and people by words, within what a person may see.

Best first: the number asked for; then all words in title or account; live before closed; what
moved last. Fixed statements, however much is found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast

from emdesk.activity.models import Comment
from emdesk.people.models import User
from scoping import rules
from scoping.models import Answer, ScopingIssue
from scoping.models.finding import ScopingIssueQuerySet
from scoping.search.asking import Asked
from scoping.states import LIVE

PAGE, FEW = 50, 5
NAMES, ACCOUNT = "AB", "B"
SHOWN = (
    *("pk", "title", "account__name", "state", "outcome", "segment__name"),
    *("engagement_manager_id", "engagement_manager__name"),
    *("next_step", "current_state", "free_labels"),
)


class Holds(Func):
    """Whether a vector has such words."""

    arg_joiner = " @@ "
    template = "(%(expressions)s)"
    output_field = BooleanField()


def sought(word: str, within: str = "") -> Func:
    """The query of one word or phrase, for any weight or only for those ``within``."""
    return Func(Value(word), Value(within), function="scoping_query")


@dataclass(slots=True)
class Hit:
    """An issue that was found, in the order of ``SHOWN``, and what it was found by."""

    pk: int
    title: str
    account: str
    state: str
    outcome: str
    segment: str | None
    manager_id: int | None
    manager: str | None
    next_step: str
    current_state: str
    labels: list[str]
    description: str
    sought: str
    total: int


@dataclass(frozen=True)
class Named:
    """A customer or a person, with how many issues are theirs, and how many of those live."""

    name: str
    count: int
    live: int
    url: str = ""


def issues(asked: Asked, user: User) -> ScopingIssueQuerySet:
    """Those that hold all words and pass all operators, unordered."""
    found = ScopingIssue.objects.visible_to(user).filter(*asked.filters)
    return found.filter(*_all(asked.said, "wording__words"))


def ranked(asked: Asked, user: User, page: int = 1, size: int = PAGE) -> list[Hit]:
    """One page, best first; every hit knows how many there are in all."""
    own_row = ScopingIssue.objects.filter(pk=OuterRef("pk"))
    rows = (
        issues(asked, user)
        .order_by(*_best_first(asked))
        .values_list(
            *SHOWN,
            Subquery(own_row.values("description")),
            _written(asked.said),
            Window(Count("*")),
        )
    )
    start = (page - 1) * size
    return [Hit(*row) for row in rows[start : start + size]]


def _best_first(asked: Asked) -> list[Any]:
    number, live = When(pk=asked.number or 0, then=0), When(state__in=LIVE, then=0)
    named = [When(Q(*_all(asked.said, "wording__words", NAMES)), then=0)] if asked.said else []
    return [*(Case(each, default=1) for each in (number, *named, live)), "-entered_state_at", "-pk"]


def remarks(pks: Iterable[int]) -> list[tuple[int, str, str]]:
    """What was answered and said about these issues, with where it stands."""
    kept = list(pks)
    answers = Answer.objects.filter(issue__in=kept).order_by()
    said = Comment.objects.filter(
        subject_type=ScopingIssue._meta.label_lower, subject_id__in=kept, withdrawn_at=None
    ).order_by()
    asked_for = answers.values_list("issue_id", Value("Answer", TextField()), "text")
    return list(
        asked_for.union(
            said.values_list("subject_id", Value("Comment", TextField()), "body"), all=True
        )
    )


def accounts(asked: Asked, user: User) -> list[Named]:
    """Customers of these words, with how many of their issues this person sees."""
    found = ScopingIssue.objects.visible_to(user)
    found = found.filter(*_all(asked.said, "wording__words", ACCOUNT))
    going_on = Count("pk", filter=Q(state__in=LIVE))
    counted = found.order_by().values("account__name").annotate(count=Count("pk"), on=going_on)
    rows = counted.order_by("-on", "-count", "account__name")[:FEW]
    return [Named(*row) for row in rows.values_list("account__name", "count", "on")]


def people(asked: Asked, user: User) -> list[Named]:
    """Engagement managers of these words, for those who see everybody's issues."""
    if not rules.sees_every_issue(user):
        return []
    plain = Func(F("name"), function="scoping_plain")
    name = Func(plain, template="to_tsvector('simple', %(expressions)s)")
    found = User.objects.engagement_managers().filter(*(Holds(name, sought(w)) for w in asked.said))
    going_on = Count("scoping_issues", filter=Q(scoping_issues__state__in=LIVE))
    counted = found.annotate(count=Count("scoping_issues"), on=going_on)
    return [
        Named(*row)
        for row in counted.order_by("-on", "name").values_list("name", "count", "on")[:FEW]
    ]


def _all(said: Iterable[str], vector: str, within: str = "") -> list[Holds]:
    return [Holds(F(vector), sought(word, within)) for word in said]


def _written(said: Iterable[str]) -> Func | Value:
    """The queries as text, one a line, for marking what they found."""
    lines = [Cast(sought(word), TextField()) for word in said]
    if not lines:
        return Value("")
    return Func(Value("\n"), *lines, function="concat_ws", output_field=TextField())

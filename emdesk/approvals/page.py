"""What the page of a request shows: the document as pinned, the steps, and what one may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from emdesk.approvals.eligible import barred_from, candidates, may_decide, today_of
from emdesk.approvals.forms import (
    AnswerForm,
    AskForm,
    DecideForm,
    DelegateForm,
    ReassignForm,
    RecallForm,
)
from emdesk.approvals.inquiring import may_answer
from emdesk.approvals.models import Inquiry, Request, Step
from emdesk.people.models import User

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Row:
    """A step and the forms with which this person may pass it on."""

    step: Step
    inquiries: Sequence[Inquiry] = ()
    reassign: ReassignForm | None = None


@dataclass
class Deeds:
    """The forms one may send; a refused one comes back in its place, bound."""

    step: Step | None = None
    decide: Any = None
    ask: Any = None
    delegate: Any = None
    answer: Any = None
    recall: Any = None
    rows: list[Row] = field(default_factory=list)


def deeds(found: Request, subject: Any, user: User, at: datetime) -> Deeds:
    steps = list(found.steps.all())
    for step in steps:
        step.request = found
    inquiries = list(
        Inquiry.objects.filter(step__in=steps).select_related("by", "answered_by", "step")
    )
    made = Deeds()
    if found.waiting:
        _may(made, found, subject, user, at, steps)
        still_open = [each for each in inquiries if each.answered_at is None]
        if still_open and may_answer(found, subject, user):
            made.answer = AnswerForm(initial={"inquiry": still_open[0].pk}, auto_id="answer-%s")
    gives = found.waiting and found.declared.reassigns(subject, user)
    for step in steps:
        of_step = [each for each in inquiries if each.step_id == step.pk]
        made.rows.append(Row(step, of_step, _reassign(step) if gives and step.asked else None))
    return made


def _may(
    made: Deeds, found: Request, subject: Any, user: User, at: datetime, steps: Sequence[Step]
) -> None:
    own = user.pk == found.requester_id or found.declared.asks(subject, user)
    made.recall = RecallForm(auto_id="recall-%s") if own else None
    mine = (step for step in steps if step.asked and may_decide(step, user, at))
    made.step = step = next(mine, None)
    if step is None:
        return
    seen = {"step": step.pk, "digest": found.digest}
    made.decide = DecideForm(initial=seen, auto_id="decide-%s")
    made.ask = AskForm(initial=seen, auto_id="ask-%s")
    others = _others(step, user)
    if others and not step.stands_in(user, today_of(user, at)):
        until = today_of(user, at) + WEEK
        first = {"step": step.pk, "until": until}
        made.delegate = DelegateForm(initial=first, people=others, auto_id="delegate-%s")


def _others(step: Step, user: User) -> list[User]:
    return candidates(step.roles, {*barred_from(step.request), user.pk})


def _reassign(step: Step) -> ReassignForm | None:
    others = candidates(step.roles, {*barred_from(step.request), step.assignee_id or 0})
    first = {"step": step.pk}
    auto_id = f"reassign-{step.pk}-%s"
    return ReassignForm(initial=first, people=others, auto_id=auto_id) if others else None


def choices_for(step: Step) -> list[User]:
    """Everybody who could be named for this step."""
    return candidates(step.roles, barred_from(step.request))

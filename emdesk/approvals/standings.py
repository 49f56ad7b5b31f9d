"""How documents stand with a chain, and whom open requests wait for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from emdesk.approvals.chains import Chain
from emdesk.approvals.eligible import able, holders, today_of
from emdesk.approvals.models import Request, Step
from emdesk.people.models import User


def requests_about(subject: Any, *chains: Chain) -> list[Request]:
    """Newest first, with all that a page names of them, in two queries."""
    found = Request.objects.about(subject).filter(chain__in=[chain.key for chain in chains])
    return list(found.with_steps())


def approval_of(chain: Chain, subject: Any, document: int) -> Request | None:
    """The last request about this very document."""
    about = Request.objects.about(subject).of_chain(chain).filter(document_id=document)
    return about.with_steps().first()


def asked_steps(requests: Iterable[Request]) -> Iterator[Step]:
    """The steps that are asked now, of requests read with their steps."""
    for found in requests:
        for step in found.steps.all():
            if found.waiting and step.asked:
                step.request = found
                yield step


def awaiting(
    people: Sequence[User], requests: Iterable[Request], at: datetime
) -> list[tuple[User, Step]]:
    """Whose word of these people each open step waits for; asks the database nothing."""
    return [
        (person, step)
        for step in asked_steps(requests)
        for person in people
        if _waits_for(step, person, at)
    ]


def stuck(requests: Iterable[Request], at: datetime) -> list[Step]:
    """Open steps that nobody can decide any more, in one query."""
    steps = list(asked_steps(requests))
    if not steps:
        return []
    people = holders({role for step in steps for role in step.roles})
    return [step for step in steps if not any(_waits_for(step, each, at) for each in people)]


def _waits_for(step: Step, person: User, at: datetime) -> bool:
    request = step.request
    decided = {
        each.decision.by_id for each in request.steps.all() if getattr(each, "decision", None)
    }
    barred = {request.requester_id, *request.authors, *decided}
    named = step.assignee_id in {None, person.pk} or step.stands_in(person, today_of(person, at))
    return named and able(person, step.roles, barred)

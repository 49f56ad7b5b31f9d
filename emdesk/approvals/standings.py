"""How a document stands with a chain; what guards of upper packages ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from emdesk.approvals.chains import Chain
from emdesk.approvals.eligible import able, today_of
from emdesk.approvals.models import Decision, Request, Standing, Step
from emdesk.people.models import User


def requests_about(subject: Any, *chains: Chain) -> list[Request]:
    """Newest first, with all that a page names of them, in two queries."""
    found = Request.objects.about(subject).filter(chain__in=[chain.key for chain in chains])
    return list(found.with_steps())


def approval_of(chain: Chain, subject: Any, document: int) -> Request | None:
    """The last request about this very document."""
    about = Request.objects.about(subject).of_chain(chain).filter(document_id=document)
    return about.with_steps().first()


def awaiting(people: Sequence[User], at: datetime) -> list[tuple[User, Step]]:
    """Open steps that wait for the word of one of these people, in two queries."""
    steps = list(Step.objects.asked().select_related("request__requester", "assignee", "delegate"))
    decided = Decision.objects.filter(step__request__in=[step.request_id for step in steps])
    done: dict[int, set[int]] = {}
    for request, by in decided.values_list("step__request", "by"):
        done.setdefault(request, set()).add(by)
    return [
        (person, step)
        for person in people
        for step in steps
        if _waits_for(step, person, done.get(step.request_id, set()), at)
    ]


def _waits_for(step: Step, person: User, decided: set[int], at: datetime) -> bool:
    request = step.request
    barred = {request.requester_id, *request.authors, *decided}
    named = step.assignee_id in {None, person.pk} or step.stands_in(person, today_of(person, at))
    return named and able(person, step.roles, barred)


def approved(chain: Chain, subject: Any, document: int, digest: str) -> bool:
    """Whether all that were asked said yes to exactly this."""
    found = approval_of(chain, subject, document)
    return found is not None and (found.standing, found.digest) == (Standing.APPROVED, digest)

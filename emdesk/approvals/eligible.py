"""Who may decide, and whether there are people enough for every step.

The role is looked at now, from the database. Whoever asked for it or wrote the document never
decides, also not for somebody else, and nobody decides two steps of one request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from emdesk.approvals.models import Decision, Request, Step
from emdesk.approvals.refusals import Refused
from emdesk.people.models import Role, User

NOBODY = (
    "Nobody can decide “{gate}”: of {whom} nobody is left who did not ask for it or write it. "
    "Ask an administrator to give somebody the role."
)


def today_of(user: User, at: datetime) -> date:
    """The day it is where this person is."""
    return at.astimezone(ZoneInfo(user.time_zone)).date()


def barred_from(request: Request) -> set[int]:
    """Who wrote or asked for it, and who has decided another step of it."""
    decided = Decision.objects.filter(step__request=request).values_list("by", flat=True)
    return {request.requester_id, *request.authors, *decided}


def holders(roles: Iterable[str]) -> list[User]:
    """Everybody active who holds one of these roles."""
    found = User.objects.active().filter(roles__overlap=list(roles))
    return list(found.select_related("calendar"))


def able(user: User | None, roles: Iterable[str], barred: Iterable[int]) -> bool:
    """Whether this person could be asked at all."""
    if user is None or not user.is_active or user.pk in set(barred):
        return False
    return user.has(*(Role(role) for role in roles))


def may_decide(step: Step, user: User, at: datetime) -> bool:
    """The person asked, who stands in for them, or any holder of the role when nobody is named."""
    if not able(user, step.roles, barred_from(step.request)):
        return False
    if step.assignee_id is None or step.assignee_id == user.pk:
        return True
    return step.stands_in(user, today_of(user, at))


def deciders(step: Step, at: datetime) -> list[User]:
    """Everybody who may decide this step now."""
    return [user for user in holders(step.roles) if may_decide(step, user, at)]


def candidates(roles: Iterable[str], barred: Iterable[int]) -> list[User]:
    out = set(barred)
    return [user for user in holders(roles) if user.pk not in out]


def insist_on_somebody(gates: Sequence[tuple[str, str, Sequence[str]]], barred: set[int]) -> None:
    """Refuse a chain that nobody could complete. ``gates``: name, whom it asks, roles.

    Each step needs somebody of its own, so one person with two of the roles is not enough.
    """
    people = {name: [user.pk for user in candidates(roles, barred)] for name, _, roles in gates}
    alone = matched(people)
    for name, whom, _ in gates:
        if name not in alone:
            raise Refused(NOBODY.format(gate=name, whom=whom))


def matched(people: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """As many steps as possible, each with a person of its own (Kuhn's augmenting paths)."""
    holds: dict[int, str] = {}

    def place(step: str, tried: set[int]) -> bool:
        for person in people[step]:
            if person in tried:
                continue
            tried.add(person)
            if person not in holds or place(holds[person], tried):
                holds[person] = step
                return True
        return False

    for step in people:
        place(step, set())
    return {step: person for person, step in holds.items()}

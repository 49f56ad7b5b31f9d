"""Who signs for our side: the one named, or the named fallback while they are away (Q-06)."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localdate

from emdesk.approvals.eligible import able, holders, today_of
from emdesk.configuration.values import value_of
from emdesk.people.models import Role, User
from sow.models import Signer
from sow.settings import SIGNATORY, SIGNATORY_FALLBACK

ROLES = (Role.SIGNATORY,)


def signatories() -> list[User]:
    """Those who may sign for us, by name. Sales people never do (domain.md §5.3)."""
    found = [user for user in holders(ROLES) if not user.has(Role.ACCOUNT_TEAM)]
    return sorted(found, key=lambda user: (user.name, user.pk))


def first_named(at: datetime) -> User | None:
    """Who signs unless they are away: as set, else the first by name."""
    found = signatories()
    return _set(SIGNATORY, at, found) or (found[0] if found else None)


def fallback(at: datetime) -> User | None:
    """Who signs while the first one is away: as set, else the next by name."""
    found, first = signatories(), first_named(at)
    others = [each for each in found if each != first]
    return _set(SIGNATORY_FALLBACK, at, others) or (others[0] if others else None)


def _set(key: str, at: datetime, people: list[User]) -> User | None:
    address = str(value_of(key, localdate(at)) or "").lower()
    return next((each for each in people if address and each.email.lower() == address), None)


def away(user: User, at: datetime) -> bool:
    return user.absences.on(today_of(user, at)).exists()


def to_ask(at: datetime) -> User | None:
    """The first one named, or the fallback while they are away and nobody stands in for them."""
    first = first_named(at)
    return _or_fallback(first, at) if first else None


def _or_fallback(user: User, at: datetime) -> User:
    if not away(user, at):
        return user
    stand_in = user.delegate_on(today_of(user, at))
    if stand_in and able(stand_in, ROLES, ()):
        return user
    second = fallback(at)
    return second if second and second != user and not away(second, at) else user


def stands_for(signer: Signer, at: datetime) -> None:
    """Whoever is away when their turn comes is replaced by the fallback."""
    user = signer.user
    if user is None:
        return
    found = _or_fallback(user, at) if able(user, ROLES, ()) else to_ask(at)
    if found and found != user:
        signer.user, signer.name, signer.email = found, found.name, found.email
        signer.time_zone = found.time_zone
        signer.save(update_fields=["user", "name", "email", "time_zone"])

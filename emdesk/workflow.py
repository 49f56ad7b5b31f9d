"""The one door through which work moves.

A transition method says which state follows and which fields change, nothing else. What comes
with every move happens here, in one transaction:

1. a fresh row is locked, so nobody acts on a stale card;
2. a card that moved since the person looked is a :class:`Conflict`;
3. who may is asked (:class:`NotAllowed`), then every guard (:class:`Refused`), unless somebody
   who may override them gives a reason;
4. the transition runs, one event is written with what changed, projections hear it;
5. the row is saved. The database has the last word on the change of state.

:func:`undo` takes the last move back by a new event. :func:`adopt` lets in work that lived
elsewhere: same event, no guards, nothing announced.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, TypeVar

import django_fsm
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models
from django.db.transaction import atomic

from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import append, event_of
from emdesk.people.models import User

Rule = Callable[[Any, Any], bool]
Move = Callable[..., Any]
Values = dict[str, Any]
W = TypeVar("W", bound="Workflow")
MOVED_BACK = "moved_back"
ADOPTED = "adopted"
OWN = {"state", "moves", "changed_in"}
AS_THEY_ARE = {str, int, bool, list, type(None)}


@dataclass(frozen=True)
class Guard:
    """What must be true before certain moves; ``unmet`` gives the reason, or nothing.

    ``asks`` names the fields that would meet it, so that a person can fill them while moving.
    """

    name: str
    applies: Callable[[str], bool]
    unmet: Callable[[Any, User | None, datetime], str]
    asks: tuple[str, ...] = ()
    overridable: bool = True


@dataclass(frozen=True)
class Unmet:
    guard: Guard
    reason: str


class Refused(Exception):
    """The move is not possible now; ``unmet`` says what would make it so."""

    def __init__(self, reason: str, unmet: tuple[Unmet, ...] = ()) -> None:
        super().__init__(reason)
        self.reason, self.unmet = reason, unmet


class NotAllowed(Refused, PermissionDenied):
    """Somebody else may make this move."""


class Conflict(Refused):
    """Somebody else moved it first; ``event`` says who, where and when."""

    def __init__(self, event: Event | None) -> None:
        super().__init__("Somebody else moved this first.")
        self.event = event


class Workflow(models.Model):
    """A model whose protected ``state`` changes through :func:`perform` alone."""

    guards: ClassVar[list[Guard]]
    state: Any
    moves = models.PositiveIntegerField(default=0, editable=False)
    entered_state_at = models.DateTimeField(editable=False)

    class Meta:
        abstract = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.guards = []

    def may_override(self, user: User) -> bool:
        raise NotImplementedError

    def returns_to(self, move: str) -> str:
        """Where a move leads whose target depends on where the work came from."""
        raise NotImplementedError

    def moves_open_to(self, user: User) -> dict[str, str]:
        """Name and target of each move this person may make from here, guards apart."""
        found = self.get_available_user_state_transitions(user)  # type: ignore[attr-defined]
        return {
            move.name: move.target if isinstance(move.target, str) else self.returns_to(move.name)
            for move in found
        }

    def unmet(self, move: str, by: User | None, at: datetime) -> tuple[Unmet, ...]:
        """The guards that speak against a move, each with its reason."""
        found = ((guard, guard.unmet(self, by, at)) for guard in self.guards if guard.applies(move))
        return tuple(Unmet(guard, reason) for guard, reason in found if reason)

    @property
    def last_move(self) -> Event | None:
        return Event.objects.about(self).moves().last()


def transition(source: Any, target: Any, *, allowed: Rule) -> Callable[[Move], Move]:
    """django-fsm's decorator, with the permission made compulsory."""
    found: Callable[[Move], Move] = django_fsm.transition(
        "state", source, target, permission=allowed
    )
    return found


def perform(
    move: Move,
    *,
    by: User | None,
    at: datetime,
    seen: int | None = None,
    fill: Mapping[str, Any] | None = None,
    override: str = "",
    origin: str = Origin.PERSON,
    **details: Any,
) -> Event:
    """Make one move on behalf of ``by``; None is emdesk acting by itself.

    ``seen`` is the ``moves`` count the person looked at, ``fill`` fields set along with the move,
    ``override`` the reason to pass guards that are not met, ``details`` the move's own arguments.
    """
    with atomic():
        subject = fresh(move.__self__)  # type: ignore[attr-defined]
        name = move.__name__
        if seen is not None and seen != subject.moves:
            raise Conflict(subject.last_move)
        _may(subject, name, by)
        was = values(subject)
        for field, value in (fill or {}).items():
            setattr(subject, field, value)
        data = _pass_guards(subject, name, by=by, at=at, override=override)
        before = subject.state
        getattr(subject, name)(**details)
        subject.entered_state_at = at
        return _write(subject, name, was, before, by=by, at=at, origin=origin, **details, **data)


def undo(
    subject: Workflow, *, by: User, at: datetime, within: timedelta, seen: int | None = None
) -> Event:
    """Take the last move back, if it was this person's and recent; the reverting event stays.

    What emdesk moved by itself, whoever may override takes back.
    """
    with atomic():
        subject = fresh(subject)
        if seen is not None and seen != subject.moves:
            raise Conflict(subject.last_move)
        last = subject.last_move
        if last is None or not last.before or last.verb.endswith((MOVED_BACK, ADOPTED)):
            raise Refused("There is no move to undo.")
        if not (by.leads or takes_back(subject, last, by)):
            raise NotAllowed(f"{last.actor or 'emdesk'} made this move and can undo it.")
        if at - last.at > within:
            minutes = int(within.total_seconds() // 60)
            raise Refused(f"A move can be undone for {minutes} minutes. Move it back instead.")
        was, before = values(subject), subject.state
        _restore(subject, last.data["changed"])
        _set_state(subject, last.before)
        try:
            return _write(subject, MOVED_BACK, was, before, by=by, at=at, undoes=last.number)
        except IntegrityError:
            reason = "What changed since stands against it. Move it back instead."
            raise Refused(reason) from None


def takes_back(subject: Workflow, move: Event, by: User) -> bool:
    """Whether a move is this person's own, or emdesk's with work of theirs."""
    emdesks = move.actor_id is None and move.origin == Origin.SYSTEM
    return move.actor_id == by.pk or (emdesks and subject.may_override(by))


def adopt(subject: W, state: str, *, at: datetime, origin: str, **data: Any) -> Event:
    """Put work that lived elsewhere where it stood there, since ``at``."""
    with atomic():
        subject = fresh(subject)
        was, before = values(subject), subject.state
        _set_state(subject, state)
        subject.entered_state_at = at
        return _write(subject, ADOPTED, was, before, by=None, at=at, origin=origin, **data)


def fresh(subject: W) -> W:
    """The row as it is now, locked until the transaction ends."""
    return type(subject)._base_manager.select_for_update().get(pk=subject.pk)


def _may(subject: Workflow, name: str, by: User | None) -> None:
    move = getattr(subject, name)
    if not django_fsm.can_proceed(move):
        raise Refused(f"{subject} cannot make this move from where it is now.")
    if by and not django_fsm.has_transition_perm(move, by):  # type: ignore[arg-type]
        raise NotAllowed(f"{by} may not make this move with {subject}.")


def _pass_guards(
    subject: Workflow, name: str, *, by: User | None, at: datetime, override: str
) -> dict[str, Any]:
    """Nothing when every guard is met, else what is written about passing them."""
    unmet = subject.unmet(name, by, at)
    if not unmet:
        return {}
    passable = all(each.guard.overridable for each in unmet)
    if not (override and passable and by and subject.may_override(by)):
        raise Refused(" ".join(each.reason for each in unmet), unmet)
    return {"override": override, "unmet": [each.guard.name for each in unmet]}


def _write(
    subject: Workflow, name: str, was: Values, before: str, *, by: User | None, **what: Any
) -> Event:
    """The event first, so that the database can hold the change of state against it."""
    subject.moves += 1
    changed = changes(was, subject)
    verb = f"{subject._meta.app_label}.{name}"
    event = event_of(
        subject, verb, by=by, before=before, after=subject.state, changed=changed, **what
    )
    append([event])
    stored: Any = subject
    stored.save(update_fields=[*changed, "state", "moves"])
    return event


def values(subject: Workflow) -> Values:
    """Every stored value that a move may change, as it is written into the event."""
    found = {name: getattr(subject, name) for name, _ in _kept(type(subject))}
    for name, field in _kept(type(subject)):
        if type(found[name]) not in AS_THEY_ARE:
            found[name] = _plain(field, found[name])
    return found


@cache
def _kept(model: type[Workflow]) -> list[tuple[str, Any]]:
    fields = model._meta.concrete_fields
    return [(field.attname, field) for field in fields if field.name not in OWN]


def changes(was: Values, subject: Workflow) -> dict[str, list[Any]]:
    """Each changed field with its old and new value."""
    now = values(subject)
    return {field: [old, now[field]] for field, old in was.items() if now[field] != old}


def _plain(field: Any, value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.{field.decimal_places}f}"
    if value is None or isinstance(value, str | int | bool | list):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _restore(subject: Workflow, changed: Mapping[str, list[Any]]) -> None:
    """Set changed fields back, except those somebody changed again since."""
    now = values(subject)
    for name, (old, new) in changed.items():
        if now[name] == new:
            field: Any = subject._meta.get_field(name)
            setattr(subject, name, field.to_python(old))


def _set_state(subject: Workflow, state: str) -> None:
    field: Any = subject._meta.get_field("state")  # type: ignore[misc]
    field.set_state(subject, state)

"""The only way into the ledger.

Whoever keeps rows derived from events appends a :class:`Projection`; it hears every event in
the transaction that writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.transaction import atomic

from emdesk.copying import copy, maker
from emdesk.ledger.models import Event, Origin


@dataclass(frozen=True)
class Projection:
    """Rows derived from the ledger: kept up with each event, and always derivable anew.

    ``follow`` is handed every batch of new events in order, ``rebuild`` derives all rows from the
    whole ledger, ``differences`` counts the rows that are not as a rebuild would make them.
    """

    name: str
    follow: Callable[[Sequence[Event]], None]
    rebuild: Callable[[], None]
    differences: Callable[[], int]


projections: list[Projection] = []
make_event = maker(Event)
_carried: ContextVar[Mapping[str, Any]] = ContextVar("carried", default={})  # noqa: B039 (read only)


@contextmanager
def carrying(**data: Any) -> Iterator[None]:
    """Every event made in this block says this about itself too, such as the import it is of."""
    token = _carried.set({**_carried.get(), **data})
    try:
        yield
    finally:
        _carried.reset(token)


def carried() -> Mapping[str, Any]:
    """What the events made here and now say about themselves."""
    return _carried.get()


def record(subject: models.Model, verb: str, *, by: Any, at: datetime, **what: Any) -> Event:
    """Note that something happened to ``subject``; ``by`` is a user, or None for emdesk itself.

    ``before`` and ``after`` are states, ``origin`` an :class:`Origin`; all else becomes ``data``.
    """
    with atomic():
        lock(subject)
        event = event_of(subject, verb, by=by, at=at, **what)
        append([event])
    return event


def lock(subject: models.Model) -> None:
    """Wait for whoever is writing about this subject, so that its chain stays one line."""
    model: Any = subject._meta.concrete_model
    rows = model._base_manager.select_for_update().order_by()
    rows.filter(pk=subject.pk).values_list("pk").get()


def event_of(
    subject: models.Model,
    verb: str,
    *,
    by: Any,
    at: datetime,
    origin: str = Origin.PERSON,
    before: str = "",
    after: str = "",
    **data: Any,
) -> Event:
    place = (subject._meta.label_lower, subject.pk)
    return event_about(place, verb, by=by, at=at, origin=origin, before=before, after=after, **data)


def event_about(
    place: tuple[str, Any],
    /,
    verb: str,
    *,
    by: Any,
    at: datetime,
    origin: str = Origin.PERSON,
    before: str = "",
    after: str = "",
    **data: Any,
) -> Event:
    """As :func:`event_of`, for a subject known by its model's label and its key alone."""
    event = make_event(
        subject_type=place[0],
        subject_id=place[1],
        verb=verb,
        at=at,
        origin=origin if by else (Origin.SYSTEM if origin == Origin.PERSON else origin),
        before=before,
        after=after,
        data={**_carried.get(), **data},
    )
    event.actor = by
    return event


def append(events: Sequence[Event]) -> None:
    """Write events whose subjects are locked already, and let the projections hear of them."""
    write(events)
    tell(events)


def write(events: Sequence[Event]) -> None:
    """The first half of :func:`append`, for subjects whose rows can only be written after it."""
    if len(events) == 1:
        events[0].save(force_insert=True)
    else:
        copy(Event, events)


def tell(events: Sequence[Event]) -> None:
    for projection in projections:
        projection.follow(events)

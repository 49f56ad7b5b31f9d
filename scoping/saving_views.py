"""Saving views: a new one, the same one with other filters, another name or another place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.transaction import atomic

from emdesk.people.models import User
from scoping.facts import Overtaken
from scoping.models import SavedView
from scoping.models.saved_view import normal


def save_as(name: str, *, by: User, at: datetime, **fields: Any) -> SavedView:
    """A new view of this person, behind those they have. ValidationError when it cannot be."""
    last = by.saved_views.order_by("position").last()
    position = last.position + 1 if last else 1
    view = SavedView(owner=by, name=name, position=position, saved_at=at, **fields)
    return _kept(view)


def rewrite(view: SavedView, *, seen: int, at: datetime, **fields: Any) -> SavedView:
    """Change a view that was looked at in version ``seen``; Overtaken when it changed since."""
    with atomic():
        stored = SavedView.objects.select_for_update().get(pk=view.pk)
        if stored.version != seen:
            raise Overtaken({"version": stored.version})
        for name, value in fields.items():
            setattr(stored, name, value)
        stored.version, stored.saved_at = stored.version + 1, at
        return _kept(stored)


def put_first(view: SavedView) -> None:
    """Its owner finds it on top from now on."""
    first = SavedView.objects.filter(owner=view.owner_id).exclude(pk=view.pk)
    with atomic():
        ahead = list(first.select_for_update().order_by("position", "pk"))
        for position, each in enumerate([view, *ahead], start=1):
            SavedView.objects.filter(pk=each.pk).update(position=position)


def _kept(view: SavedView) -> SavedView:
    view.name, view.query = view.name.strip(), normal(view.query)
    view.full_clean()
    with _names_told_apart(), atomic():
        view.save()
    return view


@contextmanager
def _names_told_apart() -> Iterator[None]:
    """Two who choose one name at the same moment: the second is told as if it had come later."""
    try:
        yield
    except IntegrityError:
        raise ValidationError(
            {"name": "There is a view of this name. Choose another one."}
        ) from None

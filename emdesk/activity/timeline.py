"""What happened to a subject and what was said about it, as one list, newest first.

Pages are cut by key (time, kind, number), never by offset, so nothing is shown twice or skipped
while others write.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Self
from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.urls import reverse

from emdesk.activity.models import Comment
from emdesk.activity.sentences import what, who
from emdesk.ledger.models import Event
from emdesk.subjects import rows_about, visible_subjects

PAGE = 25
SHOWN = {"all": "Everything", "notes": "Notes", "changes": "Changes"}
OWN = "activity."
NOTE, CHANGE = 1, 0  # at one and the same moment, the note stands above


@dataclass(frozen=True, order=True)
class Key:
    """Where an entry stands in the list."""

    at: datetime
    kind: int
    pk: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a key from an address; anything else begins at the top."""
        try:
            at, kind, pk = text.split("_")
            key = cls(datetime.fromisoformat(at), int(kind), int(pk))
        except ValueError:
            return None
        return key if key.at.tzinfo else None

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.kind}_{self.pk}"

    def earlier(self, field: str, kind: int) -> Q:
        """Matches the rows of one kind that stand below this key."""
        same = Q(**{field: self.at})
        if kind == self.kind:
            same &= Q(pk__lt=self.pk)
        elif kind > self.kind:
            same = Q(pk__in=[])
        return Q(**{f"{field}__lt": self.at}) | same


@dataclass(frozen=True)
class Entry:
    key: Key
    comment: Comment | None = None
    event: Event | None = None
    who: str = ""
    what: str = ""


@dataclass(frozen=True)
class Timeline:
    """One page of a subject's timeline, and where the next one begins."""

    label: str
    pk: Any
    show: str
    entries: list[Entry]
    next: Key | None

    @property
    def choices(self) -> list[tuple[str, str]]:
        return list(SHOWN.items())

    @property
    def next_url(self) -> str:
        address = reverse("activity:timeline", args=[self.label, self.pk])
        return f"{address}?{urlencode({'show': self.show, 'before': self.next})}"


def timeline(
    subject: models.Model, *, show: str = "all", before: str = "", size: int = PAGE
) -> Timeline:
    """The newest entries about a subject and its kin, from the key ``before`` downwards."""
    show = show if show in SHOWN else "all"
    about = rows_about(visible_subjects.family(subject))
    key = Key.parse(before)
    notes = _notes(about, key)[: size + 1] if show != "changes" else []
    changes = _changes(about, key)[: size + 1] if show != "notes" else []
    return _page(subject, show, notes, changes, size)


def beginning(subject: models.Model, events: Iterable[Event]) -> Timeline:
    """Its first page, for whoever read all events of the subject and its kin already."""
    notes = _notes(rows_about(visible_subjects.family(subject)), None)[: PAGE + 1]
    changes = [event for event in events if not event.verb.startswith(OWN)]
    changes.sort(key=lambda event: (event.at, event.pk), reverse=True)
    return _page(subject, "all", notes, changes[: PAGE + 1], PAGE)


def _page(
    subject: models.Model, show: str, notes: Iterable[Comment], changes: Iterable[Event], size: int
) -> Timeline:
    entries = chain(map(_note, notes), map(_change, changes))
    found = sorted(entries, key=lambda entry: entry.key, reverse=True)
    following = found[size - 1].key if len(found) > size else None
    return Timeline(subject._meta.label_lower, subject.pk, show, found[:size], following)


def _notes(about: Q, key: Key | None) -> models.QuerySet[Comment]:
    rows = Comment.objects.filter(about).as_entries().order_by("-created_at", "-pk")
    return rows.filter(key.earlier("created_at", NOTE)) if key else rows


def _changes(about: Q, key: Key | None) -> models.QuerySet[Event]:
    """Events, less those of this package: comments show themselves, watching shows nothing."""
    rows = Event.objects.filter(about).exclude(verb__startswith=OWN)
    rows = rows.select_related("actor").order_by("-at", "-pk")
    return rows.filter(key.earlier("at", CHANGE)) if key else rows


def _note(comment: Comment) -> Entry:
    return Entry(Key(comment.created_at, NOTE, comment.pk), comment=comment)


def _change(event: Event) -> Entry:
    key = Key(event.at, CHANGE, event.pk)
    return Entry(key, event=event, who=who(event), what=what(event))

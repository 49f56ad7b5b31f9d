"""Rows of this package whose every change is told to the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.db import models
from django.db.transaction import atomic

from emdesk.ledger.recording import lock, record

if TYPE_CHECKING:
    from emdesk.people.models.user import User


class Verbs(NamedTuple):
    """What the ledger calls the making, changing and removing of a row."""

    added: str
    changed: str
    removed: str


class Kept(models.Model):
    """Saved by :meth:`keep` and deleted by :meth:`drop`, each leaving one event."""

    verbs: ClassVar[Verbs]

    class Meta:
        abstract = True

    @property
    def subject(self) -> models.Model:
        """Whose history this row belongs to."""
        return self

    @property
    def facts(self) -> dict[str, Any]:
        """What the ledger is told; a note stays private."""
        return {
            field.name: field.value_from_object(self)
            for field in self._meta.concrete_fields
            if field.name not in ("id", "user", "note")
        }

    @atomic
    def keep(self, *, by: User | None, at: datetime) -> None:
        if self.subject.pk:
            lock(self.subject)
        stored = type(self)._base_manager.filter(pk=self.pk).first()
        self.full_clean()
        self.save()
        if stored is None:
            record(self.subject, self.verbs.added, by=by, at=at, **self.facts)
        elif stored.facts != self.facts:
            record(self.subject, self.verbs.changed, by=by, at=at, **differences(stored, self))

    @atomic
    def drop(self, *, by: User | None, at: datetime) -> None:
        record(self.subject, self.verbs.removed, by=by, at=at, **self.facts)
        self.delete()


def differences(was: Kept, now: Kept) -> dict[str, Any]:
    pairs = {name: [was.facts[name], value] for name, value in now.facts.items()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

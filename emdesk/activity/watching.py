"""Who wants to hear of everything that happens to a subject."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.transaction import atomic

from emdesk.activity.models import Watching
from emdesk.ledger.recording import record
from emdesk.people.models import User


def watches(subject: models.Model, user: User) -> bool:
    return Watching.objects.about(subject).filter(user=user).exists()


@atomic
def watch(subject: models.Model, *, by: User, at: datetime) -> None:
    _, begun = Watching.objects.get_or_create(
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        user=by,
        defaults={"since": at},
    )
    if begun:
        record(subject, "activity.watched", by=by, at=at)


@atomic
def unwatch(subject: models.Model, *, by: User, at: datetime) -> None:
    ended, _ = Watching.objects.about(subject).filter(user=by).delete()
    if ended:
        record(subject, "activity.unwatched", by=by, at=at)

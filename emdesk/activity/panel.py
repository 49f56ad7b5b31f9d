"""Everything the activity part of a subject's page shows, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from emdesk.activity.forms import boxes
from emdesk.activity.timeline import beginning
from emdesk.activity.watching import watches
from emdesk.ledger.models import Event
from emdesk.people.models import User


def panel(subject: models.Model, events: Iterable[Event], *, user: User) -> dict[str, Any]:
    """Context for ``_timeline.html``, ``_composer.html`` and ``_watch.html``.

    ``events`` are all those of the subject and its kin.
    """
    return {
        "label": subject._meta.label_lower,
        "pk": subject.pk,
        "timeline": beginning(subject, events),
        "boxes": boxes(subject, user),
        "watching": watches(subject, user),
    }

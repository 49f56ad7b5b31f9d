"""Everything the activity part of a subject's page shows, in a fixed number of queries."""

from __future__ import annotations

from typing import Any

from django.db import models

from emdesk.activity.forms import boxes
from emdesk.activity.timeline import timeline
from emdesk.activity.watching import watches
from emdesk.people.models import User


def panel(
    subject: models.Model, *, user: User, show: str = "all", before: str = ""
) -> dict[str, Any]:
    """Context for ``_timeline.html``, ``_composer.html`` and ``_watch.html``."""
    return {
        "label": subject._meta.label_lower,
        "pk": subject.pk,
        "timeline": timeline(subject, show=show, before=before),
        "boxes": boxes(subject, user),
        "watching": watches(subject, user),
    }

"""What mails and posts said is removed after a while; that they were sent, to whom and when stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from emdesk.configuration.values import value_of
from emdesk.notifications.models import Mail, SlackPost

PURGE_AFTER = "mail_text_days"
AT_ONCE = 2_000


def purge(at: datetime) -> int:
    """Remove what is older than the setting says, in portions; how many there were."""
    before = at - timedelta(days=value_of(PURGE_AFTER, at.date()))
    mails = Mail.objects.settled().filter(written_at__lt=before).exclude(text="")
    posts = SlackPost.objects.settled().filter(written_at__lt=before).exclude(text="")
    return _emptied(mails, text="", html="") + _emptied(posts, text="")


def _emptied(rows: QuerySet[Any], **empty: str) -> int:
    done = 0
    while found := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        done += rows.model._base_manager.filter(pk__in=found).update(**empty)
    return done

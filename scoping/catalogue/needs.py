"""Needs of customers that the catalogue does not meet yet. Their history is the issue's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.transaction import atomic

from emdesk.ledger.recording import append, event_of, lock
from emdesk.people.models import User
from scoping.models import CustomerNeed, ScopingIssue
from scoping.models.catalogue import NeedStatus

NOTED, ANSWERED = "scoping.need_noted", "scoping.need_answered"


def note_need(
    issue: ScopingIssue, text: str, *, service_key: str = "", by: User, at: datetime
) -> CustomerNeed:
    with atomic():
        lock(issue)
        need = CustomerNeed.objects.create(
            issue=issue, text=text, service_key=service_key, noted_by=by, noted_at=at
        )
        append([event_of(issue, NOTED, by=by, at=at, need=need.pk, text=text)])
    return need


def answer_need(need: CustomerNeed, status: str, answer: str, *, by: User, at: datetime) -> bool:
    """What Practice makes of it; False when that stands already."""
    with atomic():
        lock(need.issue)
        need = CustomerNeed.objects.select_related("issue").get(pk=need.pk)
        if (need.status, need.answer) == (status, answer):
            return False
        need.status, need.answer, need.answered_by, need.answered_at = status, answer, by, at
        need.save()
        label = str(NeedStatus(status).label)
        told: dict[str, Any] = {"need": need.pk, "noted_by": need.noted_by_id}
        append([event_of(need.issue, ANSWERED, by=by, at=at, status=label, answer=answer, **told)])
    return True

"""Saying something about a subject, rewording it, taking it back. Each leaves an event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.transaction import atomic

from emdesk.activity.mentions import keep_mentions, people_called
from emdesk.activity.models import Audience, Comment, CommentEdit
from emdesk.activity.rules import commenters, may_reword, may_withdraw
from emdesk.ledger.models import Origin
from emdesk.ledger.recording import record
from emdesk.people.models import User


@atomic
def comment(
    subject: models.Model,
    body: str,
    *,
    by: User,
    at: datetime,
    audience: str = Audience.INTERNAL,
    origin: str = Origin.PERSON,
) -> Comment:
    if not commenters.allow(subject, by):
        raise PermissionDenied(f"{by} may not comment on {subject}.")
    written = Comment.objects.create(
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        author=by,
        body=body,
        audience=audience,
        created_at=at,
    )
    called = people_called(body)
    keep_mentions(written, called)
    facts = {"audience": audience, "mentions": _keys(called), "roles": list(by.roles)}
    record(subject, "activity.commented", by=by, at=at, origin=origin, comment=written.pk, **facts)
    return written


@atomic
def reword(comment: Comment, subject: models.Model, body: str, *, by: User, at: datetime) -> None:
    """Change what a comment says. What it said before is kept and can be read."""
    comment = _locked(comment)
    if not (may_reword(comment, by) and commenters.allow(subject, by)):
        raise PermissionDenied(f"{by} may not reword this comment.")
    if body == comment.body:
        return
    CommentEdit.objects.create(comment=comment, body=comment.body, by=by, at=at)
    comment.body, comment.edited_at = body, at
    comment.save(update_fields=["body", "edited_at"])
    called = people_called(body)
    keep_mentions(comment, called)
    facts = {"comment": comment.pk, "mentions": _keys(called)}
    record(subject, "activity.comment_edited", by=by, at=at, **facts)


@atomic
def withdraw(comment: Comment, subject: models.Model, *, by: User, at: datetime) -> None:
    """Take a comment back. That something was said stays visible, what it was does not."""
    comment = _locked(comment)
    if not may_withdraw(comment, by):
        raise PermissionDenied(f"{by} may not withdraw this comment.")
    comment.withdrawn_at = at
    comment.save(update_fields=["withdrawn_at"])
    keep_mentions(comment, {})
    record(subject, "activity.comment_withdrawn", by=by, at=at, comment=comment.pk)


def _locked(comment: Comment) -> Comment:
    return Comment.objects.select_for_update().get(pk=comment.pk)


def _keys(called: dict[str, User]) -> list[Any]:
    return sorted({user.pk for user in called.values()})

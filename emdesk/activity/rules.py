"""Who may say something, reword it and take it back."""

from __future__ import annotations

from emdesk.activity.models import Comment
from emdesk.people.models import User
from emdesk.subjects import Rules

commenters = Rules()


def may_reword(comment: Comment, user: User) -> bool:
    return comment.author_id == user.pk and comment.withdrawn_at is None


def may_withdraw(comment: Comment, user: User) -> bool:
    return comment.withdrawn_at is None and (comment.author_id == user.pk or user.leads)

"""Whom a text calls by @handle: the part of the e-mail before the @, or the name with hyphens."""

from __future__ import annotations

from collections import defaultdict

from django.utils.text import slugify

from emdesk.activity.markdown import handles_in
from emdesk.activity.models import Comment, Mention
from emdesk.people.models import User


def people_called(text: str) -> dict[str, User]:
    """The active people a text calls, by handle. A handle that fits two people calls neither."""
    handles = handles_in(text)
    if not handles:
        return {}
    bearers: defaultdict[str, list[User]] = defaultdict(list)
    for user in User.objects.active():
        for handle in handles & handles_of(user):
            bearers[handle].append(user)
    return {handle: users[0] for handle, users in bearers.items() if len(users) == 1}


def handles_of(user: User) -> set[str]:
    return {user.email.partition("@")[0].lower(), slugify(user.name)}


def keep_mentions(comment: Comment, called: dict[str, User]) -> None:
    """Make the stored mentions those of the text as it reads now."""
    comment.mentions.exclude(handle__in=called).delete()
    Mention.objects.bulk_create(
        [Mention(comment=comment, handle=handle, user=user) for handle, user in called.items()],
        ignore_conflicts=True,
    )

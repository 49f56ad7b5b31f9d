"""What people say about a subject, whom they call by name, and who keeps watch over it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

from emdesk.subjects import AboutQuerySet

LONGEST_BODY = 20_000


class Audience(models.TextChoices):
    """Who a comment is written for. Both are read by colleagues only; the word is the warning."""

    INTERNAL = "internal", "Internal"
    CUSTOMER = "customer", "Customer-visible"


class CommentQuerySet(AboutQuerySet["Comment"]):
    def as_entries(self) -> Self:
        """With all that ``_comment.html`` reads, in a fixed number of queries."""
        called = Prefetch("mentions", Mention.objects.select_related("user"))
        return self.select_related("author").prefetch_related(called)


class WatchingQuerySet(AboutQuerySet["Watching"]):
    """Who watches what."""


CommentManager = models.Manager.from_queryset(CommentQuerySet)
WatchingManager = models.Manager.from_queryset(WatchingQuerySet)


class Comment(models.Model):
    """A remark in Markdown. It can be reworded or withdrawn, but not made unsaid."""

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    body = models.TextField()
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.INTERNAL)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[CommentManager[Comment]] = CommentManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(LessThanOrEqual(Length("body"), LONGEST_BODY)) & ~Q(body=""),
                name="activity_comment_says_something_short",
            ),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values), name="activity_comment_known_audience"
            ),
            models.CheckConstraint(
                condition=Q(edited_at=None) | Q(edited_at__gte=F("created_at")),
                name="activity_comment_edited_after_written",
            ),
        ]
        indexes = [
            models.Index(
                fields=["subject_type", "subject_id", "-created_at", "-id"],
                name="activity_comment_timeline",
            ),
        ]

    def __str__(self) -> str:
        return f"Comment {self.pk} on {self.subject_type} {self.subject_id}"

    @property
    def people(self) -> dict[str, str]:
        """The names of those it calls, by handle."""
        return {mention.handle: str(mention.user) for mention in self.mentions.all()}


class CommentEdit(models.Model):
    """What a comment said before it was reworded."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="edits")
    body = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Comment {self.comment_id} until {self.at}"


class Mention(models.Model):
    """A person called by @handle in a comment, as it reads now."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mentions")
    handle = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "handle"], name="activity_mention_one_person_a_handle"
            ),
        ]

    def __str__(self) -> str:
        return f"@{self.handle} in comment {self.comment_id}"


class Watching(models.Model):
    """Somebody wants to hear of everything that happens to a subject."""

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    since = models.DateTimeField()

    objects: ClassVar[WatchingManager[Watching]] = WatchingManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "user"], name="activity_watching_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} watches {self.subject_type} {self.subject_id}"

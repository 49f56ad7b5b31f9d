"""Notices and the mails that carry them, each with how far it has got."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from emdesk.ledger.models import Event
from emdesk.notifications.kinds import By, Kind, kinds
from emdesk.people.models import User


def person(**options: Any) -> models.ForeignKey[User, User]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **options)


class NotificationQuerySet(models.QuerySet["Notification"]):
    def lying(self, user: User, at: datetime) -> Self:
        """What lies in this person's inbox: not done with, and not put off beyond now."""
        awake = Q(snoozed_until=None) | Q(snoozed_until__lte=at)
        return self.filter(awake, recipient=user, inbox=True, done_at=None)

    def unread(self) -> Self:
        return self.filter(seen_at=None)

    def to_digest(self) -> Self:
        return self.filter(digest=True, digested_at=None)


NotificationManager = models.Manager.from_queryset(NotificationQuerySet)


class Notification(models.Model):
    """One person hears of one event: in the inbox, in a digest, or both.

    ``because`` reads on from “You get this because”. ``meant_for`` is the person whose stand-in
    the recipient is. A second pass over the same event finds the ``key`` taken.
    """

    key = models.CharField(max_length=100, unique=True)
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", db_constraint=False)
    recipient = person(db_index=False)
    meant_for = person(null=True)
    kind = models.CharField(max_length=30)
    because = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    at = models.DateTimeField()

    inbox = models.BooleanField()
    seen_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    digest = models.BooleanField()
    digested_at = models.DateTimeField(null=True)

    objects: ClassVar[NotificationManager[Notification]] = NotificationManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(digested_at=None) | Q(digest=True),
                name="notifications_digested_was_to_be",
            ),
        ]
        indexes = [
            models.Index(
                fields=["recipient", "-at"],
                name="notifications_inbox",
                condition=Q(inbox=True, done_at=None),
            ),
            models.Index(
                fields=["recipient", "-done_at"],
                name="notifications_done",
                condition=Q(inbox=True, done_at__isnull=False),
            ),
            models.Index(
                fields=["recipient"],
                name="notifications_to_digest",
                condition=Q(digest=True, digested_at=None),
            ),
            models.Index(fields=["event"], name="notifications_of_event"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.recipient_id} about {self.subject_type} {self.subject_id}"


class MailQuerySet(models.QuerySet["Mail"]):
    def unsettled(self) -> Self:
        return self.filter(sent_at=None, dead_at=None, withdrawn_at=None)

    def due(self, at: datetime) -> Self:
        return self.unsettled().filter(next_at__lte=at).order_by("next_at", "pk")

    def dead(self) -> Self:
        return self.filter(dead_at__isnull=False)


MailManager = models.Manager.from_queryset(MailQuerySet)
UNSETTLED = Q(sent_at=None, dead_at=None, withdrawn_at=None)


def new_message_id() -> str:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("<> ") or "emdesk"
    return f"<{uuid4()}@{domain}>"


class Mail(models.Model):
    """A mail to one address, as it was written, and how far it has got.

    It leaves at ``next_at``, first at ``leaves_at``. Whoever sends it holds it by ``token`` until
    ``next_at``. ``sending_since`` stands while it is handed over, so that a sender who died then
    is known of: such a mail may have arrived, ``unknown_outcomes`` counts that, and the next copy
    carries the same ``message_id``.
    """

    key = models.CharField(max_length=100, unique=True)
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    recipient = person(null=True)
    kind = models.CharField(max_length=30)
    address = models.EmailField()
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers: models.JSONField[Any, dict[str, str]] = models.JSONField(default=dict)
    message_id = models.CharField(max_length=200, default=new_message_id)
    written_at = models.DateTimeField()
    leaves_at = models.DateTimeField()

    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.UUIDField(null=True)
    sending_since = models.DateTimeField(null=True)
    unknown_outcomes = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[MailManager[Mail]] = MailManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None, dead_at=None)
                | Q(sent_at=None, withdrawn_at=None)
                | Q(dead_at=None, withdrawn_at=None),
                name="notifications_mail_ends_one_way",
            ),
            models.CheckConstraint(
                condition=Q(leaves_at__gte=F("written_at")),
                name="notifications_mail_leaves_after_it_is_written",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"], name="notifications_mail_due", condition=UNSETTLED
            ),
            models.Index(fields=["recipient", "-id"], name="notifications_mail_to"),
            models.Index(
                fields=["event"],
                name="notifications_mail_of_event",
                condition=Q(event__isnull=False),
            ),
            models.Index(
                fields=["-dead_at"],
                name="notifications_mail_dead",
                condition=Q(dead_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.address}"

    @property
    def waits(self) -> bool:
        return not (self.sent_at or self.dead_at or self.withdrawn_at)


class Preferences(models.Model):
    """What a person wants to hear how: channels by kind, quiet hours, the hour of the digest.

    ``wishes`` holds only what they chose themselves: ``{kind: {"inbox": bool, "mail": word}}``.
    Hours are those of their own time zone.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="preferences"
    )
    wishes: models.JSONField[Any, dict[str, dict[str, Any]]] = models.JSONField(
        default=dict, blank=True
    )
    quiet_from = models.TimeField(null=True, blank=True, default=time(20))
    quiet_until = models.TimeField(null=True, blank=True, default=time(7))
    digest_hour = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(23)])

    class Meta:
        verbose_name_plural = "preferences"
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="notifications_quiet_from_and_until",
            ),
            models.CheckConstraint(
                condition=Q(digest_hour__lte=23), name="notifications_digest_hour"
            ),
        ]

    def __str__(self) -> str:
        return f"Preferences of {self.user_id}"

    def inbox(self, kind: Kind) -> bool:
        return kind.pierces or bool(self.wishes.get(kind.key, {}).get("inbox", kind.inbox))

    def mail(self, kind: Kind) -> str:
        return str(self.wishes.get(kind.key, {}).get("mail", kind.mail))

    def wish(self, kind: str, mail: By) -> None:
        """Change the way one kind is mailed; the row is not saved yet."""
        self.wishes = {**self.wishes, kind: {**self.wishes.get(kind, {}), "mail": str(mail)}}

    def matrix(self) -> list[tuple[Kind, bool, str]]:
        return [(each, self.inbox(each), self.mail(each)) for each in kinds.values()]


class Mute(models.Model):
    """A person wants to hear no more of one record, unless they are called by name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mutes")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "subject_type", "subject_id"], name="notifications_mute_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} mutes {self.subject_type} {self.subject_id}"

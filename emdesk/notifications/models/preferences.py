"""What people chose to hear of, and how."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from emdesk.notifications.kinds import By, Kind, kinds


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

    slack_member = models.CharField(
        "member ID in Slack",
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^[UW][A-Z0-9]{6,18}\Z", "Such an ID looks like U024BE7LH.")],
        help_text="Posts about you call you by it. In Slack: your profile, More, Copy member ID.",
    )

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

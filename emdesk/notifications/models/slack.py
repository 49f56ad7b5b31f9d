"""Channels of Slack, and what is posted to them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models

from emdesk import outbound
from emdesk.notifications.models.outgoing import Outgoing, OutgoingQuerySet


def posts_outside(url: str) -> None:
    """A host named by a number is judged here; any other whenever something is sent there."""
    try:
        host = str(outbound.split(url).hostname)
    except ValueError as wrong:
        raise ValidationError(str(wrong)) from None
    try:
        public = outbound.is_public(host)
    except ValueError:
        public = "." in host and not host.endswith((".localhost", ".local", ".internal"))
    if not public:
        raise ValidationError("Name a host outside our own network, such as hooks.slack.com.")


class SlackChannel(models.Model):
    """Where the desk posts events of the chosen kinds. ``webhook`` is a secret: whoever has it posts.

    Without ``tells_details`` a post names the record and what happened, and no amount.
    """

    name = models.CharField(
        max_length=80, unique=True, help_text="As it is called in Slack, such as #ps-desk."
    )
    webhook = models.CharField("webhook address", max_length=500, validators=[posts_outside])
    kinds = ArrayField(models.CharField(max_length=30), verbose_name="events", default=list)
    tells_details = models.BooleanField(
        "whole sentences, which may name amounts",
        default=False,
        help_text="Without, a post names the issue and what happened to it, and no amount.",
    )
    is_on = models.BooleanField("on", default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SlackPostQuerySet(OutgoingQuerySet["SlackPost"]):
    """Posts."""


SlackPostManager = models.Manager.from_queryset(SlackPostQuerySet)


class SlackPost(Outgoing):
    """A message to one channel, as it was written."""

    channel = models.ForeignKey(SlackChannel, models.PROTECT, related_name="posts")
    text = models.TextField()

    objects: ClassVar[models.Manager[SlackPost]] = SlackPostManager()

    class Meta(Outgoing.Meta):
        pass

    def __str__(self) -> str:
        return f"Post {self.pk} to {self.channel_id}"

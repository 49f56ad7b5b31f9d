"""Kinds of notices: what a person chooses channels for. Upper packages add their own."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models


class By(models.TextChoices):
    """How a notice reaches a mailbox."""

    NOW = "now", "At once"
    DIGEST = "digest", "In the digest"
    NEVER = "never", "Never"


class Tab(models.TextChoices):
    """What the inbox can be narrowed to."""

    MENTIONS = "mentions", "Mentions"
    APPROVALS = "approvals", "Approvals"
    SLA = "sla", "SLA"


@dataclass(frozen=True)
class Kind:
    """A row of the matrix, with what holds until a person says otherwise.

    What is ``personal`` concerns one person alone and is posted to no channel. What ``pierces`` is not held back by quiet hours, an absence or a mute, and always stands in
    the inbox. What is ``called`` names the person, so a mute does not hold it back either.
    """

    key: str
    name: str
    help: str
    mail: By = By.NOW
    inbox: bool = True
    tab: str = ""
    pierces: bool = False
    called: bool = False
    personal: bool = False


kinds: dict[str, Kind] = {}


def kind(
    key: str,
    name: str,
    help: str,  # noqa: A002 (what it is in forms)
    mail: By = By.NOW,
    *,
    inbox: bool = True,
    tab: str = "",
    pierces: bool = False,
    called: bool = False,
    personal: bool = False,
) -> str:
    """Add a kind at the end of the matrix, and give its key back."""
    kinds[key] = Kind(key, name, help, mail, inbox, tab, pierces, called, personal)
    return key


def of_tab(tab: str) -> list[str]:
    return [each.key for each in kinds.values() if each.tab == tab]


MENTION = kind(
    *("mention", "You are mentioned", "Somebody calls you by @name in a comment."),
    tab=Tab.MENTIONS,
    called=True,
    personal=True,
)
TALK = kind("talk", "Comments", "On issues that are yours or that you work on.", By.DIGEST)
WATCHED = kind(
    *("watched", "What you watch", "Everything else on records you watch.", By.DIGEST),
    personal=True,
)
STANDING_IN = kind(
    *("standing_in", "Standing in", "Somebody is away and names you."),
    called=True,
    personal=True,
)
RETURNED = kind(
    *("returned", "Mail that came back", "A mail about your issue could not be delivered."),
    By.NEVER,
    called=True,
    personal=True,
)

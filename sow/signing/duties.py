"""The duty signatures bring to the account team's day: naming who signs for the customer."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from emdesk.desk.duties import Button
from scoping.awaited import Awaited, awaited
from scoping.rules import SPEAK_THEMSELVES
from sow.models import Signer, SignerTurn, Signing, SigningSide

named = Signer.objects.filter(signing=OuterRef("pk"), side=SigningSide.CUSTOMER)
unrouted = Signing.objects.out().filter(
    ~Exists(named.exclude(turn=SignerTurn.DROPPED)),
    statement__issue=OuterRef("pk"),
    where="",
)
awaited.append(
    Awaited(
        condition=Q(Exists(unrouted), communication_owner__in=SPEAK_THEMSELVES),
        verb="Route the customer's signature of",
        reason="Its SOW is out for signature; nobody of the customer is named yet",
        button=lambda issue: Button("Name them", reverse("sow:route", args=[issue.pk])),
    )
)

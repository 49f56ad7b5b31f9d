"""Signatures on a stamped statement of work: who signs, in which order, and how far it is."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from emdesk.calendars.zones import valid_time_zone
from emdesk.people.models import User
from sow.models.document import Document, Stamp
from sow.models.statement import StatementOfWork


class Progress(models.TextChoices):
    """How a signing stands."""

    OUT = "out", "Out for signature"
    SIGNED = "signed", "Signed by all"
    EXECUTED = "executed", "Executed"
    DECLINED = "declined", "Declined"
    RECALLED = "recalled", "Recalled"
    VOIDED = "voided", "Replaced"
    EXPIRED = "expired", "Expired"


class SigningSide(models.TextChoices):
    OURS = "ours", "Our side"
    CUSTOMER = "customer", "Customer"


class Place(models.TextChoices):
    """Where the signatures are given: here, or with a service that tells us of them."""

    HERE = "", "Here"
    DOCUSIGN = "docusign", "DocuSign"
    DOCUMENSO = "documenso", "Documenso"
    DOCUSEAL = "docuseal", "DocuSeal"
    PAPER = "paper", "On paper or elsewhere"


class SignerTurn(models.TextChoices):
    LATER = "later", "Not their turn yet"
    ASKED = "asked", "Asked"
    SIGNED = "signed", "Signed"
    DECLINED = "declined", "Declined"
    DROPPED = "dropped", "Not asked any more"


WELL = Q(standing__in=[Progress.OUT, Progress.SIGNED, Progress.EXECUTED])


def somebody() -> models.ForeignKey[User | None, User | None]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")


class SigningQuerySet(models.QuerySet["Signing"]):
    def out(self) -> Self:
        return self.filter(standing=Progress.OUT)

    def with_signers(self) -> Self:
        """With all that a page names of them, in two queries."""
        return self.select_related("sent_by", "routed_by", "stamp__version").prefetch_related(
            models.Prefetch("signers", Signer.objects.select_related("user", "signed_by"))
        )


SigningManager = models.Manager.from_queryset(SigningQuerySet)


class Signing(models.Model):
    """One stamped file, sent to people who sign it; ``sha256`` is that file's.

    The customer's side comes at ``customer_place``, and is named by who ``routed`` it.
    """

    statement = models.ForeignKey(StatementOfWork, models.PROTECT, related_name="signings")
    stamp = models.ForeignKey(Stamp, models.PROTECT, related_name="signings")
    sha256 = models.CharField(max_length=64)
    standing = models.CharField(max_length=8, choices=Progress, default=Progress.OUT)
    where = models.CharField(max_length=10, choices=Place, blank=True)
    envelope = models.CharField(max_length=100, blank=True)
    customer_place = models.PositiveSmallIntegerField(default=2)
    note = models.CharField(max_length=500, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    routed_by = somebody()
    expires_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=500, blank=True)
    executed: models.OneToOneField[Document | None, Document | None] = models.OneToOneField(
        Document, models.PROTECT, null=True, related_name="executed_signing"
    )

    objects: ClassVar[SigningManager[Signing]] = SigningManager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["statement"], condition=WELL, name="sow_one_signing"),
            models.UniqueConstraint(
                fields=["where", "envelope"], condition=~Q(envelope=""), name="sow_one_envelope"
            ),
            models.CheckConstraint(
                condition=Q(standing=Progress.OUT, ended_at=None)
                | (~Q(standing=Progress.OUT) & Q(ended_at__isnull=False)),
                name="sow_signing_ended",
            ),
            models.CheckConstraint(
                condition=Q(standing=Progress.EXECUTED, executed__isnull=False)
                | (~Q(standing=Progress.EXECUTED) & Q(executed=None)),
                name="sow_signing_executed",
            ),
            models.CheckConstraint(
                condition=Q(standing__in=Progress.values, where__in=Place.values),
                name="sow_signing_words",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="sow_signing_out",
                condition=Q(standing=Progress.OUT),
            )
        ]

    def __str__(self) -> str:
        return f"Signing of {self.statement}"

    @property
    def out(self) -> bool:
        return self.standing == Progress.OUT

    @property
    def here(self) -> bool:
        return self.where == Place.HERE


class Signer(models.Model):
    """Somebody who signs. Those of one ``place`` are asked at the same time.

    On our side ``user`` is asked and signs signed in; a customer by a link, with a code by mail.
    What was signed stays: the database lets nobody change it.
    """

    signing = models.ForeignKey(Signing, models.PROTECT, related_name="signers")
    place = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=8, choices=SigningSide)
    user = somebody()
    name = models.CharField(max_length=120)
    email = models.EmailField()
    time_zone = models.CharField(max_length=50, default="UTC", validators=[valid_time_zone])
    turn = models.CharField(max_length=8, choices=SignerTurn, default=SignerTurn.LATER)
    asked_at = models.DateTimeField(null=True)
    reminded = models.PositiveSmallIntegerField(default=0)
    remind_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)

    done_at = models.DateTimeField(null=True)
    signed_by = somebody()
    typed = models.CharField(max_length=120, blank=True)
    strokes: models.JSONField[Any, Any] = models.JSONField(default=list)
    consent = models.CharField(max_length=500, blank=True)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(turn__in=SignerTurn.values, side__in=SigningSide.values),
                name="sow_signer_words",
            ),
            models.CheckConstraint(
                condition=Q(turn__in=[SignerTurn.SIGNED, SignerTurn.DECLINED])
                & Q(done_at__isnull=False)
                | ~Q(turn__in=[SignerTurn.SIGNED, SignerTurn.DECLINED]) & Q(done_at=None),
                name="sow_signer_done",
            ),
            models.CheckConstraint(
                condition=~Q(turn=SignerTurn.DECLINED) | ~Q(reason=""),
                name="sow_no_declining_without_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["remind_at"],
                name="sow_signer_to_remind",
                condition=Q(turn=SignerTurn.ASKED),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ours(self) -> bool:
        return self.side == SigningSide.OURS

    @property
    def asked(self) -> bool:
        return self.turn == SignerTurn.ASKED

    @property
    def signed(self) -> bool:
        return self.turn == SignerTurn.SIGNED

    @property
    def path(self) -> str:
        """The drawn signature as the path of an SVG picture, from checked numbers alone."""
        return " ".join(
            "M" + " L".join(f"{int(x)} {int(y)}" for x, y in stroke) for stroke in self.strokes
        )


class SignerLink(models.Model):
    """An address that finds a signer's page for a while. Only the hash of its secret is kept.

    ``code`` is the hash of the code mailed last, until it was typed.
    """

    signer = models.ForeignKey(Signer, models.PROTECT, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    code = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"Link of {self.signer_id}"

"""The CRM's opportunity as emdesk mirrors it (domain.md §4.2, §4.3)."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import ExpressionWrapper, F, Func, Q, Value
from django.db.models.functions import Coalesce, NullIf, Upper
from django.urls import reverse

from emdesk.configuration.currencies import desk_currency, sheets_until
from emdesk.money import Money
from emdesk.people.models import Role, Segment, User
from scoping.models import worth
from scoping.models.account import Account
from scoping.rules import sees_every_issue

SERVICES_ONLY = "Professional Services Only"


class Stage(models.TextChoices):
    PENDING = "0", "0-Pending Acceptance"
    DISCOVERY = "1", "1-Discovery"
    SCOPING = "2", "2-Scoping"
    EVALUATION = "3", "3-Technical Evaluation"
    PROPOSAL = "4", "4-Proposal"
    NEGOTIATING = "5", "5-Negotiating"
    AWAITING_SIGNATURE = "6", "6-Awaiting Signature"
    CLOSING = "7", "7-Closing"
    WON = "won", "Closed Won"
    LOST = "lost", "8-Closed Lost"
    UNQUALIFIED = "9", "9-Unqualified"
    DUPLICATE = "10", "10-Duplicate"


UNDER_WAY = (
    Stage.PENDING,
    Stage.DISCOVERY,
    Stage.SCOPING,
    Stage.EVALUATION,
    Stage.PROPOSAL,
    Stage.NEGOTIATING,
    Stage.AWAITING_SIGNATURE,
)
CLOSED = (Stage.WON, Stage.LOST)
UNCOUNTED = (Stage.UNQUALIFIED, Stage.DUPLICATE)


class Confidence(models.TextChoices):
    """The engagement manager's word on whether, and when, a deal closes won."""

    GREY = "grey", "Grey"
    RED = "red", "Red"
    AMBER = "amber", "Amber"
    GREEN = "green", "Green"


class ForecastCategory(models.TextChoices):
    """The account executive's forecast; Salesforce also spells Commit as Forecast."""

    OMITTED = "omitted", "Omitted"
    PIPELINE = "pipeline", "Pipeline"
    BEST_CASE = "best_case", "Best Case"
    COMMIT = "commit", "Commit"
    CLOSED = "closed", "Closed"


def _told(rule: Q | bool) -> Any:  # noqa: FBT001 (a rule may be the same for all)
    answer: Any = models.BooleanField()
    if isinstance(rule, bool):
        return Value(rule, output_field=answer)
    return ExpressionWrapper(rule, output_field=answer)


def amount_field(name: str, help_text: str = "") -> models.DecimalField[Any, Any]:
    """An amount in the deal's own currency."""
    return models.DecimalField(
        name, max_digits=14, decimal_places=2, null=True, blank=True, help_text=help_text
    )


class OpportunityQuerySet(models.QuerySet["Opportunity"]):
    def visible_to(self, user: User) -> Self:
        """Every deal for those who see every issue; for the others those of issues they see."""
        if sees_every_issue(user):
            return self
        issues: Any = self.model._meta.get_field("issues").related_model
        return self.filter(pk__in=issues.objects.visible_to(user).values("opportunity"))

    def worked_by(self, user: User) -> Self:
        """One's own: as the deal's EM, or as that of an issue of it."""
        return self.filter(self._own(user))

    def _own(self, user: User) -> Q:
        issues: Any = self.model._meta.get_field("issues").related_model
        theirs = issues.objects.filter(engagement_manager=user).values("opportunity")
        return Q(engagement_manager=user) | Q(pk__in=theirs)

    def with_rights(self, user: User) -> Self:
        """With what ``user`` may do, as the rules say it of one deal.

        ``own``: the deal is theirs as an EM; ``judges``: they may give the EM's word, a lead with
        a reason; ``advances``: they may change stage, close date and quote.
        """
        own: Q | bool = user.has(Role.EM) and self._own(user)
        return self.annotate(
            own=_told(own),
            judges=_told(user.leads or own),
            advances=_told(user.has(Role.DEAL_DESK) or self._advanced(user)),
        )

    def _advanced(self, user: User) -> Q | bool:
        if not user.has(Role.ACCOUNT_TEAM):
            return False
        issues: Any = self.model._meta.get_field("issues").related_model
        team = issues.objects.filter(Q(requester=user) | Q(account_team=user))
        return Q(stage__in=UNDER_WAY, pk__in=team.values("opportunity"))

    def in_region(self) -> Self:
        """With ``region``: the office that sells it, else where its segment lies."""
        words: Any = models.CharField()
        parts = (F("segment__name"), Value("_"), Value(2))
        place = Upper(Func(*parts, function="split_part", output_field=words))
        known = Coalesce(NullIf(F("office"), Value("")), place, Value(""), output_field=words)
        return self.annotate(region=known)

    def counted(self) -> Self:
        """Those that stand in figures: not deleted in the CRM, neither duplicates nor unqualified."""
        return self.filter(deleted=False).exclude(stage__in=UNCOUNTED)

    def valued(self, on: date, currency: str = "") -> Self:
        """With ``booking_value`` in each deal's currency and ``desk_value`` in the desk's.

        ``rate`` leads from the one to the other: for a closed deal that of its close date, else
        that of ``on``. Without a rate ``desk_value`` is null: the deal counts and is not priced.
        ``education_value`` is the part of the booking that is education (domain.md §10.4).
        """
        currency = currency or desk_currency(on)
        found = self.annotate(
            booking_value=worth.booking_value(), education_value=worth.education_value()
        )
        rate = worth.rate(sheets_until(on), on, currency, CLOSED)
        return found.annotate(rate=rate).annotate(desk_value=worth.desk_value())


OpportunityManager = models.Manager.from_queryset(OpportunityQuerySet)


class Opportunity(models.Model):
    """A deal for services. Its close date says which quarter a closed issue counts in.

    ``source`` names the CRM it came from and ``imported`` holds what that CRM said last, so that
    what people changed here since is told apart and kept.
    """

    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="opportunities")
    name = models.CharField(max_length=200)
    external_id = models.CharField(max_length=40, blank=True)
    stage = models.CharField(max_length=4, choices=Stage, default=Stage.PENDING)
    close_date = models.DateField(null=True, blank=True)

    source = models.CharField(max_length=12, blank=True)
    record_type = models.CharField(max_length=60, blank=True)
    parent = models.CharField("parent opportunity", max_length=300, blank=True)
    stage_name = models.CharField(max_length=80, blank=True)
    owner = models.CharField(max_length=120, blank=True)
    office = models.CharField(max_length=80, blank=True)
    engagement_manager: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="deals"
    )
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, blank=True)
    kind = models.CharField(max_length=80, blank=True)
    product = models.CharField(max_length=80, blank=True)
    engaged_on = models.DateField(null=True, blank=True)
    amount = amount_field("amount")
    services_value = amount_field("professional services value")
    quoted_value = amount_field("Proserve amount", "What the account executive quoted.")
    edu_value = amount_field("Edu services value", "The education part of the quote.")
    edu_override = amount_field(
        "Edu value override", "Your own figure for education. It stands above the quote's."
    )
    investment_value = amount_field(
        "investment services value", "Approved, and no longer part of the services value."
    )
    expected_revenue = amount_field("expected revenue")
    probability = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="USD")
    forecast_category = models.CharField(max_length=10, choices=ForecastCategory, blank=True)
    confidence = models.CharField(max_length=5, choices=Confidence, default=Confidence.GREY)
    confidence_rationale = models.TextField(blank=True, max_length=2_000)
    judged_at = models.DateTimeField(null=True, blank=True, editable=False)
    push_count = models.PositiveSmallIntegerField(default=0, editable=False)
    help_needed = models.CharField(max_length=500, blank=True)
    next_step = models.CharField(max_length=500, blank=True)
    notes = models.TextField(blank=True, max_length=50_000)
    modified_at = models.DateTimeField(null=True, blank=True)
    deleted = models.BooleanField(default=False)
    imported: models.JSONField[Any, dict[str, Any]] = models.JSONField(
        default=dict, blank=True, encoder=DjangoJSONEncoder
    )

    objects: ClassVar[OpportunityManager[Opportunity]] = OpportunityManager()

    class Meta:
        verbose_name_plural = "opportunities"
        ordering = ["close_date", "pk"]
        indexes = [
            models.Index(
                fields=["close_date"],
                condition=models.Q(deleted=False),
                name="scoping_opportunity_closes",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage__in=Stage.values), name="scoping_opportunity_known_stage"
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~models.Q(external_id=""),
                name="scoping_opportunity_one_per_crm_id",
            ),
            models.CheckConstraint(
                condition=~models.Q(stage__in=[Stage.WON, Stage.LOST])
                | models.Q(close_date__isnull=False),
                name="scoping_opportunity_closed_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("scoping:opportunity", args=[self.pk])

    @property
    def value(self) -> Money | None:
        """What is booked when it closes won, in its own currency: quoted, else expected.

        A quote of nothing is none: the CRM writes it before there is one.
        """
        known = (self.services_value, self.amount)
        given = self.quoted_value or next((each for each in known if each is not None), None)
        return None if given is None else Money(given, self.currency)

    @property
    def education(self) -> Money | None:
        """The part of it that is education; the EM's own figure stands above the quote's."""
        given = self.edu_value if self.edu_override is None else self.edu_override
        return None if given is None else Money(given, self.currency)

    @property
    def investment(self) -> Money | None:
        """Services given away once approved; never part of a booking."""
        return (
            None if self.investment_value is None else Money(self.investment_value, self.currency)
        )

    @property
    def under_way(self) -> bool:
        """Neither handed in nor ended: its owner may still change it (domain.md §4.3)."""
        return self.stage in UNDER_WAY

    @property
    def won(self) -> bool:
        return self.stage == Stage.WON

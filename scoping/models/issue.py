"""The scoping issue: a request to scope services work, from the calculator to won or lost."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django_fsm import RETURN_VALUE, FSMField

from emdesk.money import Money
from emdesk.people.models import Segment, User
from emdesk.workflow import Workflow, transition
from scoping.models.account import Account
from scoping.models.finding import BOARD_ORDER, ScopingIssueQuerySet
from scoping.models.opportunity import Opportunity
from scoping.rules import approves, approves_or_works, closes, works_issue
from scoping.states import (
    LIVE,
    LOST_REASONS,
    UNCOUNTED_REASONS,
    WON_REASONS,
    WORKED,
    Agreement,
    ArchitectHelp,
    CloseReason,
    CommunicationOwner,
    EmStatus,
    Outcome,
    Review,
    Service,
    State,
    WaitingOn,
    closing_of_order,
)

ScopingIssueManager = models.Manager.from_queryset(ScopingIssueQuerySet)


def word(choices: type[models.TextChoices], length: int = 20) -> models.CharField[str, str]:
    """A field that holds one of these words, or nothing yet."""
    return models.CharField(max_length=length, choices=choices, blank=True)


def person(**options: Any) -> models.ForeignKey[User | None, User | None]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, **options
    )


class ScopingIssue(Workflow):
    """Where the EM gathers needs, decisions and the way to a signed SOW; or to a change of one."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="issues")
    opportunity = models.ForeignKey(
        Opportunity, models.PROTECT, null=True, blank=True, related_name="issues"
    )
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=50_000)
    created_at = models.DateTimeField()
    state = FSMField(choices=State.choices, default=State.OPEN, protected=True)

    segment = models.ForeignKey(Segment, models.PROTECT, null=True, blank=True)
    engagement_manager = person(related_name="scoping_issues", db_index=False)
    requester = person(related_name="+")
    account_team = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    technical_architect = person(related_name="+")
    delivery_manager = person(related_name="+")
    project_manager = person(related_name="+")

    communication_owner = word(CommunicationOwner)
    communication_agreed_with = models.CharField(max_length=200, blank=True)
    em_status = word(EmStatus)
    em_status_at = models.DateTimeField(null=True, blank=True)
    waiting_on = word(WaitingOn)
    expected_value = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(max_length=3, default="USD")
    next_step = models.CharField(max_length=200, blank=True)
    next_step_date = models.DateField(null=True, blank=True)
    next_step_owner = person(related_name="+")
    current_state = models.CharField(max_length=500, blank=True)
    services = ArrayField(
        models.CharField(max_length=20, choices=Service), default=list, blank=True
    )
    agreement = models.CharField(max_length=20, choices=Agreement, default=Agreement.UNKNOWN)

    services_calculator = models.BooleanField(default=False)
    public_sector = models.BooleanField(default=False)
    architect_help = word(ArchitectHelp)
    architect_review = word(Review)
    delivery_review = word(Review)
    free_labels = ArrayField(models.CharField(max_length=100), default=list, blank=True)

    held_from = word(State, 30)
    hold_reason = models.CharField(max_length=300, blank=True)
    review_date = models.DateField(null=True, blank=True)
    closed_from = word(State, 30)
    outcome = word(Outcome)
    close_reason = word(CloseReason)
    close_note = models.CharField(max_length=500, blank=True)
    close_quarter = models.CharField(max_length=4, blank=True)
    close_to_note = models.BooleanField(default=False, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    revives = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="revivals"
    )
    amends = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="amendments"
    )
    changed_in = models.BigIntegerField(default=0, editable=False)

    objects: ClassVar[ScopingIssueManager[ScopingIssue]] = ScopingIssueManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="scoping_issue_known_state"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=State.CLOSED, outcome__in=Outcome.values)
                    & Q(close_quarter__regex=r"^Q[1-4]\d\d$")
                    & ~Q(close_reason="")
                )
                | Q(
                    state=State.CLOSED,
                    outcome="",
                    close_quarter="",
                    close_reason__in=UNCOUNTED_REASONS,
                )
                | Q(~Q(state=State.CLOSED), outcome="", close_quarter="", close_reason=""),
                name="scoping_issue_closed_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome="")
                | Q(outcome=Outcome.WON, close_reason__in=WON_REASONS)
                | Q(outcome=Outcome.LOST, close_reason__in=LOST_REASONS),
                name="scoping_issue_reason_fits_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ON_HOLD)
                | (~Q(hold_reason="") & Q(review_date__isnull=False) & Q(held_from__in=WORKED)),
                name="scoping_issue_held_until",
            ),
            models.CheckConstraint(
                condition=Q(em_status="") | ~Q(state=State.CLOSED),
                name="scoping_issue_status_only_while_live",
            ),
            models.CheckConstraint(
                condition=Q(close_to_note=False) | Q(state=State.CLOSED),
                name="scoping_issue_only_a_close_is_noted",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(close_reason=CloseReason.MERGED),
                name="scoping_issue_merged_is_closed",
            ),
        ]
        indexes = [
            models.Index("state", *BOARD_ORDER, name="scoping_issue_column"),
            models.Index("engagement_manager", "state", *BOARD_ORDER, name="scoping_issue_desk"),
            models.Index(fields=["changed_in"], name="scoping_issue_changed"),
            models.Index(
                fields=["state", "currency"],
                include=["expected_value", "entered_state_at"],
                name="scoping_issue_heads",
            ),
            models.Index(
                fields=["close_quarter"],
                name="scoping_issue_closed_in",
                condition=~Q(close_quarter=""),
            ),
            models.Index(
                fields=["engagement_manager"],
                name="scoping_issue_close_to_note",
                condition=Q(close_to_note=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.account.name}"

    def get_absolute_url(self) -> str:
        return reverse("scoping:issue", args=[self.pk])

    @property
    def reference(self) -> str:
        return f"PS-{self.pk}"

    @property
    def value(self) -> Money | None:
        """The EM's own expectation, in the deal's currency."""
        amount = self.expected_value
        return None if amount is None else Money(amount, self.currency)

    @property
    def live(self) -> bool:
        return self.state in LIVE

    def may_override(self, user: User) -> bool:
        return works_issue(self, user)

    def returns_to(self, move: str) -> str:
        return {"resume": self.held_from, "reopen": self.closed_from}[move]

    # Forward, in the order of the board.

    @transition(State.OPEN, State.AWAITING_DISCOVERY, allowed=works_issue)
    def ask_account_team(self) -> None:
        """Nothing can be estimated until the account team or a scoping call says more."""

    @transition([State.OPEN, State.AWAITING_DISCOVERY], State.STRAWMAN_WIP, allowed=works_issue)
    def start_strawman(self) -> None:
        """Enough is known to draft an estimate."""

    @transition(State.STRAWMAN_WIP, State.ESTIMATE_FEEDBACK, allowed=works_issue)
    def send_estimate(self) -> None:
        """The strawman is complete and awaits feedback."""

    @transition(State.ESTIMATE_FEEDBACK, State.STRAWMAN_WIP, allowed=works_issue)
    def rework_estimate(self) -> None:
        """Feedback sends the estimate back to the drawing board."""

    @transition(State.ESTIMATE_FEEDBACK, State.SOW_WIP, allowed=works_issue)
    def start_sow(self) -> None:
        """Account team and customer agree to move on."""

    @transition(State.SOW_WIP, State.ESTIMATE_FEEDBACK, allowed=works_issue)
    def revise_scope(self) -> None:
        """The scope changed while the SOW was written."""

    @transition(State.SOW_WIP, State.READY_FOR_APPROVAL, allowed=works_issue)
    def request_approval(self) -> None:
        """Reviewed by account team and customer, revenue has approved."""

    @transition(State.READY_FOR_APPROVAL, State.SOW_WIP, allowed=approves_or_works)
    def return_sow(self) -> None:
        """The SOW needs another round."""

    @transition(State.READY_FOR_APPROVAL, State.APPROVED, allowed=approves)
    def approve(self) -> None:
        """PS leadership approves; legal stamp and signatures may follow."""

    @transition(State.APPROVED, State.SOW_WIP, allowed=works_issue)
    def reopen_sow(self) -> None:
        """A late redline changes the substance."""

    # Aside, and back.

    @transition(WORKED, State.ON_HOLD, allowed=works_issue)
    def hold(self, *, reason: str, review_date: date) -> None:
        """The timing slipped; look again on the review date."""
        self.held_from, self.hold_reason, self.review_date = self.state, reason, review_date
        self.em_status = EmStatus.WAITING

    @transition(State.ON_HOLD, RETURN_VALUE(*WORKED), allowed=works_issue)
    def resume(self) -> str:
        """The timing is resolved; back to where it came from."""
        back, self.held_from, self.hold_reason, self.review_date = self.held_from, "", "", None
        return back

    # Closing.

    @transition(LIVE, State.CLOSED, allowed=closes)
    def win(self, *, quarter: str, reason: str = CloseReason.SIGNED, note: str = "") -> None:
        """The opportunity is closed won."""
        self._close(Outcome.WON, quarter, reason, note)

    @transition(LIVE, State.CLOSED, allowed=closes)
    def lose(self, *, quarter: str, reason: str, note: str = "") -> None:
        """The opportunity is lost, or the customer will not pursue services."""
        self._close(Outcome.LOST, quarter, reason, note)

    @transition(LIVE, State.CLOSED, allowed=works_issue)
    def dismiss(self, *, reason: str, note: str = "") -> None:
        """Never a deal of its own: it counts nowhere."""
        self._close("", "", reason, note)

    @transition(State.CLOSED, RETURN_VALUE(*LIVE), allowed=closes)
    def reopen(self) -> str:
        """The deal came back within its quarter."""
        self.outcome = self.close_reason = self.close_note = self.close_quarter = ""
        self.close_to_note = False
        back, self.closed_from = self.closed_from, ""
        return back

    def _close(self, outcome: str, quarter: str, reason: str, note: str) -> None:
        if self.amends_id and outcome:
            outcome, quarter, reason, note = closing_of_order(outcome, reason, note)
        self.closed_from, self.outcome, self.close_quarter = self.state, outcome, quarter
        self.close_reason, self.close_note = reason, note
        self.em_status = self.waiting_on = ""

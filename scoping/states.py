"""The columns of the board and the words on a scoping issue, spelled as engagement managers do.

Source: the seed on tracking opportunities; domain.md §2.1 and §4.1.
"""

from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    """The columns, left to right."""

    OPEN = "open", "Open"
    AWAITING_DISCOVERY = "awaiting_discovery", "Awaiting_Discovery"
    STRAWMAN_WIP = "strawman_wip", "Strawman_WIP"
    ESTIMATE_FEEDBACK = "estimate_feedback", "Estimate_Feedback"
    ON_HOLD = "on_hold", "On_hold"
    SOW_WIP = "sow_wip", "SOW_WIP"
    READY_FOR_APPROVAL = "ready_for_approval", "Ready For Approval"
    APPROVED = "approved", "Approved"
    CLOSED = "closed", "Closed"


LIVE = tuple(state for state in State if state != State.CLOSED)
WORKED = tuple(state for state in LIVE if state != State.ON_HOLD)

DEFINITIONS = {
    State.OPEN: "Starting state for each scoping issue: the EM has not reviewed it yet.",
    State.AWAITING_DISCOVERY: (
        "The EM is waiting for additional information, from the account team or a scoping call,"
        " to be able to create an estimate."
    ),
    State.STRAWMAN_WIP: "The EM has a strawman estimate in process.",
    State.ESTIMATE_FEEDBACK: (
        "The strawman estimate is complete; the EM awaits feedback from the account team"
        " or the customer."
    ),
    State.ON_HOLD: "The engagement might proceed but its timing has been delayed.",
    State.SOW_WIP: "The EM is creating the SOW, or the customer is reviewing its draft.",
    State.READY_FOR_APPROVAL: (
        "The SOW is drafted and reviewed by account team and customer, we may proceed to"
        " signatures, and revenue has approved."
    ),
    State.APPROVED: (
        "The director of PS approved the SOW: it can go to the legal stamp and then signatures."
    ),
    State.CLOSED: "The opportunity has closed, or the customer will not pursue services.",
}


class EmStatus(models.TextChoices):
    """Who has the next action."""

    TODO = "todo", "ToDo"
    WAITING = "waiting", "Waiting"


class WaitingOn(models.TextChoices):
    ACCOUNT_TEAM = "account_team", "account team"
    CUSTOMER = "customer", "customer"
    INTERNAL = "internal", "a colleague in services"


class Outcome(models.TextChoices):
    WON = "won", "Closed won"
    LOST = "lost", "Closed lost"


class CloseReason(models.TextChoices):
    """Why an issue closed. The last seven carry no outcome and count nowhere."""

    SIGNED = "signed", "SOW signed and booked"
    NO_BUDGET = "no_budget", "No budget"
    TIMING = "timing", "Timing"
    PRICE = "price", "Price"
    SELF_SERVICE = "self_service", "Customer does it alone"
    COMPETITOR = "competitor", "Another provider"
    PARTNER = "partner", "Moved to a partner"
    LICENCE_LOST = "licence_lost", "Licence deal lost"
    TIMED_OUT = "timed_out", "No activity for two months"
    OTHER = "other", "Other"
    MERGED = "merged", "Merged into another issue"
    DUPLICATE = "duplicate", "Duplicate"
    DECLINED = "declined", "Declined at intake"
    UNQUALIFIED = "unqualified", "Unqualified"
    IMPORTED = "imported", "Imported without an outcome"
    AMENDED = "amended", "Change order, signed and booked"
    WITHDRAWN = "withdrawn", "Change order, withdrawn or declined"


WON_REASONS = (CloseReason.SIGNED, CloseReason.OTHER)
UNCOUNTED_REASONS = (
    CloseReason.MERGED,
    CloseReason.DUPLICATE,
    CloseReason.DECLINED,
    CloseReason.UNQUALIFIED,
    CloseReason.IMPORTED,
    CloseReason.AMENDED,
    CloseReason.WITHDRAWN,
)
LOST_REASONS = tuple(
    reason
    for reason in CloseReason
    if reason not in UNCOUNTED_REASONS and reason != CloseReason.SIGNED
)


class CommunicationOwner(models.TextChoices):
    """Who talks to the customer, as agreed for this deal."""

    EM = "em", "Engagement manager"
    ACCOUNT_TEAM = "account_team", "Account team"
    SHARED = "shared", "Shared"


class Agreement(models.TextChoices):
    """Which terms govern the engagement."""

    UNKNOWN = "unknown", "Not known yet"
    STANDARD = "standard", "Standard terms"
    IN_PLACE = "in_place", "MSA in place"
    NEGOTIATING = "negotiating", "In negotiation"


class ArchitectHelp(models.TextChoices):
    """Help from a technical architect while scoping."""

    ASKED = "asked", "Needs_TA_Assistance"
    GIVEN = "given", "TA_Assisted"


class Review(models.TextChoices):
    """A reviewer's word on estimate or SOW: the TA's, or the regional delivery manager's."""

    NEEDED = "needed", "needs review"
    APPROVED = "approved", "approved"


class Service(models.TextChoices):
    """What the customer asks for."""

    MIGRATION = "migration", "Migration"
    IMPLEMENTATION = "implementation", "Implementation"
    INTEGRATION = "integration", "Integration"
    CI_CD = "ci_cd", "CI/CD"
    SECURITY = "security", "Security"
    ADVISORY = "advisory", "Advisory"
    HEALTH_CHECK = "health_check", "Health check"
    DEVELOPMENT = "development", "Development"
    TRANSFORMATION = "transformation", "Transformation"
    TRAINING = "training", "Training"


def closing_of_order(outcome: str, reason: str, note: str) -> tuple[str, str, str, str]:
    """Outcome, quarter, reason and note: an engagement is won once, its change orders count nowhere."""
    if outcome == Outcome.WON:
        return "", "", CloseReason.AMENDED, note
    said = f"{CloseReason(reason).label}. {note}".strip()
    return "", "", CloseReason.WITHDRAWN, said[:500]

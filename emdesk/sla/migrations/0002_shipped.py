"""The promises of the handbook, and the secondary limits, which are switched off.

Source: domain.md §2.2. The seeds count plain hours; secondary limits count as they are written.
"""

from datetime import UTC, datetime

from django.db import migrations

HOUR = 60
DAY = 24 * HOUR
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
REASON = "Shipped with emdesk, as the handbook suggests it."
ELAPSED, WORKING_DAYS, OFFICE = "elapsed", "working_days", "office"
PAUSES = ["on_hold", "customer_pen"]

# Key, name, what is promised, minutes, hours, switched on.
POLICIES = [
    (
        "first_contact",
        "First contact",
        "Within 24 hours of a new scoping issue somebody is in touch about it",
        24 * HOUR,
        ELAPSED,
        True,
    ),
    (
        "estimate",
        "Estimate",
        "Within 72 hours of the scoping call the customer has the estimate",
        72 * HOUR,
        ELAPSED,
        True,
    ),
    (
        "sow_draft",
        "SOW draft",
        "Within 48 hours of the customer's intent the SOW draft is with the customer",
        48 * HOUR,
        ELAPSED,
        True,
    ),
    (
        "stamped_sow",
        "Stamped SOW",
        "Within 72 hours of final content the stamped SOW is sent for signature",
        72 * HOUR,
        ELAPSED,
        True,
    ),
    (
        "architect_review",
        "Architect's review",
        "Within 2 business days the technical architect reviews a SOW flagged for it",
        2 * DAY,
        WORKING_DAYS,
        False,
    ),
    (
        "more_questions",
        "Further questions",
        "Within 3 business days of a scoping call further questions are asked",
        3 * DAY,
        WORKING_DAYS,
        False,
    ),
    (
        "strawman",
        "Estimate for the account team",
        "Within one business week of a scoping call the account team has the cost estimate",
        5 * DAY,
        WORKING_DAYS,
        False,
    ),
    (
        "web_form",
        "Request from the web form",
        "Within one business day an inbound request is answered",
        DAY,
        WORKING_DAYS,
        False,
    ),
    (
        "deal_desk_case",
        "Deal desk case",
        "Within 6 hours the deal desk answers a case",
        6 * HOUR,
        ELAPSED,
        False,
    ),
    (
        "order_review",
        "Order management review",
        "Within 12 business hours of submission order management reviews",
        12 * HOUR,
        OFFICE,
        False,
    ),
    (
        "welcome_mail",
        "Welcome mail",
        "Within 72 business hours of booking the customer is welcomed",
        72 * HOUR,
        OFFICE,
        False,
    ),
    (
        "acceptance",
        "Passive acceptance",
        "After 5 business days without an answer a deliverable counts as accepted",
        5 * DAY,
        WORKING_DAYS,
        False,
    ),
]


def ship(apps, schema_editor):
    Policy = apps.get_model("sla", "Policy")
    Policy.objects.bulk_create(
        Policy(
            key=key,
            version=1,
            name=name,
            promise=promise,
            position=position,
            budget_minutes=minutes,
            hours=hours,
            pauses=PAUSES,
            warn_at=[50, 80],
            lead_at=100,
            director_at=150,
            enabled=enabled,
            effective_from=BEGINNING,
            set_at=BEGINNING,
            reason=REASON,
        )
        for position, (key, name, promise, minutes, hours, enabled) in enumerate(POLICIES)
    )


class Migration(migrations.Migration):
    dependencies = [("sla", "0001_initial")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]

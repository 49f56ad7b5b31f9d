"""What is set for all statements of work; shipped values after domain.md §5.3, §8.1, §9.2."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from django import forms

from emdesk.configuration.definitions import Definition, register

OUR_SIDE, ACCEPTANCE_DAYS = "sow_our_side", "sow_acceptance_days"
PEN_MINUTES, REVIEW_DAYS = "sow_pen_minutes", "sow_review_days"
DELIVERY_APPROVES, REVENUE_PARALLEL = "sow_delivery_approves", "sow_revenue_parallel"
LEADERSHIP_DISCOUNT, FINANCE_DISCOUNT = "sow_leadership_discount", "sow_finance_discount"
PAYMENT_DAYS = "sow_payment_days"
REDLINE_LIMITS = "sow_redline_limits"
REDLINE_OURS, REDLINE_THEIRS = "sow_redline_ours_above", "sow_redline_theirs_above"
TRUTH, IN_CASE, ON_DESK = "sow_truth", "case", "desk"
SIGNATORY, SIGNATORY_FALLBACK = "sow_signatory", "sow_signatory_fallback"
SIGNING_ORDER, SIGNING_DAYS = "sow_signing_order", "sow_signing_days"
SIGNER_HOURS, SIGNER_REMINDERS = "sow_signer_hours", "sow_signer_reminders"
OURS_FIRST, CUSTOMER_FIRST, TOGETHER = "ours", "customer", "together"
ORDERS = [
    (OURS_FIRST, "Our side, then the customer"),
    (CUSTOMER_FIRST, "The customer, then our side"),
    (TOGETHER, "Both at the same time"),
]
ON, OFF = "on", "off"
ZERO_ORDERS, RISK_DAYS = "sow_zero_orders", "sow_risk_days"


def _switch() -> forms.ChoiceField:
    return forms.ChoiceField(choices=[(ON, "On"), (OFF, "Off")])


register(
    Definition(
        key=OUR_SIDE,
        name="Our side in statements of work",
        help="The company's name as it stands in new statements of work.",
        default="GitLab",
        field=lambda: forms.CharField(max_length=120),
    )
)
register(
    Definition(
        key=ACCEPTANCE_DAYS,
        name="Business days until acceptance",
        help="After so many days without objection a deliverable counts as accepted. A SOW that "
        "says otherwise asks a director.",
        default=5,
        field=lambda: forms.IntegerField(min_value=1, max_value=60),
    )
)
register(
    Definition(
        key=PAYMENT_DAYS,
        name="Days to pay an invoice",
        help="A SOW that gives another number of days, or is billed in an unusual way, asks the "
        "deal desk.",
        default=30,
        field=lambda: forms.IntegerField(min_value=1, max_value=365),
    )
)
register(
    Definition(
        key=TRUTH,
        name="Where the latest text is true",
        help="In the legal case, or here. A text that is newer on one side is told before stamp and "
        "signature; this says which side follows.",
        default=IN_CASE,
        field=lambda: forms.ChoiceField(
            choices=[(IN_CASE, "In the legal case"), (ON_DESK, "In emdesk")]
        ),
    )
)
register(
    Definition(
        key=REDLINE_LIMITS,
        name="Redlines begin at a value",
        help="While on, a customer edits our paper, or brings theirs, only above the values below.",
        default=OFF,
        field=_switch,
    )
)
register(
    Definition(
        key=PEN_MINUTES,
        name="Idle minutes of the pen",
        help="Who holds the pen of a SOW and saves nothing for so long holds it no more.",
        default=30,
        field=lambda: forms.IntegerField(min_value=1, max_value=1_440),
    )
)
register(
    Definition(
        key=REVIEW_DAYS,
        name="Days of a customer's link to a SOW",
        help="For this long the link to a version of a SOW opens it.",
        default=14,
        field=lambda: forms.IntegerField(min_value=1, max_value=365),
    )
)
register(
    Definition(
        key=DELIVERY_APPROVES,
        name="Delivery approves statements of work",
        help="The regional delivery manager approves every statement of work.",
        default=ON,
        field=_switch,
    )
)
register(
    Definition(
        key=REVENUE_PARALLEL,
        name="Revenue approves beside PS leadership",
        help="Both are asked at once, after the issue is Ready For Approval. Otherwise Revenue "
        "comes first, and its approval makes the issue ready.",
        default=OFF,
        field=_switch,
    )
)
register(
    Definition(
        key=ZERO_ORDERS,
        name="Change orders over nothing",
        help="While on, a swap of scope or an extension under two months is a change order without "
        "a price. Otherwise the customer's written confirmation is enough.",
        default=OFF,
        field=_switch,
    )
)
register(
    Definition(
        key=RISK_DAYS,
        name="Days before work at risk expires",
        help="So long before, its EM, project manager and leads are told.",
        default=7,
        field=lambda: forms.IntegerField(min_value=1, max_value=60),
    )
)
for key, name, help_, default in (
    (
        LEADERSHIP_DISCOUNT,
        "Discount a lead approves, up to",
        "Percent on services. PS leadership answers for any discount above. The shipped value is a "
        "usual one, not GitLab's.",
        "10",
    ),
    (
        FINANCE_DISCOUNT,
        "Discount without a signatory, up to",
        "Percent on services. A signatory is asked about any discount above. The shipped value is "
        "a usual one, not GitLab's.",
        "30",
    ),
):
    register(
        Definition(
            key=key,
            name=name,
            help=help_,
            default=Decimal(default),
            field=lambda: forms.DecimalField(min_value=0, max_value=100, decimal_places=2),
            read=lambda stored: Decimal(str(stored)),
        )
    )
for key, name, default in (
    (REDLINE_OURS, "Edits to our paper above", "25000"),
    (REDLINE_THEIRS, "The customer's own paper above", "100000"),
):
    register(
        Definition(
            key=key,
            name=name,
            help="Value of the opportunity, in its own currency, while redlines begin at a value.",
            default=Decimal(default),
            field=lambda: forms.DecimalField(min_value=0, max_value=1_000_000_000),
            read=lambda stored: Decimal(str(stored)),
        )
    )
register(
    Definition(
        key=SIGNATORY,
        name="Who signs for our side",
        help="The e-mail address of a signatory. Empty: the first of them by name.",
        default="",
        field=lambda: forms.EmailField(required=False),
    )
)
register(
    Definition(
        key=SIGNATORY_FALLBACK,
        name="Who signs while they are away",
        help="The e-mail address of another signatory. Empty: the next of them by name.",
        default="",
        field=lambda: forms.EmailField(required=False),
    )
)
register(
    Definition(
        key=SIGNING_ORDER,
        name="Who signs first",
        help="What is offered when a stamped SOW is sent; whoever sends it may choose otherwise.",
        default=OURS_FIRST,
        field=lambda: forms.ChoiceField(choices=ORDERS),
    )
)
for key, name, help_, first, most in (
    (
        SIGNING_DAYS,
        "Days to sign a SOW",
        "What nobody signed by then expires.",
        30,
        365,
    ),
    (
        SIGNER_HOURS,
        "Office hours between reminders to a signer",
        "Counted where they work, Monday to Friday, 9 to 17.",
        16,
        400,
    ),
    (SIGNER_REMINDERS, "Reminders to a signer at most", "After the first mail.", 3, 10),
):
    register(
        Definition(
            key=key,
            name=name,
            help=help_,
            default=first,
            field=partial(forms.IntegerField, min_value=1, max_value=most),
        )
    )

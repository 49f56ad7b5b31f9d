"""What is set for all statements of work; shipped values after domain.md §8.1 and §9.2."""

from __future__ import annotations

from django import forms

from emdesk.configuration.definitions import Definition, register

OUR_SIDE, ACCEPTANCE_DAYS = "sow_our_side", "sow_acceptance_days"
PEN_MINUTES = "sow_pen_minutes"

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
        help="After so many days without objection a deliverable counts as accepted.",
        default=5,
        field=lambda: forms.IntegerField(min_value=1, max_value=60),
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

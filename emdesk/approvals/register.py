"""What approvals bring to the packages they stand on. Imported once, when the apps are ready."""

from __future__ import annotations

from django import forms

from emdesk.approvals import sentences  # noqa: F401 (they register)
from emdesk.approvals.chains import ANSWER_HOURS
from emdesk.approvals.links import LINK_DAYS
from emdesk.configuration.definitions import Definition, register

register(
    Definition(
        key=ANSWER_HOURS,
        name="Office hours to answer an approval",
        help="Counted in the working calendar of who is asked; they are reminded on the way.",
        default=16,
        field=lambda: forms.IntegerField(min_value=1, max_value=400),
    )
)
register(
    Definition(
        key=LINK_DAYS,
        name="Days of an approver's link",
        help="For this long the link in a mail finds the page of the decision.",
        default=14,
        field=lambda: forms.IntegerField(min_value=1, max_value=365),
    )
)

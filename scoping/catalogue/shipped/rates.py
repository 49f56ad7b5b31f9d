"""Roles, bill rates and an example of standard cost (domain.md §6.2, §7.2, Q-28)."""

from __future__ import annotations

from datetime import date

ROLES = [
    ("engineer", "Services engineer"),
    ("manager", "Project manager"),
    ("architect", "Technical architect"),
    ("trainer", "Trainer"),
]
# Effective from, dollars an hour for every role, why.
CARDS = [
    (date(2021, 2, 1), 300, "Derived from the services catalogue of 2022; every role the same."),
    (
        date(2024, 2, 1),
        330,
        "The fixed-fee custom SKU of the deal desk's page. The day it began is not public: this one"
        " is emdesk's default.",
    ),
]
COST_FROM = date(2021, 2, 1)
COST_REASON = "An example, nobody's real pay: give your own before you go by a margin."
# A year's average pay and benefits by role.
YEARLY = {"engineer": 204_000, "manager": 180_000, "architect": 240_000, "trainer": 180_000}

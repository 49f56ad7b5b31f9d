"""Plans as Clari's quota upload takes them: one line a person, goal and quarter (its own format)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from emdesk.configuration.definitions import Definition, register
from emdesk.fiscal import Quarter
from forecasting.models import Plan
from forecasting.targets import Targets

CRM_USERS = "crm_user_ids"
HEAD = ("CRM_USER_ID", "QUOTA_NAME", "PERIOD_NAME", "QUOTA_GOAL")
GOALS = {"bookings": "PS Bookings", "revenue": "PS Revenue"}
LINE = re.compile(r"(?P<email>\S+@\S+)[\s,;]+(?P<key>[A-Za-z0-9]{15}|[A-Za-z0-9]{18})")


class UserIds(forms.CharField):
    """One person a line: the e-mail here, the user's id in the CRM."""

    widget = forms.Textarea(attrs={"rows": 8, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{email} {key}" for email, key in value.items())

    def to_python(self, value: Any) -> Any:
        return dict(self._pair(line) for line in (value or "").splitlines() if line.strip())

    def _pair(self, line: str) -> tuple[str, str]:
        found = LINE.fullmatch(line.strip())
        if not found:
            raise forms.ValidationError(
                f"“{line[:60]}” names nobody. Write an e-mail and the CRM's user id of 15 or 18."
            )
        return found["email"].lower(), found["key"]


register(
    Definition(
        key=CRM_USERS,
        name="Users of the CRM",
        help="Who engagement managers are in the CRM, for files that name them by its user id.",
        default={},
        field=lambda: UserIds(required=False, max_length=20_000),
    )
)


def period(quarter: Quarter) -> str:
    """The third quarter of FY22 is ``2022_Q3``."""
    return f"{quarter.year}_Q{quarter.number}"


def quotas(targets: Targets, quarter: Quarter, known: Mapping[str, str]) -> Iterable[list[Any]]:
    """By name of the person; whoever's id is not known stands with the e-mail."""
    for em in people(targets.plans):
        goals = targets.of(em=em.pk)
        for name, quota in GOALS.items():
            goal = getattr(goals, name)
            if goal is not None:
                yield [known.get(em.email, em.email), quota, period(quarter), f"{goal:.2f}"]


def people(plans: Iterable[Plan]) -> list[Any]:
    found = {plan.engagement_manager for plan in plans if plan.engagement_manager}
    return sorted(found, key=lambda em: (em.name, em.pk))


def unknown(targets: Targets, known: Mapping[str, str]) -> list[Any]:
    """Whose id in the CRM is not told."""
    return [em for em in people(targets.plans) if em.email not in known]

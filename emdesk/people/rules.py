"""Of whom more is asked."""

from __future__ import annotations

from django.conf import settings

from emdesk.people.models import Role, User

TRUSTED_WITH_DECISIONS = (
    Role.TECHNICAL_ARCHITECT,
    Role.DELIVERY_MANAGER,
    Role.PS_LEADERSHIP,
    Role.REVENUE,
    Role.LEGAL,
    Role.SIGNATORY,
    Role.DEAL_DESK,
    Role.ADMIN,
)


def needs_second_factor(user: User) -> bool:
    """Those who approve, sign, book or administer, wherever the desk asks for it."""
    return bool(settings.MFA_REQUIRED) and user.has(*TRUSTED_WITH_DECISIONS)

"""How rows of this package name a person."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from emdesk.people.models import User


def person(**options: Any) -> models.ForeignKey[User, User]:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **options)

"""Reading and changing what is set. A value holds from a day on; ask for the day you mean."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.transaction import atomic

from emdesk.configuration.definitions import definition_of, registered
from emdesk.configuration.models import Setting
from emdesk.ledger.models import Origin
from emdesk.ledger.recording import record


def value_of(key: str, on: date, known: datetime | None = None) -> Any:
    """``known``: as it stood in the books at that moment."""
    definition = definition_of(key)
    setting = Setting.objects.known(known).filter(key=key).holding_on(on).first()
    return definition.read(setting.value) if setting else definition.default


def values_on(day: date, known: datetime | None = None) -> dict[str, Any]:
    """Every value that holds on a day, in one query."""
    stored = dict(Setting.objects.known(known).holding_on(day).values_list("key", "value"))
    return {
        known.key: known.read(stored[known.key]) if known.key in stored else known.default
        for known in registered()
    }


def set_value(
    key: str,
    value: Any,
    *,
    effective_from: date,
    reason: str,
    by: Any,
    at: datetime,
    origin: str = Origin.PERSON,
) -> Setting:
    """Let a value hold from a day on. What was set before stays on record."""
    definition_of(key)
    with atomic():
        setting = Setting.objects.create(
            key=key,
            value=value,
            effective_from=effective_from,
            reason=reason,
            set_by=by,
            set_at=at,
        )
        facts = {"key": key, "value": value, "effective_from": effective_from.isoformat()}
        record(setting, "configuration.set", by=by, at=at, origin=origin, reason=reason, **facts)
    return setting

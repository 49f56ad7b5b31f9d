"""Drafts and cards for tests of the catalogue."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from emdesk.people.models import User
from scoping.catalogue.drafting import begin_draft, change_item
from scoping.catalogue.kinds import KINDS
from scoping.catalogue.publishing import publish
from scoping.catalogue.rating import give_card
from scoping.models import CatalogueVersion, RateCard
from tests.factories import NOON, TODAY

WAVES = "migration_waves_remote"


def edited(by: User, key: str = WAVES, kind: str = "activity", **said: Any) -> CatalogueVersion:
    """The draft, begun if there is none, with an item that says something else."""
    draft = begin_draft(by=by, at=NOON)
    item = KINDS[kind].find(draft, key)
    change_item(KINDS[kind], item, said or {"title": "Waves"}, seen={}, by=by, at=NOON)
    draft.refresh_from_db()
    return draft


def published(by: User, effective_from: date = TODAY, **said: Any) -> CatalogueVersion:
    """A version of its own, with one change."""
    draft = edited(by, **said)
    return publish(
        draft,
        seen=draft.edits,
        effective_from=effective_from,
        reason="Better words",
        by=by,
        at=NOON,
        today=TODAY,
    )


def card(by: User | None = None, **fields: Any) -> RateCard:
    given: dict[str, Any] = {
        "region": "",
        "currency": "USD",
        "rate": Decimal("400.00"),
        "own_rates": {},
        "effective_from": TODAY,
        "reason": "Dearer",
    }
    return give_card(by=by, at=NOON, **given | fields)  # type: ignore[arg-type]

"""Puts the first clauses and the first template into an empty database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.apps.registry import Apps

from sow.shipped.clauses import CLAUSES
from sow.shipped.template import NAME, SECTIONS

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
REASON = "Shipped with emdesk, in own words. Legal makes it the desk's own."


def ship(apps: Apps, schema_editor: Any = None) -> None:
    """For a migration: with the models as they are at that point."""
    said: dict[str, Any] = {"number": 1, "why": REASON, "saved_at": BEGINNING}
    for row in CLAUSES:
        head = {name: row[name] for name in ("key", "kind", "title", "risk")}
        clause = apps.get_model("sow", "Clause").objects.create(status="in_use", latest=1, **head)
        text = {"text": row["text"], "fallbacks": row["fallbacks"]}
        apps.get_model("sow", "ClauseVersion").objects.create(clause=clause, **text, **said)
    template = apps.get_model("sow", "Template").objects.create(name=NAME, latest=1)
    rows = apps.get_model("sow", "TemplateVersion").objects
    rows.create(template=template, sections=SECTIONS, **said)

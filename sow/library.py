"""Keeping clauses and templates: every change is a version, and reaches new drafts alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.db.transaction import atomic

from emdesk.ledger.recording import lock, record
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused
from sow import rules
from sow.content import Section
from sow.models import (
    Clause,
    ClauseVersion,
    StatementOfWork,
    Template,
    TemplateVersion,
    Version,
)

CLAUSE_SAVED, TEMPLATE_SAVED = "sow.clause_saved", "sow.template_saved"


@dataclass(frozen=True)
class Use:
    """A statement of work in whose newest version a clause stands."""

    statement: StatementOfWork
    section: Section


def keep_clause(
    clause: Clause,
    *,
    text: str,
    fallbacks: Iterable[Mapping[str, str]],
    why: str,
    seen: int,
    by: User,
    at: datetime,
) -> ClauseVersion:
    """A new version of a clause; ``clause`` carries its head as it shall be, new or known."""
    _only_keepers(by)
    with atomic():
        if clause.pk:
            lock(clause)
            _not_meanwhile(clause, Clause.objects.get(pk=clause.pk).latest, seen)
        clause.latest = seen + 1
        clause.save()
        version = ClauseVersion.objects.create(
            clause=clause,
            number=clause.latest,
            text=text,
            fallbacks=[dict(each) for each in fallbacks],
            why=why,
            saved_by=by,
            saved_at=at,
        )
        said = {"version": version.number, "key": clause.key, "status": clause.status}
        record(clause, CLAUSE_SAVED, by=by, at=at, why=why, **said)
    return version


def keep_template(
    template: Template,
    sections: Iterable[Mapping[str, str]],
    *,
    why: str,
    seen: int,
    by: User,
    at: datetime,
) -> TemplateVersion:
    _only_keepers(by)
    with atomic():
        lock(template)
        found = Template.objects.get(pk=template.pk)
        _not_meanwhile(found, found.latest, seen)
        found.latest += 1
        found.save(update_fields=["latest"])
        rows = [dict(each) for each in sections]
        version = TemplateVersion.objects.create(
            template=found, number=found.latest, sections=rows, why=why, saved_by=by, saved_at=at
        )
        record(found, TEMPLATE_SAVED, by=by, at=at, why=why, version=version.number)
    return version


def uses_of(clause: Clause, user: User) -> list[Use]:
    """Where it stands now, among the statements of work this person sees."""
    seen = StatementOfWork.objects.visible_to(user)
    named: Any = {"sections": [{"source": {"clause": clause.key}}]}
    rows = Version.objects.filter(
        statement__in=seen, number=F("statement__latest"), content__contains=named
    )
    found = []
    for version in rows.select_related("statement__issue__account").order_by("statement"):
        found += [
            Use(version.statement, section)
            for section in version.said.sections
            if section.source.get("clause") == clause.key
        ]
    return found


def templates_with(clause: Clause) -> list[Template]:
    """Templates that take it into new drafts."""
    rows = TemplateVersion.objects.filter(
        number=F("template__latest"), sections__contains=[{"clause": clause.key}]
    )
    return [row.template for row in rows.select_related("template")]


def _only_keepers(by: User) -> None:
    if not rules.keeps_library(by):
        raise NotAllowed("Practice keeps the clause library.")


def _not_meanwhile(what: object, latest: int, seen: int) -> None:
    if latest != seen:
        raise Refused(f"Somebody saved v{latest} of “{what}” meanwhile. Look at it, then save.")

"""Amending the facts of an issue: one event for every edit, and nobody's words lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.transaction import atomic

from emdesk.ledger.models import Event
from emdesk.ledger.recording import append, event_of, lock
from emdesk.people.models import User
from emdesk.workflow import changes, fresh, values
from scoping.models import Answer, Question, ScopingIssue
from scoping.states import EmStatus


class Overtaken(Exception):
    """Somebody else changed the same fields meanwhile; ``fields`` maps each to its value now."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__("Somebody else changed this meanwhile.")
        self.fields = fields


def amend(
    issue: ScopingIssue,
    *,
    by: User | None,
    at: datetime,
    seen: Mapping[str, Any] | None = None,
    verb: str = "scoping.amended",
    reason: str = "",
    **fields: Any,
) -> Event | None:
    """Set these fields; None when nothing changed. ``seen`` holds the values the person saw."""
    with atomic():
        issue = fresh(issue)
        overtaken = {
            name: getattr(issue, name)
            for name, value in (seen or {}).items()
            if getattr(issue, name) not in (value, fields[name])
        }
        if overtaken:
            raise Overtaken(overtaken)
        was = values(issue)
        for name, value in fields.items():
            setattr(issue, name, value)
        changed = changes(was, issue)
        if not changed:
            return None
        said = {"reason": reason} if reason else {}
        event = event_of(issue, verb, by=by, at=at, changed=changed, **said)
        append([event])
        issue.save(update_fields=[*changed])
        return event


def set_account_team(issue: ScopingIssue, team: Sequence[User], *, by: User, at: datetime) -> None:
    """Who of the account team works this deal with the EM."""
    with atomic():
        lock(issue)
        before = set(issue.account_team.all())
        if before != set(team):
            issue.account_team.set(team)
            names = [person.name for person in team]
            append([event_of(issue, "scoping.team_changed", by=by, at=at, names=names)])


def answer(
    issue: ScopingIssue, question: Question, *, text: str, source: str, by: User, at: datetime
) -> None:
    """Keep the answer to one question, with who gave it, when and from where."""
    known = issue.answers.filter(question=question).first()
    if known and (known.text, known.source) == (text, source):
        return
    with atomic():
        lock(issue)
        said = {"text": text, "source": source, "answered_by": by, "answered_at": at}
        Answer.objects.update_or_create(issue=issue, question=question, defaults=said)
        told = {"question": question.prompt, "text": text, "source": source}
        append([event_of(issue, "scoping.answered", by=by, at=at, **told)])


def assign(issue: ScopingIssue, to: User | None, *, by: User, at: datetime) -> Event | None:
    return amend(issue, by=by, at=at, verb="scoping.assigned", engagement_manager=to)


def set_status(
    issue: ScopingIssue, status: str, *, by: User, at: datetime, waiting_on: str = ""
) -> Event | None:
    """Who has the next action; a person's word, kept until a person changes it."""
    return amend(
        issue,
        by=by,
        at=at,
        verb="scoping.status_set",
        em_status=status,
        em_status_at=at,
        waiting_on=waiting_on if status == EmStatus.WAITING else "",
    )

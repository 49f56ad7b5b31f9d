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

Changed = dict[str, list[Any]]


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
        changed = revise(issue, seen, fields)
        if not changed:
            return None
        said = {"reason": reason} if reason else {}
        event = event_of(issue, verb, by=by, at=at, changed=changed, **said)
        append([event])
        issue.save(update_fields=[*changed])
        return event


def revise(row: Any, seen: Mapping[str, Any] | None, fields: Mapping[str, Any]) -> Changed:
    """Set these fields of a locked row, which is not saved yet; each that changed, old and new."""
    overtaken = {
        name: getattr(row, name)
        for name, value in (seen or {}).items()
        if _plain(getattr(row, name)) not in (_plain(value), _plain(fields[name]))
    }
    if overtaken:
        raise Overtaken(overtaken)
    was = values(row)
    for name, value in fields.items():
        setattr(row, name, value)
    return changes(was, row)


def _plain(value: Any) -> Any:
    """A value to compare: browsers send every line's end as two characters."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


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
    answer_all(issue, {question: text}, source=source, by=by, at=at)


def answer_all(
    issue: ScopingIssue,
    texts: Mapping[Question, str],
    *,
    source: str,
    by: User,
    at: datetime,
    seen: Mapping[str, str] | None = None,
) -> None:
    """Keep the answers to several questions. ``seen`` holds, by key, the answers one saw."""
    with atomic():
        lock(issue)
        known = {each.question_id: each for each in issue.answers.filter(question__in=texts)}
        overtaken = {
            question.key: known[question.pk].text
            for question, text in texts.items()
            if seen is not None
            and question.pk in known
            and _plain(known[question.pk].text)
            not in (_plain(seen.get(question.key, "")), _plain(text))
        }
        if overtaken:
            raise Overtaken(overtaken)
        new = {
            question: text
            for question, text in texts.items()
            if (have := known.get(question.pk)) is None
            or (have.text, have.source) != (text, source)
        }
        _keep(issue, new, source=source, by=by, at=at)


def _keep(issue: ScopingIssue, new: Mapping[Question, str], **said: Any) -> None:
    if not new:
        return
    source, by, at = said["source"], said["by"], said["at"]
    given = {"source": source, "answered_by": by, "answered_at": at}
    Answer.objects.bulk_create(
        [Answer(issue=issue, question=each, text=text, **given) for each, text in new.items()],
        update_conflicts=True,
        unique_fields=["issue", "question"],
        update_fields=["text", *given],
    )
    append(
        [
            event_of(
                issue,
                "scoping.answered",
                by=by,
                at=at,
                question=question.prompt,
                text=text,
                source=source,
            )
            for question, text in new.items()
        ]
    )


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

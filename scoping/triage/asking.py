"""Asking the requester for what is missing: one mail with the open questions and a link.

The mail is written together with the event. It leaves a few seconds later, so that it can be
taken back, by the same way as every other mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.db.transaction import atomic

from emdesk.ledger.models import Event
from emdesk.ledger.recording import append, event_of, record
from emdesk.notifications.models import Mail
from emdesk.notifications.posting import post
from emdesk.notifications.returned import comes_back
from emdesk.notifications.writing import one_line
from emdesk.people.models import User
from emdesk.workflow import Refused, changes, fresh, values
from scoping.facts import amend
from scoping.models import Awaited, Question, ScopingIssue, Snooze
from scoping.states import EmStatus, WaitingOn
from scoping.triage.verdicts import put_off, waiting

GRACE = timedelta(seconds=15)
KIND = "question"
MAIL = """Hello {name},

to scope “{title}” for {account} we still need to know:

{questions}
{note}
Please answer on the issue, so that nobody has to ask you again:
{link}

{asker}
A reply to this mail goes to {address}.
"""


def unanswered(issue: ScopingIssue) -> list[Any]:
    """Rows of what is asked at intake and not answered yet, the required questions first."""
    answered = Q(answers__issue=issue)
    asked = Question.objects.about(issue.services).filter(at_intake=True).exclude(answered)
    return list(asked.order_by("-required", "position").values("key", "prompt", "required"))


def recipient_of(issue: ScopingIssue) -> User:
    """Whom to ask, or :class:`Refused` with what is missing."""
    requester = issue.requester
    if requester is None:
        raise Refused("Nobody is named as the requester. Name one on the issue first.")
    if not requester.is_active:
        raise Refused(f"{requester} is no longer here. Name another requester on the issue.")
    if not requester.email:
        raise Refused(f"{requester} has no address. Ask an administrator to add one.")
    return requester


def ask(
    issue: ScopingIssue,
    questions: Sequence[str],
    *,
    note: str = "",
    link: str,
    until: date | None = None,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> Mail:
    """Mail these questions; the issue is put off until they are answered, or until a day."""
    questions = [line for line in map(one_line, questions) if line]
    if not questions:
        raise Refused("Choose at least one question, or write one of your own.")
    with atomic():
        issue = waiting(issue, seen)
        recipient = recipient_of(issue)
        event = _note(issue, recipient, questions, note, by=by, at=at)
        put_off(issue, event, until=until, awaited=Awaited.ANSWER)
        return post(
            f"question:{event.pk}",
            KIND,
            recipient,
            subject_of(issue, len(questions)),
            body_of(issue, recipient, questions, note, link, by),
            at=at,
            after=GRACE,
            headers={"Reply-To": by.email},
            event=event,
        )


def _note(
    issue: ScopingIssue,
    recipient: User,
    questions: Sequence[str],
    note: str,
    *,
    by: User,
    at: datetime,
) -> Event:
    """It is the account team's turn now, and the ledger knows of the contact."""
    was = values(issue)
    issue.em_status, issue.em_status_at = EmStatus.WAITING, at
    issue.waiting_on = WaitingOn.ACCOUNT_TEAM
    changed = changes(was, issue)
    told: dict[str, Any] = {"to": recipient.name, "questions": list(questions), "note": note}
    event = event_of(issue, "scoping.asked", by=by, at=at, changed=changed, **told)
    append([event])
    issue.save(update_fields=[*changed])
    return event


def withdraw(issue: ScopingIssue, *, by: User, at: datetime) -> None:
    """Take the last question back, as long as its mail has not left."""
    with atomic():
        issue = fresh(issue)
        asked = _last_asked(issue)
        about = Mail.objects.unsettled().filter(event=asked, event__actor=by, attempts=0)
        mail = about.select_for_update(of=("self",)).first()
        if asked is None or mail is None:
            raise Refused("The mail has left and cannot be taken back. Write to the requester.")
        Mail.objects.filter(pk=mail.pk).update(withdrawn_at=at)
        Snooze.objects.filter(issue=issue, at=asked.at).delete()
        verb = "scoping.ask_withdrawn"
        if amend(issue, by=by, at=at, verb=verb, **_status_before(issue, asked)) is None:
            record(issue, verb, by=by, at=at)


def _last_asked(issue: ScopingIssue) -> Event | None:
    return Event.objects.about(issue).filter(verb="scoping.asked").last()


@comes_back(KIND)
def ask_failed(mail: Mail, error: str, at: datetime) -> None:
    """The requester was never asked, and the issue says so."""
    event = mail.event
    issue = ScopingIssue.objects.get(pk=event.subject_id) if event else None
    if issue:
        record(issue, "scoping.ask_failed", by=None, at=at, to=mail.address, error=error)


def _status_before(issue: ScopingIssue, asked: Event) -> dict[str, Any]:
    """Whose turn it was before, unless somebody said so again since."""
    if issue.em_status_at != asked.at:
        return {}
    before = {name: old for name, (old, _) in asked.data["changed"].items()}
    if moment := before.get("em_status_at"):
        before["em_status_at"] = datetime.fromisoformat(moment)
    return before


def subject_of(issue: ScopingIssue, count: int) -> str:
    what = "one open question" if count == 1 else f"{count} open questions"
    return one_line(f"{issue.reference} {issue.account.name}: {what}")


def body_of(
    issue: ScopingIssue,
    recipient: User,
    questions: Sequence[str],
    note: str,
    link: str,
    by: User,
) -> str:
    return MAIL.format(
        name=one_line(recipient.name),
        title=one_line(issue.title),
        account=one_line(issue.account.name),
        questions="\n".join(f"- {question}" for question in questions),
        note=f"\n{note}\n" if note else "",
        link=link,
        asker=one_line(by.name),
        address=by.email,
    )

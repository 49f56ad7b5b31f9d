"""Handing a signed engagement over: opened, filled, handed to the project manager, answered.

It opens by itself when the stamped SOW goes out for signature, or when its EM opens it. The project
manager accepts once both parties have signed, or gives it back with questions (domain.md §11.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.transaction import atomic
from django.utils.timezone import localdate

from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import Projection, projections, record
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh
from scoping.deeds import DEEDS
from scoping.facts import revise
from scoping.models import ScopingIssue
from sow import rules
from sow.booking import executed
from sow.models import Handoff, HandoffTask, Meets, Readiness, Ready, Stand, StatementOfWork
from sow.readiness import QUESTIONS

OPENED, AMENDED = "sow.handoff_opened", "sow.handoff_amended"
HANDED, RETURNED, ACCEPTED = "sow.handoff_handed", "sow.handoff_returned", "sow.handoff_accepted"
MET, DATED, ANSWERED = "sow.handoff_met", "sow.handoff_dated", "sow.handoff_answered"
SENT = DEEDS["stamped_sow_sent"].verb
LABEL = ScopingIssue._meta.label_lower
DUE = {
    Meets.INTRODUCTION: timedelta(days=7),
    Meets.TRANSITION: timedelta(days=7),
    Meets.PREP_CALL: timedelta(days=14),
}


def open_handoff(
    statement: StatementOfWork, *, by: User, at: datetime, origin: str = Origin.PERSON
) -> Handoff:
    """The one there is, or a new one with its dated tasks."""
    with atomic():
        issue = fresh(statement.issue)
        if not rules.writes_handoff(issue, by):
            raise NotAllowed("Its EM or a lead opens the hand-off.")
        if statement.amends_id:
            raise Refused("A change order goes with the hand-off of its SOW.")
        known = Handoff.objects.filter(statement=statement).first()
        if known:
            return known
        made = _begin(statement, by, at)
        record(issue, OPENED, by=by, at=at, origin=origin, sow=statement.number)
        return made


def _begin(statement: StatementOfWork, by: User | None, at: datetime) -> Handoff:
    made = Handoff.objects.create(statement=statement, opened_by=by, opened_at=at)
    HandoffTask.objects.bulk_create(
        HandoffTask(handoff=made, kind=kind, due=localdate(at) + days) for kind, days in DUE.items()
    )
    return made


def amend(
    handoff: Handoff,
    *,
    by: User,
    at: datetime,
    seen: Mapping[str, Any] | None = None,
    **fields: Any,
) -> None:
    """What goes with it, in words."""
    with atomic():
        issue = _writes(handoff, by)
        handoff = Handoff.objects.get(pk=handoff.pk)
        changed = revise(handoff, seen, fields)
        if changed:
            handoff.save(update_fields=[*changed])
            names = sorted(str(Handoff._meta.get_field(name).verbose_name) for name in changed)  # type: ignore[union-attr]
            said = {"sow": handoff.statement.number, "fields": names}
            record(issue, AMENDED, by=by, at=at, **said)


def answer(
    handoff: Handoff,
    key: str,
    *,
    stand: str,
    by: User,
    at: datetime,
    owner: str = "",
    due: date | None = None,
    note: str = "",
) -> None:
    """What is known of one question of readiness."""
    with atomic():
        issue = _writes(handoff, by)
        if key not in QUESTIONS:
            raise Refused("There is no such question. Look at the page again.")
        said = {"stand": stand, "owner": owner, "due": due, "note": note}
        row, made = Readiness.objects.get_or_create(handoff=handoff, key=key, defaults=said)
        was = {name: getattr(row, name) for name in said}
        if not made and was == said:
            return
        Readiness.objects.filter(pk=row.pk).update(**said)
        told = {"question": QUESTIONS[key], "stand": Ready(stand).label, "note": note}
        record(issue, ANSWERED, by=by, at=at, sow=handoff.statement.number, **told)


def set_due(task: HandoffTask, due: date, *, by: User, at: datetime) -> None:
    with atomic():
        issue = _meets(task.handoff, by)
        if HandoffTask.objects.filter(pk=task.pk, done_on=None).exclude(due=due).update(due=due):
            said = {"kind": task.kind, "due": due.isoformat()}
            record(issue, DATED, by=by, at=at, sow=task.handoff.statement.number, **said)


def meet(task: HandoffTask, on: date, *, by: User, at: datetime) -> None:
    """It took place."""
    with atomic():
        issue = _meets(task.handoff, by)
        if on > localdate(at):
            raise Refused("Note it once it took place: the day is still to come.")
        if not HandoffTask.objects.filter(pk=task.pk, done_on=None).update(done_on=on, done_by=by):
            raise Refused("Somebody noted this already.")
        said = {"kind": task.kind, "on": on.isoformat()}
        record(issue, MET, by=by, at=at, sow=task.handoff.statement.number, **said)


def hand(handoff: Handoff, *, by: User, at: datetime) -> None:
    """Give it to the project manager of the issue."""
    with atomic():
        issue = _writes(handoff, by)
        if issue.project_manager_id is None:
            raise Refused("Name the project manager on the issue first.")
        rows = Handoff.objects.filter(pk=handoff.pk, stand__in=[Stand.PREPARING, Stand.RETURNED])
        if not rows.update(stand=Stand.HANDED, handed_by=by, handed_at=at):
            raise Refused("The project manager has it already.")
        to = issue.project_manager.name if issue.project_manager else ""
        record(issue, HANDED, by=by, at=at, sow=handoff.statement.number, to=to)


def accept(handoff: Handoff, *, by: User, at: datetime) -> None:
    """Delivery takes it on; both parties have signed by then."""
    _answered(handoff, Stand.ACCEPTED, ACCEPTED, by=by, at=at)


def give_back(handoff: Handoff, questions: str, *, by: User, at: datetime) -> None:
    """Delivery cannot take it on yet, and asks what it misses."""
    _answered(handoff, Stand.RETURNED, RETURNED, by=by, at=at, questions=questions)


def _answered(
    handoff: Handoff, stand: str, verb: str, *, by: User, at: datetime, questions: str = ""
) -> None:
    with atomic():
        issue = fresh(handoff.statement.issue)
        if not rules.accepts_handoff(issue, by):
            raise NotAllowed("The project manager of the issue answers a hand-off.")
        if stand == Stand.RETURNED and not questions:
            raise Refused("Write what you miss, so that the EM can answer.")
        if stand == Stand.ACCEPTED and executed(handoff.statement) is None:
            raise Refused("Both parties have to sign first. Then accept it.")
        said = {"answered_by": by, "answered_at": at, "questions": questions}
        if not Handoff.objects.filter(pk=handoff.pk, stand=Stand.HANDED).update(
            stand=stand, **said
        ):
            raise Refused("It is not with you. Its EM hands it over first.")
        record(issue, verb, by=by, at=at, sow=handoff.statement.number, questions=questions)


def _writes(handoff: Handoff, by: User) -> ScopingIssue:
    issue: ScopingIssue = fresh(handoff.statement.issue)
    if not rules.writes_handoff(issue, by):
        raise NotAllowed("Its EM or a lead writes the hand-off.")
    if Handoff.objects.filter(pk=handoff.pk, stand=Stand.ACCEPTED).exists():
        raise Refused("Delivery has accepted it. Tell the project manager instead.")
    return issue


def _meets(handoff: Handoff, by: User) -> ScopingIssue:
    issue: ScopingIssue = fresh(handoff.statement.issue)
    if not (rules.writes_handoff(issue, by) or rules.accepts_handoff(issue, by)):
        raise NotAllowed("Its EM, a lead or its project manager notes the meetings.")
    return issue


def _follow(events: Sequence[Event]) -> None:
    """The stamped SOW went out for signature: the hand-off opens."""
    for event in events:
        if event.verb == SENT and event.subject_type == LABEL:
            rows = StatementOfWork.objects.filter(issue=event.subject_id)
            found = rows.filter(handoff=None, amends=None).first()
            if found:
                _begin(found, None, event.at)


def _not_opened() -> list[tuple[StatementOfWork, datetime]]:
    """Those whose SOW went out since it is written here, and that have no hand-off."""
    rows = StatementOfWork.objects.filter(handoff=None, amends=None).in_bulk(field_name="issue_id")
    sent = Event.objects.filter(verb=SENT, subject_type=LABEL, subject_id__in=list(rows))
    told = sent.order_by("-number").values_list("subject_id", "at")
    first = {subject: at for subject, at in told if at >= rows[subject].drafted_at}
    return [(rows[subject], at) for subject, at in first.items()]


def _rebuild() -> None:
    for statement, at in _not_opened():
        _begin(statement, None, at)


projections.append(Projection("hand-offs", _follow, _rebuild, lambda: len(_not_opened())))

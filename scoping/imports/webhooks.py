"""What GitLab tells by webhook: one issue as it stands now, applied by the path every import takes.

Deliveries come in any order, late and more than once. Only what is newer than what is here has a
say, so their order decides nothing. Other kinds of events and other projects are passed over.
"""

from __future__ import annotations

import logging
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import InterfaceError, OperationalError
from django.db.transaction import atomic

from scoping.imports import gitlab_rest
from scoping.imports.documents import Broken, number_at, object_at, objects_at, parse, text_at
from scoping.imports.issues import Issues
from scoping.imports.report import Judge, Rejected, Report
from scoping.imports.running import Work, run
from scoping.imports.tickets import Person, Ticket
from scoping.models import Delivered, Imported, WebhookDelivery

ISSUE = "issue"
CONFIDENTIAL = "confidential_issue"
CLOSED = "closed"
NAMED = re.compile(r"(?:(?P<name>.*) \()?(?P<handle>[^()]*)\)?")
Body = dict[str, Any]
logger = logging.getLogger(__name__)


class PassedOver(Exception):
    """This delivery is none of our business; the sentence says why."""


class Unapplied(Exception):
    """The database would not take it now; it is tried again."""


def read(text: str) -> Body:
    """A delivery's body; :class:`Rejected` when it is not one."""
    try:
        body = parse(text)
    except Broken as wrong:
        raise Rejected(f"This is not JSON: {wrong}.") from None
    if not isinstance(body, dict) or not text_at(body, "object_kind"):
        raise Rejected("This is not the body of a webhook: it does not say what it is about.")
    if body["object_kind"] == ISSUE and number_at(_said(body), "iid") is None:
        raise Rejected("There is no issue number.")
    return body


def apply_next(at: datetime) -> bool:
    """Apply the oldest delivery nobody else is at; False when none is due."""
    with atomic():
        waiting = WebhookDelivery.objects.due(at).select_for_update(skip_locked=True)
        delivery = waiting.first()
        if delivery is None:
            return False
        _try(delivery, at)
    return True


def _try(delivery: WebhookDelivery, at: datetime) -> None:
    """What goes wrong with one delivery does not hold up the others."""
    try:
        with atomic():
            delivery.settle(*_applied(delivery, at))
    except PassedOver as why:
        delivery.settle(Delivered.IGNORED, str(why))
    except (InterfaceError, OperationalError):
        raise
    except Exception as wrong:
        logger.exception("The webhook delivery %s could not be applied.", delivery.key)
        delivery.fail(str(wrong), at)


def _applied(delivery: WebhookDelivery, at: datetime) -> tuple[Delivered, str]:
    try:
        body = read(delivery.body)
        if body["object_kind"] != ISSUE:
            raise PassedOver(f"It is about a {body['object_kind'][:40]}, not an issue.")
        project = _project(object_at(body, "project"))
    except Rejected as why:
        raise PassedOver(str(why)) from None

    def take(_: Path, judge: Judge) -> None:
        judge.report.read += 1
        with judge.judging(1, 0):
            issues = Issues(judge, at)
            issues.take(_ticket(body, project))
            issues.write()

    return _outcome(run([Work(Path(delivery.key), lambda: take)], dry=False))


def _outcome(report: Report) -> tuple[Delivered, str]:
    said = " ".join(problem.reason for problem in report.problems)
    if report.refused:
        raise Unapplied(said)
    if report.created or report.updated:
        return Delivered.APPLIED, said
    return Delivered.IGNORED, said or "It says nothing new."


def _project(told: Body) -> str:
    """The path by which the project is known here; its number outlives a renaming."""
    number, path = number_at(told, "id"), text_at(told, "path_with_namespace")
    numbered = Imported.objects.exclude(project_number=None).order_by()
    if known := numbered.filter(project_number=number).values_list("project", flat=True).first():
        return known
    if not Imported.objects.filter(project=path).exists():
        raise PassedOver(f"No issue of {path[:80] or 'this project'} is here.")
    if number is None or numbered.filter(project=path).exists():
        raise PassedOver(f"Another project is known here as {path[:80]}.")
    return path


def _ticket(body: Body, project: str) -> Ticket:
    """The issue, with what the body does not say as it is here."""
    said = _said(body)
    iid = number_at(said, "iid") or 0
    here = Imported.objects.filter(project=project, iid=iid).first()
    found = (here.facts if here else {}) | said
    found |= {
        "project_id": number_at(object_at(body, "project"), "id"),
        "web_url": text_at(said, "url") or (here.url if here else ""),
        "closed_at": _closed_at(body, here),
        "confidential": said.get("confidential") is True
        or text_at(body, "event_type") == CONFIDENTIAL,
    }
    assignees = [gitlab_rest.person(each) for each in objects_at(body, "assignees")]
    people = (_author(body, here), assignees)
    return gitlab_rest.ticket(found, (1, 0), project, _labels(body), people)


def _said(body: Body) -> Body:
    said = object_at(body, "object_attributes")
    if not said:
        raise Rejected("There is no object_attributes.")
    return said


def _labels(body: Body) -> list[str]:
    labels = objects_at(body if "labels" in body else _said(body), "labels")
    return [gitlab_rest.label_name(text_at(label, "title")) for label in labels]


def _closed_at(body: Body, here: Imported | None) -> str:
    """Bodies tell it only as a change; a closed issue keeps the time it closed."""
    said = _said(body)
    if text_at(said, "state") != CLOSED:
        return ""
    changed = object_at(object_at(body, "changes"), "closed_at")
    if told := text_at(changed, "current"):
        return told
    if here and here.closed and here.closed_at:
        return here.closed_at.isoformat()
    return text_at(said, "updated_at")


def _author(body: Body, here: Imported | None) -> Person:
    """Bodies tell only their number: the one known here, or one of those they name."""
    if here and here.author and (found := NAMED.fullmatch(here.author)):
        return Person(found["handle"], found["name"] or "")
    author = _said(body).get("author_id")
    named = [object_at(body, "user"), *objects_at(body, "assignees")]
    return next(
        (gitlab_rest.person(each) for each in named if author and each.get("id") == author),
        Person(""),
    )

"""What the editor's page shows: outline, text, checks, fields, the last versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from emdesk.people.models import User
from scoping.models import ScopingIssue
from scoping.rules import comments as may_comment
from scoping.rules import works_issue
from sow import rules
from sow.amending import delta_of, order_of
from sow.approval_page import approval
from sow.asking import draft_of
from sow.checks import Result
from sow.checks import check as checked
from sow.commenting import threads
from sow.content import Content, Section
from sow.document_page import documents
from sow.fields import FIELDS, Field
from sow.models import Clause, StatementOfWork, Version
from sow.pen import held, last_held, lease_on
from sow.redlines import open_redlines
from sow.reviewing import links_of
from sow.risk_page import told_of
from sow.saving import Typed
from sow.signing.page import signatures

LAST_VERSIONS = 6
ALL, FIELDS_PART = "all", "fields"


@dataclass(frozen=True)
class Shown:
    """A section on the page: as it reads, and when it is edited as it is written."""

    section: Section
    title: str
    text: str
    editing: bool
    typed_title: str
    typed_text: str
    clause: Clause | None = None
    remarks: int = 0


def said_of(
    statement: StatementOfWork, version: Version, user: User, about: str = ""
) -> dict[str, Any]:
    """What was said of its clauses, and the box for more; ``about`` is the clause chosen in it."""
    found = threads(statement, version.said)
    return {
        "threads": found,
        "open_remarks": sum(thread.open for thread in found),
        "may_comment": may_comment(statement.issue, user),
        "clauses": [(each.key, version.said.title_of(each)) for each in version.said.sections],
        "about": about,
    }


def turn(statement: StatementOfWork, user: User, at: datetime) -> dict[str, Any]:
    """Who holds the pen, and what this person may do about it."""
    issue, pen = statement.issue, held(statement, at)
    mine = pen is not None and pen.holder_id == user.pk
    before, last = last_held(statement, user), statement.pens.first()
    unseen = before and not mine and before.last_version != statement.latest
    return {
        "pen": pen,
        "mine": mine,
        "may_edit": issue.live and rules.edits(issue, user),
        "gives": issue.live and works_issue(issue, user),
        "breaks": issue.live and rules.breaks_pen(user),
        "sends": issue.live and rules.sends_review(issue, user),
        "links": links_of(statement, at),
        "redlines": issue.live and rules.redlines(issue, user),
        "lease": int(lease_on(at).total_seconds() // 60),
        "last_note": last.note if last and not pen else "",
        "since": before.last_version if before and unseen else None,
        "asked": statement.requests.filter(answered_at=None).select_related("by").first(),
        "proposals": statement.proposals.filter(settled_at=None).select_related(
            "by", "redline__statement"
        ),
        "returned": open_redlines(statement),
    }


def results(version: Version, issue: ScopingIssue, content: Content) -> dict[str, Any]:
    draft = draft_of(version, issue, content)
    found: list[Result] = checked(draft)
    places = {each.kind: each.key for each in reversed(content.sections)}
    return {
        "newer": draft.newer,
        "checks": [(each, places.get(each.kind, "")) for each in found],
        "faulty": sum(bool(each.faults) for each in found),
    }


def shown(
    statement: StatementOfWork,
    user: User,
    at: datetime,
    *,
    edit: str = "",
    typed: Sequence[Typed] = (),
    about: str = "",
) -> dict[str, Any]:
    """For the template. ``typed`` are words somebody sent that are not saved, ``about`` is the
    clause somebody wants to comment on."""
    issue, head = statement.issue, statement.head
    content, pens = head.said, turn(statement, user, at)
    edits = pens["may_edit"] and (pens["mine"] or pens["pen"] is None)
    known = {ALL, FIELDS_PART, *(each.key for each in content.sections)}
    edit = edit if edits and edit in known else ""
    said = said_of(statement, head, user, about)
    remarks = {thread.key: thread.open for thread in said["threads"]}
    return {
        "issue": issue,
        "statement": statement,
        "version": head,
        "content": content,
        **pens,
        **said,
        "edits": edits,
        "edit": edit,
        "says_why": rules.says_why(issue, user),
        "sections": _sections(content, edit, {each.key: each for each in typed}, remarks),
        "fields": _fields(content),
        "versions": statement.versions.select_related("saved_by").defer("content")[:LAST_VERSIONS],
        "offered": Clause.objects.in_use().values_list("key", "title") if edit else [],
        "approval": approval(statement, head, user, at),
        **documents(statement, head, user),
        "signatures": signatures(statement, user, at),
        **results(head, issue, content),
        **_order(statement, head),
        "risk": told_of(getattr(statement, "at_risk", None), localdate(at)),
    }


def _order(statement: StatementOfWork, head: Version) -> dict[str, Any]:
    """Of a change order, what it adds."""
    if not statement.amends_id:
        return {"order": None}
    order = order_of(statement.issue_id)
    return {"order": order, "delta": delta_of(order, head.estimate_version)}


def _sections(
    content: Content, edit: str, typed: Mapping[str, Typed], remarks: Mapping[str, int]
) -> list[Shown]:
    keys = {each.source.get("clause", "") for each in content.sections if edit in {each.key, ALL}}
    clauses = {each.key: each for each in Clause.objects.with_text().filter(key__in=keys - {""})}
    found = []
    for each in content.sections:
        mine = typed.get(each.key) or Typed(each.key, each.title, each.text)
        editing = edit in {each.key, ALL} or each.key in typed
        clause = clauses.get(each.source.get("clause", "")) if editing else None
        reads = (content.title_of(each), content.text_of(each))
        open_ones = remarks.get(each.key, 0)
        found.append(Shown(each, *reads, editing, mine.title, mine.text, clause, open_ones))
    return found


def _fields(content: Content) -> list[tuple[Field, str]]:
    """Each with its value as people read it."""
    return [
        (field, content.value(name))
        for name, field in FIELDS.items()
        if not field.fixed or content.fields.get(name)
    ]

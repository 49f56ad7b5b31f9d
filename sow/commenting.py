"""Comments on clauses: said, resolved and opened again; each leaves an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.transaction import atomic

from emdesk.activity.mentions import people_called
from emdesk.ledger.models import Origin
from emdesk.ledger.recording import record
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh
from scoping.rules import comments as may_comment
from sow.content import Content
from sow.models import ClauseComment, StatementOfWork
from sow.models.comment import LONGEST_BODY, Remark

COMMENTED = "sow.commented"
RESOLVED, REOPENED = "sow.comment_resolved", "sow.comment_reopened"


@dataclass(frozen=True)
class Thread:
    """All that is said about one clause, oldest first."""

    key: str
    title: str
    remarks: tuple[Remark, ...]

    @property
    def open(self) -> int:
        return sum(each.resolved_at is None for each in self.remarks)


def comment(
    statement: StatementOfWork,
    section: str,
    body: str,
    *,
    seen: int,
    by: User,
    at: datetime,
    origin: str = Origin.PERSON,
) -> ClauseComment:
    """About a clause of version ``seen``. Raises :class:`Refused` and :class:`NotAllowed`."""
    body = body.strip()
    if not body:
        raise Refused("Write something first.")
    if len(body) > LONGEST_BODY:
        raise Refused(f"A comment holds {LONGEST_BODY:,} characters, this one {len(body):,}.")
    with atomic():
        issue = fresh(statement.issue)
        if not may_comment(issue, by):
            raise NotAllowed("Who works on the deal comments on its SOW.")
        version = statement.versions.filter(number=seen).first()
        about = version.said.section(section) if version else None
        if version is None or about is None:
            raise Refused("This section is not in that version. Look again.")
        said = {"section": section, "version": seen, "body": body}
        kept = ClauseComment.objects.create(statement=statement, by=by, at=at, **said)
        told = {"sow": statement.number, "title": version.said.title_of(about), "comment": kept.pk}
        called = sorted({user.pk for user in people_called(body).values()})
        record(issue, COMMENTED, by=by, at=at, origin=origin, mentions=called, **told)
    return kept


def resolve(statement: StatementOfWork, remark: Remark, *, by: User, at: datetime) -> None:
    """Whoever may comment says that a remark is dealt with."""
    _settle(statement, remark, RESOLVED, by=by, at=at)


def reopen(statement: StatementOfWork, remark: Remark, *, by: User, at: datetime) -> None:
    _settle(statement, remark, REOPENED, by=by, at=at)


def _settle(
    statement: StatementOfWork, remark: Remark, verb: str, *, by: User, at: datetime
) -> None:
    over = verb == RESOLVED
    with atomic():
        issue = fresh(statement.issue)
        if not may_comment(issue, by):
            raise NotAllowed("Who works on the deal settles what was said about its SOW.")
        rows = type(remark)._base_manager.filter(pk=remark.pk, resolved_at__isnull=over)
        said = {"resolved_at": at, "resolved_by": by} if over else {}
        if not rows.update(**({"resolved_at": None, "resolved_by": None} | said)):
            raise Refused(f"Somebody {'resolved' if over else 'opened'} it already.")
        author = remark.by_id if isinstance(remark, ClauseComment) else None
        title = _title(statement, remark)
        record(issue, verb, by=by, at=at, sow=statement.number, title=title, author=author)


def _title(statement: StatementOfWork, remark: Remark) -> str:
    said = statement.versions.get(number=remark.version).said
    section = said.section(remark.section)
    return said.title_of(section) if section else remark.section


def threads(statement: StatementOfWork, content: Content) -> list[Thread]:
    """In the order of the clauses; those about clauses that are gone come last."""
    found: dict[str, list[Remark]] = {}
    for remark in remarks_about(statement):
        found.setdefault(remark.section, []).append(remark)
    titles = {each.key: content.title_of(each) for each in content.sections}
    gone = {key: f"{key}, which is gone" for key in found if key not in titles}
    return [
        Thread(key, title, tuple(found[key]))
        for key, title in (titles | gone).items()
        if key in found
    ]


def remarks_about(statement: StatementOfWork) -> list[Remark]:
    """Colleagues' and those from outside, oldest first."""
    inside = statement.comments.select_related("by", "resolved_by", "statement")
    outside = statement.outside_comments.select_related("resolved_by", "statement")
    return sorted([*inside, *outside], key=lambda each: each.at)

"""Saving makes a version. What two people changed at once is told, and nobody's words are lost."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.transaction import atomic

from emdesk.ledger.models import Origin
from emdesk.ledger.recording import record
from emdesk.people.models import User
from emdesk.workflow import NotAllowed, Refused, fresh
from scoping.models import EstimateVersion, ScopingIssue
from sow import rules
from sow.asking import Resets, effects_of, replaced
from sow.content import Content, Section, digest_of
from sow.differing import sentences
from sow.fields import FIELDS
from sow.models import Progress, StatementOfWork, Version
from sow.models.clause import MOST_TEXT
from sow.pen import PenHeld, hold, keep_proposal

SAVED = "sow.saved"
MOST_SECTIONS = 100
Act = Callable[[Content], Content]


@dataclass(frozen=True)
class Typed:
    """A section as somebody left it in the editor."""

    key: str
    title: str
    text: str


@dataclass(frozen=True)
class Clash:
    """A section two people changed; ``theirs`` is None when somebody removed it meanwhile."""

    typed: Typed
    original: Section
    theirs: Section | None


@dataclass(frozen=True)
class FieldClash:
    name: str
    label: str
    typed: str
    original: str
    theirs: str


class Clashed(Exception):
    """Somebody saved the same sections or fields meanwhile; nothing was saved."""

    def __init__(self, sections: list[Clash], fields: list[FieldClash], head: Version) -> None:
        super().__init__("Somebody else changed the same meanwhile.")
        self.sections, self.fields, self.head = sections, fields, head


def save(
    statement: StatementOfWork,
    *,
    seen: int,
    by: User,
    at: datetime,
    typed: Iterable[Typed] = (),
    fields: Mapping[str, str] | None = None,
    act: Act | None = None,
    why: str = "",
    told: Collection[str] | None = None,
    origin: str = Origin.PERSON,
) -> Version | None:
    """A new version; None when nothing changed. ``seen`` is the number the person worked from.

    Changes to different sections go together; ``act`` is done with what they come to. The words of
    who does not hold the pen are kept as a proposal, and :class:`PenHeld` is raised. ``told`` names
    the approvals the person knows to be taken away; any other raises :class:`Resets`, unless it is None.
    """
    said: dict[str, Any] = {"by": by, "at": at, "told": told}
    words = list(typed)
    try:
        with atomic():
            return _save(
                statement, words, fields or {}, act, seen=seen, why=why, origin=origin, **said
            )
    except PenHeld:
        base = statement.versions.get(number=seen).said
        kept = [*changed_in(base, words), *_as_words(base, fields or {})]
        keep_proposal(statement, kept, seen=seen, by=by, at=at)
        raise


def _save(
    statement: StatementOfWork,
    typed: list[Typed],
    fields: Mapping[str, str],
    act: Act | None,
    *,
    seen: int,
    why: str,
    told: Collection[str] | None,
    by: User,
    at: datetime,
    origin: str,
) -> Version | None:
    issue = fresh(statement.issue)
    may_save(issue, by, why)
    hold(statement, by=by, at=at, origin=origin)
    statement = StatementOfWork.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    head = statement.head
    base = statement.versions.get(number=seen).said if seen != head.number else head.said
    content = merged(base, head, typed, fields)
    content = act(content) if act else content
    if content == head.said:
        return None
    return keep(statement, head, content, why=why, by=by, at=at, origin=origin, told=told)


def may_save(issue: ScopingIssue, by: User, why: str) -> None:
    """Raises :class:`Refused` or :class:`NotAllowed`."""
    if not issue.live:
        raise Refused(f"{issue.reference} is closed. Reopen it first.")
    if not rules.edits(issue, by):
        raise NotAllowed("Its EM, a lead or legal edits the SOW.")
    if rules.says_why(issue, by) and not why:
        raise Refused("This SOW is another's. Say why you change it.")


def changed_in(base: Content, typed: Iterable[Typed]) -> list[Typed]:
    """What was typed that is not what stood there."""
    return [each for each in typed if (was := base.section(each.key)) and _differs(each, was)]


def _as_words(base: Content, fields: Mapping[str, str]) -> list[Typed]:
    return [
        Typed(f"field:{name}", FIELDS[name].label, value)
        for name, value in changed_fields(base, fields).items()
    ]


def changed_fields(base: Content, fields: Mapping[str, str]) -> dict[str, str]:
    """Only those that people write, and that say something else than before."""
    return {
        name: value
        for name, value in fields.items()
        if name in FIELDS and not FIELDS[name].fixed and value != base.fields.get(name, "")
    }


def merged(base: Content, head: Version, typed: list[Typed], fields: Mapping[str, str]) -> Content:
    """The newest version with what was typed over ``base``. Raises :class:`Clashed`."""
    now = head.said
    wanted = changed_in(base, typed)
    said = changed_fields(base, fields)
    clashes = [clash for each in wanted if (clash := _clash(each, base, now))]
    met = [meets for name, value in said.items() if (meets := _field_clash(name, value, base, now))]
    if clashes or met:
        raise Clashed(clashes, met, head)
    new = {each.key: each for each in wanted}
    sections = tuple(
        replace(each, title=new[each.key].title, text=new[each.key].text)
        if each.key in new
        else each
        for each in now.sections
    )
    return Content({**now.fields, **said}, sections)


def _clash(each: Typed, base: Content, now: Content) -> Clash | None:
    was, theirs = base.section(each.key), now.section(each.key)
    if was is None or (theirs and not _differs(each, theirs)):
        return None
    if theirs and (theirs.title, theirs.text) == (was.title, was.text):
        return None
    return Clash(each, was, theirs)


def _field_clash(name: str, value: str, base: Content, now: Content) -> FieldClash | None:
    was, theirs = base.fields.get(name, ""), now.fields.get(name, "")
    if theirs in {was, value}:
        return None
    return FieldClash(name, FIELDS[name].label, value, was, theirs)


def _differs(each: Typed, section: Section) -> bool:
    return (each.title, each.text) != (section.title, section.text)


def keep(
    statement: StatementOfWork,
    head: Version,
    content: Content,
    *,
    why: str,
    by: User,
    at: datetime,
    origin: str = Origin.PERSON,
    estimate: EstimateVersion | None = None,
    told: Collection[str] | None = None,
) -> Version:
    """The next version; from another estimate when one is given. What both signed stays as it is."""
    if statement.signings.filter(standing__in=[Progress.SIGNED, Progress.EXECUTED]).exists():
        raise Refused(f"{statement.number} is signed. It stays as both have signed it.")
    pinned = estimate or head.estimate_version
    _within_limits(content)
    effects = effects_of(head, content, by=by, at=at, estimate=estimate)
    if told is not None and set(effects.takes) - set(told):
        raise Resets(effects)
    if effects.any and not why:
        raise Refused("Others approve this SOW. Say why you change it.")
    said = content.written()
    changes = sentences(head.said, content)
    number = head.number + 1
    version = Version.objects.create(
        statement=statement,
        number=number,
        content=said,
        digest=digest_of(said),
        estimate_version=pinned,
        estimate_digest=pinned.digest,
        difference=changes,
        why=why,
        saved_by=by,
        saved_at=at,
    )
    statement.latest = number
    statement.save(update_fields=["latest"])
    event = {"sow": statement.number, "version": number, "digest": version.digest}
    record(
        statement.issue, SAVED, by=by, at=at, origin=origin, difference=changes, why=why, **event
    )
    replaced(statement, effects, by=by, at=at, origin=origin)
    return version


def _within_limits(content: Content) -> None:
    if len(content.sections) > MOST_SECTIONS:
        raise Refused(f"A SOW has up to {MOST_SECTIONS} sections. Join some.")
    for each in content.sections:
        if not each.title:
            raise Refused("Every section has a title. Write one.")
        if len(each.text) > MOST_TEXT:
            raise Refused(f"“{each.title}” is longer than {MOST_TEXT:,} characters. Part it.")

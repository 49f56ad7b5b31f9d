"""Going on from an estimate that was accepted since: what it tells is built anew, the rest stays.

Words written by hand into a part that is built anew stand in the versions before, and the checks
name what the parts that stay say otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.transaction import atomic

from emdesk.people.models import User
from emdesk.workflow import Refused, fresh
from scoping.models import EstimateVersion, ScopingIssue
from sow.asking import Effects, effects_of
from sow.building import amounts
from sow.content import Content, Section, free_key
from sow.differing import sentences
from sow.drafting import accepted, plan, sold_in
from sow.kinds import Kind
from sow.models import StatementOfWork, Version
from sow.pen import hold
from sow.saving import keep, may_save

BUILT = (Kind.SCOPE, Kind.EDUCATION, Kind.EFFORT, Kind.FEES)


@dataclass(frozen=True)
class Renewal:
    """What going on would come to, before it is done."""

    head: Version
    estimate: EstimateVersion
    content: Content
    effects: Effects

    @property
    def told(self) -> list[str]:
        """What it changes, in words."""
        return sentences(self.head.said, self.content)


def foreseen(statement: StatementOfWork, *, by: User, at: datetime) -> Renewal:
    """Nothing is written. Raises :class:`Refused` when there is no other estimate to go on from."""
    head = statement.head
    estimate, content = _renewed(statement.issue, head, at)
    effects = effects_of(head, content, by=by, at=at, estimate=estimate)
    return Renewal(head, estimate, content, effects)


def renew(
    statement: StatementOfWork,
    *,
    by: User,
    at: datetime,
    why: str = "",
    told: Collection[str] | None = None,
) -> Version:
    """A version from the estimate that stands now. Raises :class:`Refused`.

    ``told`` names the approvals the person knows to be reset; any other raises
    :class:`~sow.asking.Resets`, unless it is None.
    """
    with atomic():
        issue = fresh(statement.issue)
        may_save(issue, by, why)
        _newer(issue, statement.head)
        hold(statement, by=by, at=at)
        statement = StatementOfWork.objects.select_for_update(of=("self",)).get(pk=statement.pk)
        head = statement.head
        estimate, content = _renewed(issue, head, at)
        return keep(statement, head, content, estimate=estimate, why=why, by=by, at=at, told=told)


def _newer(issue: ScopingIssue, head: Version) -> EstimateVersion:
    estimate = accepted(issue)
    if estimate is None or estimate.pk == head.estimate_version_id:
        raise Refused("No other version of the primary estimate is accepted.")
    return estimate


def _renewed(issue: ScopingIssue, head: Version, at: datetime) -> tuple[EstimateVersion, Content]:
    estimate = _newer(issue, head)
    built = [each for each in plan(issue, at=at).sections if each.kind in BUILT]
    told = {**amounts(sold_in(estimate)), "estimate": estimate.name}
    fields = {**head.said.fields, **told}
    return estimate, Content(fields, tuple(_joined(head.said.sections, built)))


def _joined(now: Sequence[Section], built: Sequence[Section]) -> list[Section]:
    """Each kind that is built anew where its first section stood; a new one behind the scope."""
    found: list[Section] = []
    placed: set[str] = set()
    for each in now:
        if each.kind not in BUILT:
            found.append(each)
        elif each.kind not in placed:
            placed.add(each.kind)
            found += [one for one in built if one.kind == each.kind]
        if each.kind == Kind.SCOPE and Kind.EDUCATION not in {one.kind for one in now}:
            found += [one for one in built if one.kind == Kind.EDUCATION and one.kind not in placed]
            placed.add(Kind.EDUCATION)
    left = [one for one in built if one.kind not in placed]
    return _numbered([*found, *left])


def _numbered(sections: Sequence[Section]) -> list[Section]:
    """With keys that are each there once."""
    taken: list[str] = []
    found = []
    for each in sections:
        key = each.key if each.key not in taken else free_key(each.kind, taken)
        taken.append(key)
        found.append(replace(each, key=key))
    return found

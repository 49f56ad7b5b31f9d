"""Going on from an estimate that was accepted since: what it tells is built anew, the rest stays.

Words written by hand into a part that is built anew stand in the versions before, and the checks
name what the parts that stay say otherwise.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.transaction import atomic

from emdesk.people.models import User
from emdesk.workflow import Refused, fresh
from scoping.models import EstimateVersion, ScopingIssue
from sow.asking import Effects, effects_of
from sow.building import amounts
from sow.content import Content
from sow.differing import sentences
from sow.drafting import accepted, plan, price_of_order, sold_in
from sow.joining import built, joined
from sow.models import StatementOfWork, Version
from sow.pen import hold
from sow.saving import keep, may_save


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
        price_of_order(issue, estimate, by=by, at=at)
        return keep(statement, head, content, estimate=estimate, why=why, by=by, at=at, told=told)


def _newer(issue: ScopingIssue, head: Version) -> EstimateVersion:
    estimate = accepted(issue)
    if estimate is None or estimate.pk == head.estimate_version_id:
        raise Refused("No other version of the primary estimate is accepted.")
    return estimate


def _renewed(issue: ScopingIssue, head: Version, at: datetime) -> tuple[EstimateVersion, Content]:
    estimate = _newer(issue, head)
    anew = built(plan(issue, at=at).sections)
    told = {**amounts(sold_in(estimate)), "estimate": estimate.name}
    fields = {**head.said.fields, **told}
    return estimate, Content(fields, tuple(joined(head.said.sections, anew)))

"""Deciding what becomes of each change that others want.

An accepted change is carried over to the newest version; where that says something else by now,
the change stays open and whoever decides is told. Nothing of it is ever lost.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.transaction import atomic

from emdesk.ledger.recording import record
from emdesk.people.models import User
from emdesk.workflow import fresh
from sow.models import Proposal, Redline, RedlineChange, StatementOfWork, Version
from sow.models.redline import Verdict
from sow.pen import hold
from sow.saving import may_save, save
from sow.taking_in import Carried

DECIDED = "sow.redline_decided"
CLIP = 160


@dataclass(frozen=True)
class Outcome:
    """The version that took changes in, if any; those that could not be, and those decided by
    somebody else meanwhile."""

    version: Version | None
    clashed: tuple[RedlineChange, ...]
    late: tuple[RedlineChange, ...]


def decide(
    statement: StatementOfWork,
    redline: Redline,
    verdicts: Mapping[int, str],
    *,
    by: User,
    at: datetime,
    why: str = "",
    told: Collection[str] | None = None,
) -> Outcome:
    """Accept or reject changes, each by its key. What is accepted makes one new version.

    Raises what saving raises; then nothing is decided.
    """
    with atomic():
        issue = fresh(statement.issue)
        may_save(issue, by, why)
        hold(statement, by=by, at=at)
        redline = Redline.objects.select_for_update().get(pk=redline.pk)
        statement = StatementOfWork.objects.select_related("issue").get(pk=statement.pk)
        chosen = list(redline.changes.filter(pk__in=verdicts).select_related("decided_by"))
        late = tuple(each for each in chosen if each.verdict)
        open_ones = [each for each in chosen if not each.verdict]
        wished = [each for each in open_ones if verdicts[each.pk] == Verdict.ACCEPTED]
        carried = Carried(redline, statement.head)
        done = carried.take_in(wished)
        version = _saved(statement, redline, carried, done, by=by, at=at, why=why, told=told)
        number = version.number if version else statement.latest
        settled = [each for each in open_ones if each not in wished or each in done]
        for each in settled:
            _note(each, verdicts[each.pk], number, by=by, at=at)
        _tell(statement, redline, settled, verdicts, by=by, at=at)
        _close(redline, at)
    clashed = tuple(each for each in wished if each not in done)
    return Outcome(version, clashed, late)


def _saved(
    statement: StatementOfWork,
    redline: Redline,
    carried: Carried,
    done: list[RedlineChange],
    *,
    by: User,
    at: datetime,
    why: str,
    told: Collection[str] | None,
) -> Version | None:
    if not done:
        return None
    many = "a change" if len(done) == 1 else f"{len(done)} changes"
    said = f"Took in {many} of {redline.author}"[:200]
    why = f"{said}: {why}"[:300] if why else said
    head = carried.head
    return save(
        statement,
        seen=head.number,
        by=by,
        at=at,
        typed=carried.typed,
        act=carried.act,
        why=why,
        told=told,
    )


def _note(change: RedlineChange, verdict: str, number: int, *, by: User, at: datetime) -> None:
    change.verdict, change.decided_by, change.decided_at = Verdict(verdict), by, at
    change.taken_in = number if verdict == Verdict.ACCEPTED else None
    change.save(update_fields=["verdict", "decided_by", "decided_at", "taken_in"])


def _tell(
    statement: StatementOfWork,
    redline: Redline,
    settled: list[RedlineChange],
    verdicts: Mapping[int, str],
    *,
    by: User,
    at: datetime,
) -> None:
    if not settled:
        return
    said = [
        {
            "section": each.section,
            "old": each.old[:CLIP],
            "new": each.new[:CLIP],
            "author": each.author,
            "said_at": each.said_at.isoformat() if each.said_at else "",
            "verdict": verdicts[each.pk],
        }
        for each in settled
    ]
    about = {"sow": statement.number, "redline": redline.pk, "author": redline.author}
    record(statement.issue, DECIDED, by=by, at=at, decided=said, **about)


def _close(redline: Redline, at: datetime) -> None:
    """With its last change a return is settled, and the proposal it may come from."""
    if redline.settled_at or redline.changes.filter(verdict="").exists():
        return
    Redline.objects.filter(pk=redline.pk).update(settled_at=at)
    Proposal.objects.filter(redline=redline, settled_at=None).update(settled_at=at)

"""Closing a quarter: its figures as they are now, on paper that is sealed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from typing import Any

from django.db import IntegrityError
from django.db.transaction import atomic

from emdesk.files.models import StoredFile
from emdesk.files.storing import store
from emdesk.ledger.recording import record
from emdesk.people.models import User
from emdesk.sealing import Seal, seal, verify
from emdesk.workflow import Refused
from forecasting.amendments import FROZEN
from forecasting.dashboard import Dashboard
from forecasting.models import Freeze
from forecasting.pipeline import Worth
from forecasting.rules import freezes_quarters
from scoping.win_rate import Tally, win_rate
from scoping.win_rate_axes import Basis, QuarterOf

Printed = Callable[[], bytes]


def freeze(board: Dashboard, note: str, printed: Printed, *, by: User, at: datetime) -> Freeze:
    """``printed`` makes the dashboard's PDF. :class:`Refused` before the quarter is over, or twice."""
    quarter = board.look.quarter
    if board.look.running:
        raise Refused(f"{quarter.written} is not over yet. It can be frozen from its last day on.")
    if Freeze.objects.filter(quarter=str(quarter)).exists():
        raise Refused(f"{quarter.written} is frozen already. Corrections stand beside its figures.")
    paper = seal(printed(), f"{quarter.written} as frozen by {by.name}")
    try:
        with atomic():
            return _keep(board, note, paper, by, at)
    except IntegrityError as twice:
        raise Refused(f"{quarter.written} was frozen by somebody else just now.") from twice


def _keep(board: Dashboard, note: str, paper: bytes, by: User, at: datetime) -> Freeze:
    quarter = board.look.quarter
    figures = figures_of(board)
    kept = Freeze.objects.create(quarter=str(quarter), at=at, by=by, note=note, figures=figures)
    issues = figures[Basis.ISSUES]
    facts: dict[str, Any] = {"won": issues["won"], "lost": issues["lost"], "note": note}
    record(kept, FROZEN, by=by, at=at, quarter=str(quarter), **facts)
    store(kept, BytesIO(paper), f"{quarter.written}.pdf", by=by, at=at)
    return kept


def figures_of(board: Dashboard) -> dict[str, Any]:
    """Of everybody's deals, whatever the dashboard is narrowed to."""
    quarter = board.look.quarter
    found: dict[str, Any] = {str(basis): _told(whole_tally(board, basis)) for basis in Basis}
    ends = {"won": board.pipeline.won, "lost": board.pipeline.lost, "open": board.pipeline.open}
    found["ends"] = {name: _worth(each) for name, each in ends.items()}
    return found | {"currency": board.pipeline.currency, "quarter": str(quarter)}


def whole_tally(board: Dashboard, basis: Basis) -> Tally:
    """What closed in the quarter as it stands now, counted on issues or on deals."""
    within = QuarterOf.CLOSE.holds(basis, board.look.quarter)
    return win_rate(basis, "quarter", None, within).total


def _told(tally: Tally) -> dict[str, Any]:
    return {name: value for name, value in asdict(tally).items() if name != "key"}


def _worth(worth: Worth) -> dict[str, Any]:
    return asdict(worth)


def keeps_document(kept: Freeze, user: User) -> bool:
    """Once, by whoever freezes: a sealed document has no second version."""
    return freezes_quarters(user) and document(kept) is None


def document(kept: Freeze) -> StoredFile | None:
    """The sealed dashboard."""
    return StoredFile.objects.about(kept).order_by("version").first()


def checked(kept: Freeze) -> Seal | None:
    """What the seal of its document proves; None where there is none to prove anything."""
    file = document(kept)
    return verify(file.path.read_bytes()) if file and file.path.exists() else None

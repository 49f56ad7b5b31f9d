"""Closing a quarter: figures that stay, a sealed document, corrections that are numbered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.transaction import atomic
from django.http import QueryDict

from emdesk.activity.sentences import describe, unspelled
from emdesk.files.storing import store
from emdesk.fiscal import Quarter
from emdesk.ledger.models import Event
from emdesk.paper import pdf_of
from emdesk.people.models import Role, User
from emdesk.sealing import verify
from emdesk.workflow import Refused, perform, undo
from forecasting import freezing
from forecasting.amendments import AMENDMENTS, FROZEN, corrections
from forecasting.checklist import ITEMS, checklist
from forecasting.dashboard import Dashboard
from forecasting.drift import sweep
from forecasting.forms import QuarterForm
from forecasting.freezing import checked, document
from forecasting.look import Look
from forecasting.models import Amendment, Freeze, Plan
from scoping.closing import correct
from scoping.models import Opportunity, ScopingIssue
from scoping.states import CloseReason, Outcome, State
from tests.factories import make_issue, make_opportunity, make_ready_issue, make_user
from tests.oracles.amendments import corrections as naive
from tests.seeds import seeds

pytestmark = pytest.mark.django_db
QUARTER = Quarter.parse("Q127")
WITHIN = datetime(2026, 3, 2, 12, tzinfo=UTC)
OVER = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ENDS: dict[str, dict[str, str]] = {
    Outcome.WON: {"outcome": Outcome.WON, "close_reason": CloseReason.SIGNED},
    Outcome.LOST: {"outcome": Outcome.LOST, "close_reason": CloseReason.NO_BUDGET},
}


@pytest.fixture(scope="module")
def page() -> bytes:
    return pdf_of("<!DOCTYPE html><html lang='en'><title>Q</title><p>Won</p></html>")


@pytest.fixture(autouse=True)
def own_key(tmp_path: Path, settings: Any) -> None:
    settings.EMDESK_SEAL = tmp_path / "seal.p12"


@pytest.fixture
def lead() -> User:
    return make_user(Role.EM_LEAD, Role.EM, name="Lena Vogel")


def look(user: User, at: datetime = OVER, quarter: Quarter = QUARTER, said: str = "") -> Look:
    return Look(quarter, user, QuarterForm(QueryDict(said)), at)


def freeze(user: User, page: bytes, at: datetime = OVER, quarter: Quarter = QUARTER) -> Freeze:
    board = Dashboard(look(user, at, quarter))
    return freezing.freeze(board, "Two wait for legal", lambda: page, by=user, at=at)


def closed(outcome: str, quarter: str = "Q127", **fields: Any) -> ScopingIssue:
    return make_issue(State.CLOSED, outcome=outcome, close_quarter=quarter, **fields)


def test_a_frozen_quarter_keeps_its_figures_whatever_happens_later(lead: User, page: bytes) -> None:
    won = [closed(Outcome.WON, expected_value=Decimal(100), currency="USD") for _ in range(3)]
    closed(Outcome.LOST)
    make_opportunity(stage="won", close_date=date(2026, 3, 9), amount=50)
    kept = freeze(lead, page)

    correct(won[0], by=lead, at=OVER + DAY, why="Paper was void", **ENDS[Outcome.LOST])
    ScopingIssue.objects.filter(pk=won[1].pk).update(expected_value=7)
    Opportunity.objects.update(stage="lost")

    board = Dashboard(look(lead, OVER + DAY))
    assert (board.tally.won, board.tally.lost, board.tally.won_value) == (3, 1, 300)
    assert (board.ends["won"].deals, board.ends["won"].value, board.ends["lost"].deals) == (
        1,
        50,
        0,
    )
    assert board.freeze == kept
    narrowed = Dashboard(look(lead, OVER + DAY, said="em=none"))
    assert (narrowed.tally.won, narrowed.tally.lost, narrowed.freeze) == (2, 2, None)
    assert sum(each.lost for each in board.reasons) == 2
    deals = Dashboard(look(lead, OVER + DAY, said="counted_on=opportunities"))
    assert (deals.tally.won, deals.tally.lost) == (1, 0)
    team = make_user(Role.ACCOUNT_TEAM)
    assert Dashboard(look(team, OVER + DAY)).frozen == {}


def test_the_document_is_sealed_and_kept_once(lead: User, page: bytes) -> None:
    closed(Outcome.WON)
    kept = freeze(lead, page)
    file = document(kept)
    assert file is not None
    seal = verify(file.path.read_bytes())
    assert seal is not None
    assert (seal.good, seal.reason) == (True, "FY27-Q1 as frozen by Lena Vogel")
    assert file.name == "FY27-Q1.pdf"
    with pytest.raises(PermissionDenied):
        store(kept, BytesIO(page), "FY27-Q1.pdf", by=lead, at=OVER)

    file.path.write_bytes(file.path.read_bytes().replace(b"/Producer", b"/Producex"))
    found = checked(kept)
    assert found is None or not found.whole


def test_it_is_frozen_once_and_only_when_it_is_over(lead: User, page: bytes) -> None:
    with pytest.raises(Refused, match="not over yet"):
        freeze(lead, page, WITHIN)
    kept = freeze(lead, page)
    with pytest.raises(Refused, match="already"):
        freeze(lead, page)
    with pytest.raises(IntegrityError), atomic():
        Freeze.objects.create(quarter="Q127", at=OVER, by=lead, figures={})
    event = Event.objects.about(kept).get(verb=FROZEN)
    assert unspelled({FROZEN}) == set()
    assert (
        describe(event)
        == "Lena Vogel froze the quarter with 0 won and 0 lost: “Two wait for legal”"
    )
    assert Dashboard(look(lead)).tally.rate is None


def test_a_deal_that_comes_back_later_is_a_correction_with_who_and_why(
    lead: User, page: bytes
) -> None:
    issue = make_ready_issue(State.APPROVED, engagement_manager=lead)
    perform(issue.win, by=lead, at=WITHIN, quarter="Q127")
    closed(Outcome.LOST)
    kept = freeze(lead, page)
    issue = ScopingIssue.objects.get(pk=issue.pk)

    with pytest.raises(Refused, match="is over"):
        perform(issue.reopen, by=lead, at=OVER + DAY, override="Signature was withdrawn")
    said = {"close_quarter": "Q227"}
    correct(issue, by=lead, at=OVER + DAY, why="Signature was withdrawn", **said)

    (only,) = corrections(kept)
    assert (only.number, only.was, only.now) == (1, "Closed won", "Not counted")
    assert (only.before, only.after) == (Decimal("0.5"), Decimal(0))
    assert only.issue == issue
    assert "Lena Vogel" in only.sentence
    assert only.reason == "Signature was withdrawn"
    assert Dashboard(look(lead, OVER + DAY)).tally.won == 1


def test_what_is_taken_back_within_its_minutes_is_a_correction_too(lead: User, page: bytes) -> None:
    issue = make_ready_issue(State.APPROVED, engagement_manager=lead)
    kept = freeze(lead, page)
    perform(issue.win, by=lead, at=OVER, quarter="Q127")
    undo(ScopingIssue.objects.get(pk=issue.pk), by=lead, at=OVER, within=DAY)
    told = [(each.number, each.was, each.now) for each in corrections(kept)]
    assert told == [(1, "Not counted", "Closed won"), (2, "Closed won", "Not counted")]
    assert AMENDMENTS.differences() == 0


def test_moved_between_frozen_quarters_it_corrects_both(lead: User, page: bytes) -> None:
    issue = closed(Outcome.WON, "Q426")
    other, kept = freeze(lead, page, quarter=QUARTER.previous), freeze(lead, page)
    correct(issue, by=lead, at=OVER + DAY, why="Signed in February", close_quarter="Q127")
    told = [[(each.was, each.now) for each in corrections(every)] for every in (other, kept)]
    assert told == [[("Closed won", "Not counted")], [("Not counted", "Closed won")]]
    assert corrections(kept)[0].reason == "Signed in February"


@pytest.mark.parametrize("seed", seeds(1, 3))
def test_corrections_are_what_a_naive_replay_says_and_can_be_derived_anew(
    seed: int, lead: User, page: bytes
) -> None:
    chance = Random(seed)  # noqa: S311
    outcomes, quarters = [Outcome.WON, Outcome.LOST], ["Q127", "Q227", "Q426"]
    issues = [closed(chance.choice(outcomes), chance.choice(quarters)) for _ in range(6)]
    frozen = {each.pk: (each.outcome, each.close_quarter) for each in issues}
    kept = freeze(lead, page)
    steps = []
    for turn in range(25):
        pk = chance.choice(issues).pk
        ends, moves = ENDS[chance.choice(outcomes)], {"close_quarter": chance.choice(quarters)}
        said = chance.choice([ends, moves, ends | moves])
        issue = ScopingIssue.objects.get(pk=pk)
        correct(issue, by=lead, at=OVER + turn * DAY, why="x", **said)
        issue = ScopingIssue.objects.get(pk=pk)
        steps.append((pk, (issue.outcome, issue.close_quarter)))

    found = corrections(kept)

    labels = {"": "Not counted", "won": "Closed won", "lost": "Closed lost"}
    expected = naive(frozen, steps, "Q127")
    assert expected
    assert [(each.issue and each.issue.pk, each.was, each.now) for each in found] == [
        (pk, labels[was], labels[now]) for pk, was, now, _, _ in expected
    ]
    for each, (_, _, _, before, after) in zip(found, expected, strict=True):
        for told, exact in ((each.before, before), (each.after, after)):
            assert (told is None) == (exact is None)
            assert exact is None or abs(float(told or 0) - float(exact)) < 1e-6
    assert AMENDMENTS.differences() == 0
    Amendment.objects.all().delete()
    assert AMENDMENTS.differences() == len(expected)
    AMENDMENTS.rebuild()
    assert AMENDMENTS.differences() == 0
    assert len(corrections(kept)) == len(expected)


def test_the_checklist_counts_what_is_open_and_nothing_else(lead: User) -> None:
    day = date(2026, 3, 9)
    own: dict[str, Any] = {"engagement_manager": lead, "close_date": day, "amount": 10}
    fine = make_opportunity(stage="won", **own)
    make_opportunity(stage="4", **own)
    make_opportunity(stage="won", **own | {"engagement_manager": None})
    make_opportunity(stage="won", **own | {"amount": None})
    make_opportunity(stage="4", confidence="green", confidence_rationale="Long ago", **own)
    make_opportunity(stage="4", **own | {"close_date": date(2026, 6, 1), "amount": None})
    make_opportunity(stage="4", deleted=True, **own)
    approved = make_opportunity(stage="6", **own)
    make_issue(State.APPROVED, opportunity=approved, engagement_manager=lead)
    make_issue(State.APPROVED, engagement_manager=lead)
    apart = make_opportunity(stage="lost", **own)
    make_issue(State.SOW_WIP, opportunity=apart, engagement_manager=lead, at=WITHIN)
    Plan.objects.create(quarter="Q127", revenue=5, currency="USD")
    Plan.objects.create(quarter="Q127", region="EMEA", revenue=5, recognised=0, currency="USD")
    Plan.objects.create(quarter="Q227", region="EMEA", revenue=5, currency="USD")
    sweep(OVER)

    counts = {each.item.key: each.count for each in checklist(look(lead))}

    assert counts.keys() == ITEMS.keys()
    assert counts["open"] == 3
    assert counts["nobodys"] == counts["unpriced"] == counts["untold"] == counts["unsigned"] == 1
    assert counts["stale"] == counts["silent"] == 1
    assert counts["drift"] >= 1
    assert counts["quarterless"] == 0
    assert fine not in ITEMS["open"].rows(look(lead))

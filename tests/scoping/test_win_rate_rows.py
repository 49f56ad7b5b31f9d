"""Behind each number stand exactly the issues or deals it counts, however they are called."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from emdesk.people.models import Role, Segment
from scoping.models import Account, Imported, Opportunity, ScopingIssue
from scoping.states import Outcome, State
from scoping.win_rate import Tally, win_rate
from scoping.win_rate_axes import Basis, axes
from scoping.win_rate_rows import Part, left_out, parts, rows_of
from tests.factories import make_account, make_issue, make_opportunity, make_segment, make_user
from tests.oracles.win_rate import rows_behind

ODD = [
    "",
    "A/B",
    "R&D",
    "why?",
    "#1",
    "a b",
    "=1+1",
    "ünï",
    "%2F",
    "A/B Q118",
    "Q118",
    "a+b",
    "'\"<i>",
]
NAMES = st.sampled_from(ODD)
DEALS = st.fixed_dictionaries(
    {
        "stage": st.sampled_from(["won", "lost", "0", "4", "9", "10"]),
        "close_date": st.dates(date(2017, 1, 1), date(2018, 12, 31)),
        "office": NAMES,
        "owner": NAMES,
        "product": NAMES,
        "kind": NAMES,
        "deleted": st.booleans(),
    }
)


def numbers(tally: Tally) -> dict[Part, int]:
    return {Part.WON: tally.won, Part.LOST: tally.lost, Part.CLOSED: tally.won + tally.lost}


def disagreeing(basis: Basis, user: Any = None) -> list[Any]:
    """Each number, on every axis, that its rows do not add up to."""
    wrong = []
    for by in axes(basis):
        found = win_rate(basis, by, user)
        named = [(tally.key, tally) for tally in found.rows]
        for key, tally in [(None, found.total), ("", found.unnamed), *named]:
            for part, number in numbers(tally).items():
                rows = rows_of(basis, by, key, part, user)
                if not len(rows) == len({row.pk for row in rows}) == number:
                    wrong.append((by, key, part, number, len(rows)))
    return wrong


class EveryNumberHasItsRows(TestCase):
    def setUp(self) -> None:
        accounts = [make_account(sector=sector) for sector in ODD[:4]]
        self.accounts: list[Account | None] = [*accounts, None]
        self.segments: list[Segment | None] = [make_segment("SMB"), make_segment(), None]
        self.people = [make_user(name=name or "Nobody") for name in ODD[:4]]

    @settings(max_examples=settings.default.max_examples // 5)
    @given(st.lists(DEALS, max_size=12), st.randoms())
    def test_deals(self, deals: list[dict[str, Any]], chance: Any) -> None:
        Opportunity.objects.all().delete()
        Opportunity.objects.bulk_create(
            Opportunity(
                name="Deal",
                account=chance.choice(self.accounts),
                segment=chance.choice(self.segments),
                engagement_manager=chance.choice([*self.people, None]),
                **deal,
            )
            for deal in deals
        )
        assert disagreeing(Basis.OPPORTUNITIES) == []
        for by in ("office", "owner", "product", "kind"):
            axis = "type" if by == "kind" else by
            told = [(deal[by], deal["stage"], deal["deleted"]) for deal in deals]
            for key, part in product(ODD, (Part.WON, Part.LOST)):
                rows = rows_of(Basis.OPPORTUNITIES, axis, key, part)
                assert len(rows) == rows_behind(told, key, part)


pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> None:
    """Issues of every kind, some whose deal, segment, EM or account says nothing."""
    manager = make_user(email="cara.losch@example.com")
    make_user(email="cara.losch@example.org")
    for number, name in enumerate(ODD):
        deal = make_opportunity(office=name, owner=name, product=name, kind=name)
        own = {"opportunity": deal, "account": make_account(sector=name)}
        outcome = [Outcome.WON, Outcome.LOST, ""][number % 3]
        quarter = ["Q118", "Q426"][number % 2]
        own |= {"segment": make_segment("SMB")} if number % 4 else {}
        own |= {"engagement_manager": manager} if number % 5 else {}
        if outcome:
            make_issue(State.CLOSED, outcome=outcome, close_quarter=quarter, **own)
        else:
            make_issue(State.CLOSED, outcome="", **own)
        make_issue([State.OPEN, State.SOW_WIP, State.ON_HOLD][number % 3], **own)
    for state in (State.CLOSED, State.SOW_WIP):
        torn = make_issue(state, **({"outcome": ""} if state == State.CLOSED else {}))
        Imported.objects.create(
            issue=torn, project="p", iid=torn.pk, conflict="two labels", moves=torn.moves
        )
    decided = make_issue(State.CLOSED, outcome=Outcome.WON)
    Imported.objects.create(issue=decided, project="p", iid=decided.pk, conflict="two labels")


@pytest.mark.parametrize("basis", Basis)
def test_every_number_of_every_axis_has_its_rows(desk: None, basis: Basis) -> None:
    assert disagreeing(basis) == []


@pytest.mark.parametrize("role", [Role.ACCOUNT_TEAM, Role.VIEWER])
@pytest.mark.parametrize("basis", Basis)
def test_numbers_and_rows_have_the_same_reach(desk: None, basis: Basis, role: Role) -> None:
    reader = make_user(role)
    closed = ScopingIssue.objects.filter(outcome=Outcome.WON).first()
    assert closed
    assert closed.opportunity
    closed.account_team.add(reader)
    Opportunity.objects.filter(pk=closed.opportunity.pk).update(stage="won")
    assert disagreeing(basis, reader) == []
    found = win_rate(basis, "quarter", reader).total
    whole = win_rate(basis, "quarter").total
    if role == Role.ACCOUNT_TEAM:
        assert (found.won, found.lost) == (1, 0)
        assert rows_of(basis, "quarter", None, Part.CLOSED, reader).count() == 1
    else:
        assert (found.won, found.lost) == (whole.won, whole.lost)


@pytest.mark.parametrize("basis", Basis)
def test_what_counts_and_what_is_left_out_is_everything(desk: None, basis: Basis) -> None:
    Opportunity.objects.filter(office="A/B").update(stage="won", deleted=True)
    Opportunity.objects.filter(office="R&D").update(stage="10", close_date=None)
    model: Any = ScopingIssue if basis == Basis.ISSUES else Opportunity
    disjoint = [part for part in parts(basis) if part != Part.CLOSED]
    seen = [row.pk for part in disjoint for row in rows_of(basis, "quarter", None, part)]
    assert sorted(seen) == sorted(model.objects.values_list("pk", flat=True))
    counts = left_out(basis)
    assert all(counts.values())
    for part, count in counts.items():
        assert count == rows_of(basis, "quarter", None, part).count()


def test_torn_issues_are_those_nobody_has_decided(desk: None) -> None:
    torn = rows_of(Basis.ISSUES, "quarter", None, Part.TORN)
    undecided = [each.issue_id for each in Imported.objects.all() if each.undecided]
    assert sorted(row.pk for row in torn) == sorted(undecided)
    assert len(undecided) == 2


def test_two_managers_of_one_handle_share_a_number_and_its_rows() -> None:
    for host in ("com", "org"):
        manager = make_user(email=f"cara.losch@example.{host}")
        make_issue(State.CLOSED, engagement_manager=manager)
    (row,) = win_rate(Basis.ISSUES, "em").rows
    assert (row.key, row.lost) == ("cara.losch", 2)
    assert rows_of(Basis.ISSUES, "em", "cara.losch", Part.LOST).count() == 2


@pytest.mark.parametrize(
    "basis", [Basis.ISSUES, pytest.param(Basis.OPPORTUNITIES, marks=pytest.mark.full)]
)
def test_the_links_of_the_page_lead_to_as_many_rows_as_they_say(desk: None, basis: Basis) -> None:
    Opportunity.objects.update(stage="won")
    client = Client()
    client.force_login(make_user(Role.VIEWER))
    for by in axes(basis):
        page = client.get("/win-rate/", {"basis": basis, "by": by}).context
        total = page["total"]
        counted = ("won", "lost", "closed")
        every = [cell for row in page["table"].rows for cell in row.cells]
        cells = [cell for cell in every if cell.says in counted]
        assert len(cells) == 3 * len(page["table"].rows) > 0
        linked = [(cell.text, cell.url) for cell in cells]
        for number, address in [total.won, total.lost, total.closed, *linked]:
            rows = client.get(address).context["shown"].paginator.count
            assert f"{rows:,}" == number, address

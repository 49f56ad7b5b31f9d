"""A deal that closes closes its issue: its EM is told until they note it, and may take it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from emdesk.desk.duties import Duty, duties
from emdesk.ledger.models import Event
from emdesk.people.models import Role, User
from emdesk.workflow import NotAllowed, Refused, perform, undo
from scoping.closing import correct, note_close, time_to_undo
from scoping.deals import amend_deal
from scoping.models import ScopingIssue
from scoping.states import State
from scoping.win_rate import win_rate
from scoping.win_rate_axes import Basis
from tests.factories import NOON, TODAY, again, make_opportunity, make_ready_issue, make_user
from tests.scoping.markup import Element
from tests.scoping.pages import at, move, page_of
from tests.scoping.pages import undo as take_back

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=10)
QUARTER_END = datetime(2026, 5, 1, 12, tzinfo=NOON.tzinfo)


@pytest.fixture
def em() -> User:
    return make_user(name="Amara Osei")


@pytest.fixture
def lead() -> User:
    return make_user(Role.EM_LEAD, name="Lena Vogel")


def closed_with_its_deal(
    em: User | None, stage: str = "won", at: datetime = NOON, day: date = TODAY
) -> ScopingIssue:
    """The deal desk books a deal, or loses it."""
    deal = make_opportunity(stage="6", close_date=day)
    issue = make_ready_issue(State.APPROVED, engagement_manager=em, opportunity=deal)
    booker = make_user(Role.DEAL_DESK)
    assert amend_deal(deal, by=booker, at=at, stage=stage) == ""
    return again(issue)


def told(*people: User) -> list[Duty]:
    return [duty for duty in duties(people, NOON) if duty.verb == "Look at"]


@pytest.mark.parametrize(("stage", "word"), [("won", "closed won"), ("lost", "closed lost")])
def test_the_em_is_told_that_emdesk_closed_it(em: User, stage: str, word: str) -> None:
    issue = closed_with_its_deal(em, stage)

    (duty,) = told(em)

    assert (duty.subject, duty.reason) == (
        issue,
        f"{issue.reference} was {word} with its opportunity",
    )
    assert (duty.button.label, duty.button.url) == ("Look", issue.get_absolute_url())
    assert issue.last_move.actor is None  # type: ignore[union-attr]


def test_of_an_issue_nobody_has_the_leads_are_told(em: User, lead: User) -> None:
    issue = closed_with_its_deal(None)

    assert [duty.subject for duty in told(lead)] == [issue]
    assert told(em) == []


def test_others_are_not_told(em: User, lead: User) -> None:
    closed_with_its_deal(em)

    assert told(make_user()) == told(lead) == told(make_user(Role.DEAL_DESK)) == []


def test_what_a_person_closed_nobody_is_told_of(em: User) -> None:
    issue = make_ready_issue(State.APPROVED, engagement_manager=em)
    perform(issue.win, by=em, at=NOON, quarter="Q127")

    assert told(em) == []


def test_noting_it_is_recorded_and_ends_it(em: User) -> None:
    issue = closed_with_its_deal(em)

    event = note_close(issue, by=em, at=NOON)

    assert event
    assert (event.verb, event.actor) == ("scoping.close_noted", em)
    assert told(em) == []
    assert note_close(issue, by=em, at=NOON) is None
    assert Event.objects.about(issue).filter(verb="scoping.close_noted").count() == 1
    assert again(issue).outcome == "won"


@pytest.mark.parametrize("role", [Role.EM, Role.DEAL_DESK, Role.VIEWER])
def test_nobody_else_notes_it(em: User, role: Role) -> None:
    issue = closed_with_its_deal(em)

    with pytest.raises(NotAllowed):
        note_close(issue, by=make_user(role), at=NOON)

    assert len(told(em)) == 1


def test_who_corrects_the_close_has_noted_it(em: User) -> None:
    issue = closed_with_its_deal(em)

    correct(issue, by=em, at=NOON, why="Booked as other", close_reason="other")

    assert told(em) == []


def test_the_em_takes_it_back_and_the_rate_goes_back_with_it(em: User) -> None:
    before = win_rate(Basis.ISSUES, "quarter")
    issue = closed_with_its_deal(em)
    assert win_rate(Basis.ISSUES, "quarter").total.won == 1

    undo(issue, by=em, at=NOON, within=time_to_undo(issue, NOON))

    found = again(issue)
    assert (found.state, found.outcome, found.close_to_note) == (State.APPROVED, "", False)
    assert win_rate(Basis.ISSUES, "quarter") == before
    assert told(em) == []


@pytest.mark.parametrize(
    ("noted", "later", "possible"),
    [
        (False, timedelta(days=50), True),
        (False, QUARTER_END - NOON, False),
        (True, MINUTES, True),
        (True, MINUTES + timedelta(seconds=1), False),
    ],
)
def test_it_is_taken_back_until_it_is_noted_or_the_quarter_ends(
    em: User, *, noted: bool, later: timedelta, possible: bool
) -> None:
    issue = closed_with_its_deal(em)
    if noted:
        note_close(issue, by=em, at=NOON)
    issue = again(issue)
    within = time_to_undo(issue, NOON + later)

    if possible:
        undo(issue, by=em, at=NOON + later, within=within)
    else:
        with pytest.raises(Refused, match="can be undone for 10 minutes"):
            undo(issue, by=em, at=NOON + later, within=within)


def test_a_deal_that_closed_last_quarter_is_still_taken_back_in_this_one(em: User) -> None:
    issue = closed_with_its_deal(em, day=date(2026, 1, 15))
    assert issue.close_quarter == "Q426"

    undo(issue, by=em, at=NOON + timedelta(days=3), within=time_to_undo(issue, NOON))


def test_another_em_does_not_take_it_back(em: User) -> None:
    issue = closed_with_its_deal(em)

    with pytest.raises(NotAllowed, match="emdesk made this move"):
        undo(issue, by=make_user(), at=NOON, within=MINUTES)


def test_reopening_it_ends_it_too(em: User) -> None:
    issue = closed_with_its_deal(em)

    perform(issue.reopen, by=em, at=NOON)

    assert (again(issue).close_to_note, told(em)) == (False, [])


# In the browser.


def notices(page: Element) -> list[Element]:
    return [each for each in page.all() if each.attributes.get("id") == "closed-with-deal"]


@pytest.fixture
def enter(signed_in: Callable[[User], Client]) -> Callable[[User], Client]:
    return signed_in


@pytest.fixture
def issue(em: User) -> ScopingIssue:
    return closed_with_its_deal(em, at=timezone.now(), day=timezone.now().date())


def test_my_day_leads_to_the_issue_where_it_is_noted(
    em: User, issue: ScopingIssue, enter: Callable[[User], Client]
) -> None:
    client = enter(em)
    assert f"{issue.reference} was closed won with its opportunity" in page_of(client, "/").text
    page = page_of(client, issue.get_absolute_url())
    assert "its opportunity is closed won" in page.text

    answer = client.post(at("note_close", issue), {"next": "/"})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert "with its opportunity" not in " ".join(
        each.text for each in page_of(client, "/").having("duty")
    )
    assert "its opportunity is closed won" not in page_of(client, issue.get_absolute_url()).text


def test_the_issue_page_offers_to_take_it_back_days_later(
    em: User, issue: ScopingIssue, enter: Callable[[User], Client], htmx: Any
) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        client = enter(em)
        (notice,) = notices(page_of(client, issue.get_absolute_url()))
        assert "Undo" in notice.text

        assert take_back(client, issue, htmx).status_code == 200

    assert again(issue).state == State.APPROVED


@pytest.mark.parametrize(
    ("role", "status"), [(Role.EM, 403), (Role.VIEWER, 403), (Role.ACCOUNT_TEAM, 404)]
)
def test_others_see_no_buttons_and_note_nothing(
    issue: ScopingIssue, enter: Callable[[User], Client], role: Role, status: int
) -> None:
    client = enter(make_user(role))

    assert client.post(at("note_close", issue)).status_code == status
    assert again(issue).close_to_note
    if status == 403:
        (notice,) = notices(page_of(client, issue.get_absolute_url()))
        assert "Noted" not in notice.text
        assert "Undo" not in notice.text


def test_what_emdesk_took_back_stays_open_when_the_deal_is_edited_again(
    em: User, issue: ScopingIssue, enter: Callable[[User], Client]
) -> None:
    assert take_back(enter(em), issue).status_code == 302
    assert issue.opportunity
    amend_deal(
        issue.opportunity, by=make_user(Role.DEAL_DESK), at=timezone.now(), next_step="Invoice"
    )
    assert again(issue).state == State.APPROVED
    assert move(enter(em), again(issue), "sow_wip").status_code == 302

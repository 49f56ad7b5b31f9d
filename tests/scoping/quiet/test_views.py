"""The page of the two-months rule, keeping open one or many, and what other pages say of it."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.utils.timezone import now

from emdesk.activity.commenting import comment
from emdesk.desk.duties import duties
from emdesk.ledger.models import Event
from emdesk.notifications.fanning import fan_out
from emdesk.notifications.models import Mail, Notification
from emdesk.people.models import Role
from emdesk.workflow import perform
from scoping.models import ScopingIssue
from scoping.quarters import day_at, quarter_of
from scoping.quiet.days import months_after
from scoping.quiet.foreseeing import Phase, effect, foresee, refusals
from scoping.quiet.keeping import keep_open
from scoping.quiet.nights import pass_night
from scoping.states import Outcome, State
from scoping.win_rate import Basis, win_rate
from tests.factories import again, make_issue, make_ready_issue, make_user
from tests.oracles import win_rate as oracle
from tests.scoping.pages import at, page_of, queries_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAGE = "/quiet/"
GRACE = 14


@pytest.fixture
def em():
    return make_user(name="Amara Osei")


@pytest.fixture
def client(em, signed_in):
    return signed_in(em)


@pytest.fixture
def lead(signed_in):
    return signed_in(make_user(Role.EM_LEAD))


def about_noon(days):
    """So many days ago, far from midnight: hours counted back would miss it when clocks changed."""
    return datetime.combine(day_at(now()) - days * DAY, time(17), UTC)


def quiet_for(days, em, state=State.ESTIMATE_FEEDBACK, **fields):
    """Nobody has worked on it for so many days."""
    worked = about_noon(days)
    issue = make_ready_issue(state, at=worked - DAY, engagement_manager=em, **fields)
    comment(issue, "They call back.", by=em, at=worked)
    return issue


def closing_tonight(em, **fields):
    """Two months were over when its last notice came, and today is the last day of grace."""
    last = next(
        day
        for day in (day_at(now()) - number * DAY for number in range(70, 90))
        if months_after(day, 2) + GRACE * DAY <= day_at(now())
    )
    issue = quiet_for((day_at(now()) - last).days, em, **fields)
    pass_night(about_noon(GRACE - 1))
    return issue


def until(days=30):
    return (day_at(now()) + days * DAY).isoformat()


def phases(found):
    return {each.quiet.pk: each.phase for each in found}


def test_what_closes_tonight_this_week_and_later_stands_apart(em):
    tonight = closing_tonight(em)
    kept = quiet_for(65, em)
    later = quiet_for(50, em)
    make_ready_issue(State.SOW_WIP, engagement_manager=em, at=now())
    keep_open(kept, until=day_at(now()) + 30 * DAY, reason="Alive", by=em, at=now())

    found = foresee(ScopingIssue.objects.all(), now(), day_at(now()))

    expected = {tonight.pk: Phase.TONIGHT, later.pk: Phase.LATER, kept.pk: Phase.KEPT}
    assert phases(found) == expected
    in_a_week = day_at(now()) + 6 * DAY
    later_on = foresee(ScopingIssue.objects.all(), now(), in_a_week)
    assert phases(later_on)[tonight.pk] == Phase.TONIGHT


def test_what_the_page_foresees_is_what_the_night_does(em):
    made = [closing_tonight(em), quiet_for(43, em), quiet_for(30, em), quiet_for(64, em)]
    found = foresee(ScopingIssue.objects.all(), now(), day_at(now()))

    pass_night(now() + DAY)

    closes = {each.quiet.pk for each in found if each.phase == Phase.TONIGHT}
    tells = {each.quiet.pk: each.tells for each in found if each.tells}
    assert closes == {issue.pk for issue in made if not again(issue).live}
    told = {
        event.subject_id: event.data["mark"]
        for event in Event.objects.filter(verb="scoping.fell_silent", at__gt=now())
    }
    assert told == tells
    assert len(closes) == 1
    assert len(tells) == 2


def test_the_effect_is_the_rate_counted_once_more_with_these_lost(em):
    quarter = str(quarter_of(months_after(day_at(now()) - 76 * DAY, 2)))
    for outcome in (Outcome.WON, Outcome.WON, Outcome.LOST):
        make_issue(State.CLOSED, outcome=outcome, close_quarter=quarter)
    first, second = closing_tonight(em), closing_tonight(em)
    unassigned = quiet_for(75, em, State.OPEN)
    ScopingIssue.objects.filter(pk=unassigned.pk).update(segment=None, engagement_manager=None)
    lead = make_user(Role.EM_LEAD)
    issues = ScopingIssue.objects.all()

    found = foresee(issues, now(), day_at(now()))
    refused = refusals(found, now())
    (row,) = effect(found, refused, lead)

    deals = [(quarter, "won", None)] * 2 + [(quarter, "lost", None)]
    before, after = oracle.rates(deals), oracle.rates([*deals, *[(quarter, "lost", None)] * 2])
    assert row.now.key == quarter
    assert float(row.now.rate) == before[quarter]["win_rate"]
    assert float(row.tonight.rate) == after[quarter]["win_rate"]
    pass_night(now() + DAY)
    assert not again(first).live
    assert not again(second).live
    (counted,) = win_rate(Basis.ISSUES, "quarter", lead).rows
    assert counted.rate == row.tonight.rate


def test_an_em_sees_their_own_and_a_lead_everything(client, lead, em):
    mine, others = quiet_for(50, em), quiet_for(50, make_user())

    own, everything = page_of(client, PAGE).text, page_of(lead, PAGE).text

    assert mine.reference in own
    assert others.reference not in own
    assert mine.reference in everything
    assert others.reference in everything


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ACCOUNT_TEAM, Role.PS_LEADERSHIP, Role.ADMIN])
def test_for_everybody_else_the_page_does_not_exist(role, signed_in):
    visitor = signed_in(make_user(role))

    assert visitor.get(PAGE).status_code == 404
    assert visitor.post("/quiet/keep/").status_code == 404
    assert "/quiet/" not in visitor.get("/").content.decode()


def test_a_row_names_the_last_activity_its_marks_and_the_value(client, em):
    issue = quiet_for(65, em, expected_value=Decimal(42_000))

    text = page_of(client, PAGE).text

    worked = day_at(now() - 65 * DAY)
    assert "Amara Osei wrote an internal note" in text
    for day in (worked, worked + 42 * DAY, months_after(worked, 2)):
        assert f"{day:%-d %b %Y}" in text
    assert issue.value.short in text
    assert "In grace" in text
    assert f"{day_at(now()) + GRACE * DAY:%-d %b %Y}" in text
    assert f"lost in {quarter_of(months_after(worked, 2))}" in text


def test_ticked_issues_are_kept_open_together(client, em):
    first, second, third = (quiet_for(65, em) for _ in range(3))
    said = {"until": until(), "reason": "They sign in spring"}

    answer = client.post("/quiet/keep/", {"issue": [first.pk, second.pk], **said}, follow=True)

    assert "2 issues kept open" in answer.content.decode()
    assert "They sign in spring" in answer.content.decode()
    kept = Event.objects.filter(verb="scoping.kept").values_list("subject_id", flat=True)
    assert set(kept) == {first.pk, second.pk}
    assert third.pk not in kept


def test_what_cannot_be_kept_is_named_and_stops_nothing(client, em):
    mine, others = quiet_for(65, em), quiet_for(65, make_user())
    data = {"issue": [mine.pk, others.pk, 10**8], "until": until(), "reason": "Alive"}

    text = client.post("/quiet/keep/", data, follow=True).content.decode()

    assert "1 issue kept open" in text
    assert f"{others.reference}: Its EM keeps an issue open" in text


def test_an_override_asks_for_issues_a_day_and_a_reason_and_keeps_the_ticks(client, em):
    issue = quiet_for(65, em)

    none = client.post("/quiet/keep/", {"until": until(), "reason": "Alive"})
    silent = client.post("/quiet/keep/", {"issue": issue.pk, "until": until(), "reason": " "})
    far = client.post("/quiet/keep/", {"issue": issue.pk, "until": until(300), "reason": "Alive"})

    assert [each.status_code for each in (none, silent, far)] == [422] * 3
    assert "Tick the issues" in none.content.decode()
    assert "checked" in silent.content.decode()
    assert "Choose a day up to" in far.content.decode()
    assert not Event.objects.filter(verb="scoping.kept").exists()


def test_one_issue_is_kept_open_from_its_page(client, em):
    issue = quiet_for(65, em)
    page = page_of(client, issue.get_absolute_url()).text
    assert "Nobody has worked on this since" in page

    early = client.post(at("keep", issue), {"until": until(-1), "reason": "Alive"})
    done = client.post(at("keep", issue), {"until": until(), "reason": "They sign in spring"})

    assert early.status_code == 422
    assert done.url == issue.get_absolute_url()
    page = page_of(client, issue.get_absolute_url()).text
    assert "They sign in spring" in page
    assert "Keep open longer" in page


def test_a_lively_or_closed_issue_says_nothing_of_the_rule(client, em):
    lively, closed = quiet_for(41, em), make_issue(State.CLOSED, engagement_manager=em)

    for issue in (lively, closed):
        assert "Nobody has worked on this" not in page_of(client, issue.get_absolute_url()).text
    assert client.get(at("keep", closed)).status_code == 403


def test_my_day_asks_to_keep_it_open_or_let_it_close(em):
    issue, answered = quiet_for(50, em), quiet_for(65, em)
    quiet_for(30, em)
    keep_open(answered, until=day_at(now()) + 30 * DAY, reason="Alive", by=em, at=now())

    (duty,) = (each for each in duties([em], now()) if each.verb == "Keep open or let close")

    assert duty.subject == issue
    assert duty.button.url == at("keep", issue)
    assert "closes as lost after" in duty.reason


def test_my_day_shows_what_timed_out_until_it_is_noted(em):
    issue = closing_tonight(em)
    pass_night(now() + DAY)

    (duty,) = (each for each in duties([em], now()) if each.subject == issue)

    assert "two months without activity" in duty.reason


def test_its_em_is_mailed_the_way_to_keep_it_and_told_when_it_closed(em):
    issue = quiet_for(50, em)
    pass_night(now())
    while fan_out(now()):
        pass

    mail = Mail.objects.get(recipient=em, kind="quiet")
    line = Notification.objects.get(recipient=em, kind="quiet")

    assert "it closes as lost after" in mail.subject
    assert at("keep", issue) in mail.text
    assert line.because == "you are its engagement manager"
    perform(again(issue).lose, by=None, at=now(), quarter="Q127", reason="timed_out")
    while fan_out(now()):
        pass
    assert Mail.objects.filter(recipient=em, kind="quiet", subject__contains="timed out").exists()


def test_of_an_issue_nobody_has_the_leads_hear(em):
    lead = make_user(Role.EM_LEAD)
    issue = quiet_for(50, em)
    ScopingIssue.objects.filter(pk=issue.pk).update(engagement_manager=None)
    pass_night(now())
    while fan_out(now()):
        pass

    assert set(Mail.objects.filter(kind="quiet").values_list("recipient", flat=True)) == {lead.pk}


def test_one_row_and_five_cost_the_same(client, em):
    closing_tonight(em)
    one = queries_of(client, PAGE)
    for _ in range(2):
        closing_tonight(em)
        quiet_for(45, em)

    assert queries_of(client, PAGE) == one


def test_an_empty_page_teaches(client):
    assert "Somebody has worked on everything" in page_of(client, PAGE).text
    assert "No quiet issue stands there" in page_of(client, f"{PAGE}?show=kept").text

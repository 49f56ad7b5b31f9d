"""What a card says, and that it says nothing else."""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone

from emdesk.people.models import Role
from scoping.cards import brief, cards, next_step_state, stale, typical_stays
from scoping.models import Confidence, ScopingIssue, TypicalStay
from scoping.states import State
from tests.factories import (
    NOON,
    TODAY,
    make_account,
    make_issue,
    make_opportunity,
    make_ready_issue,
    make_segment,
    make_user,
)
from tests.hostile import PAYLOADS
from tests.scoping.markup import parsed

DAY = timedelta(days=1)


def card_of(issue, user=None, at=NOON):
    (card,) = cards(
        ScopingIssue.objects.filter(pk=issue.pk), user or make_user(), at, typical_stays()
    )
    return card


def markup_of(issue, user=None, at=NOON):
    (element,) = parsed(str(card_of(issue, user, at).html)).children
    return element


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "0 h"),
        (1 / 24, "1 h"),
        (0.5, "12 h"),
        (1, "1 d"),
        (6.4, "6 d"),
        (100, "100 d"),
        (-1, "0 h"),
    ],
)
def test_an_age_is_said_briefly(days, text):
    assert brief(days) == text


def typical(median=5, p85=10):
    return TypicalStay(state="sow_wip", median_days=median, p85_days=p85, stays=9, measured_at=NOON)


@pytest.mark.parametrize(
    ("days", "word"), [(0, ""), (4.99, ""), (5, "p50"), (9.99, "p50"), (10, "p85"), (99, "p85")]
)
def test_a_card_grows_stale_at_the_median_and_at_the_85th_percentile(days, word):
    assert stale(days, typical()) == word
    assert stale(days, None) == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("step", "day", "word"),
    [
        ("", None, "none"),
        ("", TODAY - DAY, "none"),
        ("Call", None, "later"),
        ("Call", TODAY + DAY, "later"),
        ("Call", TODAY, "today"),
        ("Call", TODAY - DAY, "overdue"),
    ],
)
def test_a_next_step_is_later_today_or_overdue(step, day, word):
    issue = make_issue(next_step=step, next_step_date=day)

    assert next_step_state(card_of(issue), TODAY) == word


@pytest.mark.django_db
def test_a_closed_card_has_no_next_step():
    issue = make_issue(State.CLOSED, next_step="Call", next_step_date=TODAY - DAY)

    assert card_of(issue).next_step_state == "over"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "word"),
    [("America/Los_Angeles", "later"), ("UTC", "today"), ("Asia/Tokyo", "overdue")],
)
def test_today_is_the_persons_own(zone, word):
    """At 16:30 UTC it is tomorrow in Tokyo; at 03:00 it is still yesterday in California."""
    hour = 3 if zone.startswith("America") else 16
    issue = make_issue(next_step="Call", next_step_date=TODAY)

    with timezone.override(zone):
        assert card_of(issue, at=NOON.replace(hour=hour)).next_step_state == word


@pytest.mark.django_db
def test_a_card_may_be_dropped_exactly_where_its_moves_lead():
    em = make_user()
    people = [em, *(make_user(role) for role in Role)]
    for state in State:
        for manager in (em, make_user(), None):
            issue = make_ready_issue(state, engagement_manager=manager)
            for user in people:
                legal = set(card_of(issue, user).legal.split())
                assert legal == set(issue.moves_open_to(user).values()), (state, user.roles)


@pytest.mark.django_db
def test_a_card_says_what_matters_about_its_issue():
    em = make_user(name="Amara Osei")
    issue = make_issue(
        State.SOW_WIP,
        at=NOON - 6 * DAY,
        account=make_account(name="Acme & Co"),
        title="Migrate the lot",
        segment=make_segment("Ent_EMEA"),
        engagement_manager=em,
        expected_value=Decimal(52_000),
        em_status="waiting",
        next_step="Send the draft",
        next_step_date=TODAY,
    )
    TypicalStay.objects.create(
        state="sow_wip", median_days=4, p85_days=9, stays=9, measured_at=NOON
    )

    card = markup_of(issue)

    assert card["id"] == f"c{issue.pk}"
    assert (card["data-state"], card["data-em"]) == ("sow_wip", str(em.pk))
    assert card["data-seen"] == str(issue.moves)
    said = card.text
    for words in (
        f"PS-{issue.pk}",
        "Ent EMEA",
        "Acme & Co",
        "Migrate the lot",
        "Waiting",
        "Today · Send the draft",
        "6 d / 4 d",
        "AO",
    ):
        assert words in said
    assert "52" in card.having("value")[0].text
    assert "p50" in card["class"].split()


@pytest.mark.django_db
@pytest.mark.parametrize(("outcome", "word"), [("won", "Won"), ("lost", "Lost"), ("", None)])
def test_a_closed_card_says_how_it_ended(outcome, word):
    tags = markup_of(make_issue(State.CLOSED, outcome=outcome)).having("tag")

    assert [tag.text for tag in tags] == ([word] if word else [])


@pytest.mark.django_db
def test_what_is_not_known_is_absent_not_blank():
    card = markup_of(make_issue())

    assert card.having("segment") == card.having("av") == card.having("tag") == []
    assert (card["data-em"], card["data-segment"]) == ("none", "none")
    assert card["data-confidence"] == "none"
    assert "No next step" in card.text


@pytest.mark.django_db
def test_a_card_bears_the_ems_confidence_in_its_deal():
    for colour in Confidence:
        deal = make_opportunity(confidence=colour)
        assert markup_of(make_issue(opportunity=deal))["data-confidence"] == colour


def test_every_colour_has_a_shape_a_letter_and_a_word_of_its_own():
    css = Path(finders.find("css/card.css")).read_text()
    marks = {}
    for colour in Confidence:
        (rule,) = re.findall(rf'\[data-confidence="{colour}"\] {{(.*?)}}', css, re.DOTALL)
        marks[colour] = dict(re.findall(r"(--\w+): (.*?);", rule))

    for colour, mark in marks.items():
        assert f'/ "{colour.label}"' in mark["--word"]
    looks = {(mark["--shape"], "gradient" in mark["--sign"]) for mark in marks.values()}
    assert len({mark["--word"][:3] for mark in marks.values()}) == len(looks) == len(Confidence)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [State.SOW_WIP, State.CLOSED])
def test_a_full_card_is_at_most_sixteen_elements(state):
    for current in State:
        TypicalStay.objects.create(
            state=current, median_days=1, p85_days=2, stays=9, measured_at=NOON
        )
    issue = make_ready_issue(
        state,
        expected_value=Decimal(52_000),
        next_step="Call",
        next_step_date=TODAY,
        **({} if state == State.CLOSED else {"em_status": "todo"}),
    )

    assert 10 < len(markup_of(issue).all()) <= 16


@pytest.mark.django_db
def test_no_text_on_a_card_becomes_markup():
    em = make_user(name='<b>Bold</b> "O\'Neil"')
    issue = make_ready_issue(State.SOW_WIP, engagement_manager=em)
    plain = [element.name for element in markup_of(issue).all()]
    for payload in PAYLOADS:
        text = payload.replace("\0", "")[:200]
        ScopingIssue.objects.filter(pk=issue.pk).update(title=text, next_step=text)
        type(issue.account).objects.filter(pk=issue.account_id).update(name=text)

        card = markup_of(issue)

        assert [element.name for element in card.all()] == plain, payload
        names = {name for element in card.all() for name in element.attributes}
        assert not any(name.startswith(("on", "hx", "style")) for name in names), payload


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 5])
def test_cards_cost_one_query_however_many(number, django_assert_num_queries):
    for _ in range(number):
        make_ready_issue(State.SOW_WIP, opportunity=make_opportunity(confidence="red"))
    user, typical = make_user(), typical_stays()

    with django_assert_num_queries(1):
        found = cards(ScopingIssue.objects.all(), user, NOON, typical)
        assert [str(card.html) for card in found]

    assert len(found) == number

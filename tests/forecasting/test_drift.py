"""Which pairs disagree, when that began and ceased, and how rules are written."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from threading import Event as Signal

import pytest
from django.core.exceptions import ValidationError
from django.db.transaction import atomic
from hypothesis import given
from hypothesis import strategies as st

from emdesk.activity.sentences import describe
from emdesk.configuration.values import set_value
from emdesk.ledger.models import Event
from emdesk.ledger.recording import lock
from emdesk.people.models import Role
from forecasting.drift import DRIFTS, disagreeing, flag, sweep
from forecasting.drift_lines import parse, spell
from forecasting.drift_rules import RULES, SHIPPED, Rule, Rules, RulesField, rules_on
from forecasting.models import Drift
from scoping.deals import amend_deal
from scoping.facts import amend
from scoping.models import Confidence, Opportunity, ScopingIssue
from scoping.states import State
from tests.factories import NOON, TODAY, make_issue, make_opportunity, make_user
from tests.oracles import drift as oracle
from tests.seeds import seeds
from tests.together import together

DAY = timedelta(days=1)
LINES = [
    "Late: close date past; stage 0-7 -> Move it",
    "Undated: close date missing -> Date it",
    "Soon: close date within 14 days; confidence Red/Grey -> Move it",
    "Off: amount off 5 % -> Quote it",
    "Empty: column Estimate_Feedback/SOW_WIP; amount missing -> Enter it",
    "Over: column Closed; stage 0-5/7 -> Close it",
    "Ended: stage won/lost; column SOW_WIP/Approved -> Tell us",
]


def make_rules(*lines):
    return Rules(Rule(**parse(line)) for line in lines)


def set_rules(*lines, day=TODAY):
    rules, lead = make_rules(*lines), make_user(Role.EM_LEAD)
    set_value(RULES, rules, effective_from=day, reason="Ours", by=lead, at=NOON)
    return rules


def make_pair(state=State.SOW_WIP, value=None, currency="USD", outcome=None, **deal):
    deal.setdefault("stage", "4")
    ending = {} if outcome is None else {"outcome": outcome}
    pair = {"expected_value": value, "currency": currency, "opportunity": make_opportunity(**deal)}
    return make_issue(state, **pair, **ending)


# Rules.


def test_shipped_rules_read_back_from_the_lines_people_see():
    text = RulesField().prepare_value(SHIPPED)

    assert RulesField().to_python(text) == SHIPPED
    assert len(text.splitlines()) == len(SHIPPED) > 5


rules = st.builds(
    Rule,
    name=st.from_regex(r"[A-Za-z][a-z ]{0,40}[a-z]", fullmatch=True),
    asks=st.from_regex(r"[A-Z][a-z, ]{0,60}[a-z.]", fullmatch=True),
    columns=st.sets(st.sampled_from(State.values)).map(lambda told: tuple(sorted(told))),
    stages=st.sets(st.sampled_from([*"01234567", "won", "lost"])).map(
        lambda told: tuple(sorted(told, key=[*"01234567", "won", "lost"].index))
    ),
    colours=st.sets(st.sampled_from(Confidence.values)).map(lambda told: tuple(sorted(told))),
    closes=st.just("past"),
    days=st.just(0),
    percent=st.just(0),
    amount=st.sampled_from(["", "missing"]),
)


@given(rules)
def test_every_rule_reads_back_from_its_line(rule):
    assert Rule(**parse(spell(rule._asdict()))) == rule


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("Late close date past", "is no rule"),
        ("Late: -> Move it", "names nothing"),
        ("Late: colour Green -> Move it", "is not known"),
        ("Late: column Drafts -> Move it", "is no column"),
        ("Late: stage 3-1 -> Move it", "holds no stage"),
        ("Late: stage 12 -> Move it", "is no stage"),
        ("Late: close date soon -> Move it", "is no close date"),
        ("Late: amount off -> Move it", "is no amount"),
        ("Late: stage 1; stage 3 -> Move it", "names stage twice"),
        ("A: stage 1 -> x\na: stage 2 -> y", "Two rules"),
    ],
)
def test_a_line_that_is_no_rule_says_what_to_write(line, fault):
    with pytest.raises(ValidationError, match=fault):
        RulesField().to_python(line)


@pytest.mark.django_db
def test_rules_hold_from_the_day_they_are_set_for():
    own = set_rules("Late: close date past -> Move it", day=TODAY)

    assert rules_on(TODAY - DAY) == SHIPPED
    assert rules_on(TODAY) == own


# Pairs.


@pytest.mark.django_db
@pytest.mark.parametrize("seed", seeds(1, 3))
def test_pairs_disagree_exactly_where_the_naive_reading_says(seed):
    chance = Random(seed)  # noqa: S311
    for _ in range(40):
        deal = {
            "stage": chance.choice([*"01234567", "won", "lost", "9", "10"]),
            "close_date": TODAY + chance.choice([-40, -1, 0, 1, 14, 15, 30, 31, 90]) * DAY,
            "confidence": chance.choice(Confidence.values),
            "deleted": chance.random() < 0.1,
            "currency": chance.choice(["USD", "USD", "EUR"]),
            "quoted_value": chance.choice([None, 0, 1000]),
            "services_value": chance.choice([None, 0, 1050]),
            "amount": chance.choice([None, 1051]),
        }
        if deal["stage"] not in ("won", "lost") and chance.random() < 0.1:
            deal["close_date"] = None
        state = chance.choice(State.values)
        outcome = chance.choice(["won", "lost", ""]) if state == State.CLOSED else None
        make_pair(state, chance.choice([None, 0, 1000]), outcome=outcome, **deal)
    make_issue(expected_value=5)
    everything = list(ScopingIssue.objects.select_related("opportunity").order_by("pk"))

    for told in (make_rules(*LINES), SHIPPED):
        lines = [spell(rule._asdict()) for rule in told]
        expected = {
            issue.pk: [oracle.disagrees(issue, line, TODAY) for line in lines]
            for issue in everything
        }
        found = {
            issue.pk: [bool(getattr(issue, flag(place))) for place in range(len(told))]
            for issue in disagreeing(ScopingIssue.objects.all(), told, TODAY)
        }
        assert found == {pk: truths for pk, truths in expected.items() if any(truths)}
        broken = [any(truths[place] for truths in expected.values()) for place in range(len(told))]
        assert sum(broken) > 3


# The sweep.


def kept():
    return [(row.rule, row.ended_at, row.mended) for row in Drift.objects.order_by("pk")]


@pytest.mark.django_db
def test_a_sweep_tells_once_when_a_pair_begins_and_when_it_ceases():
    set_rules("Late: close date past -> Move it", "Early: stage 0-3 -> Advance it")
    issue = make_pair(close_date=TODAY - DAY)
    deal = Opportunity.objects.get()
    later = NOON + timedelta(hours=5)

    assert [sweep(NOON), sweep(NOON + DAY / 24)] == [1, 0]
    assert kept() == [("Late", None, False)]
    amend_deal(deal, by=None, at=NOON, close_date=TODAY + 30 * DAY, stage="2")
    assert sweep(later) == 2

    assert kept() == [("Late", later, True), ("Early", None, False)]
    told = [describe(event) for event in Event.objects.about(issue) if "drift" in event.verb]
    assert told == [
        "emdesk noticed that desk and CRM disagree: Late",
        "emdesk noticed that desk and CRM disagree: Early",
        "emdesk noticed that desk and CRM agree again: Late",
    ]
    assert DRIFTS.differences() == 0


@pytest.mark.django_db
def test_what_was_unlinked_agrees_again():
    set_rules("Late: close date past -> Move it")
    issue = make_pair(close_date=TODAY - DAY)
    sweep(NOON)
    amend(issue, by=None, at=NOON, opportunity=None)

    assert sweep(NOON + DAY) == 1
    assert kept() == [("Late", NOON + DAY, True)]


@pytest.mark.django_db(transaction=True)
def test_a_deal_that_somebody_amends_waits_for_no_sweep_and_no_sweep_for_it():
    """Who amends holds the deal, then its cards; a sweep leaves such a pair for the next time."""
    set_rules("Late: close date past -> Move it")
    make_pair(close_date=TODAY - DAY)
    held, swept = Signal(), Signal()

    def amend_slowly():
        with atomic():
            lock(Opportunity.objects.get())
            held.set()
            assert swept.wait(20)
            Opportunity.objects.get().issues.update(changed_in=0)

    def look():
        assert held.wait(20)
        count = sweep(NOON)
        swept.set()
        return count

    assert together([amend_slowly, look])[1] == 0
    assert sweep(NOON) == 1


@pytest.mark.django_db
def test_a_rule_that_is_dropped_mends_nothing():
    set_rules("Late: close date past -> Move it")
    make_pair(close_date=TODAY - DAY)
    sweep(NOON)
    set_rules("Early: stage 0-3 -> Advance it")

    sweep(NOON + DAY)

    assert kept() == [("Late", NOON + DAY, False)]


@pytest.mark.django_db
def test_the_rows_are_what_the_ledger_tells():
    set_rules("Late: close date past -> Move it")
    make_pair(close_date=TODAY - DAY)
    make_pair(close_date=TODAY + DAY)
    deal = Opportunity.objects.order_by("pk").first()
    for number in range(4):
        sweep(NOON + number * DAY)
        moved = deal.close_date + (60 if number % 2 == 0 else -60) * DAY
        amend_deal(deal, by=None, at=NOON, close_date=moved)
        deal.refresh_from_db()
    before = kept()
    assert len(before) > 2

    Drift.objects.filter(ended_at=None).update(rule="Other")
    assert DRIFTS.differences() > 0
    DRIFTS.rebuild()

    assert sorted(map(str, kept())) == sorted(map(str, before))
    assert DRIFTS.differences() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 5])
def test_a_sweep_costs_the_same_however_many_pairs_agree(count, django_assert_num_queries):
    for _ in range(count):
        make_pair(close_date=TODAY + DAY, stage="5", quoted_value=9, confidence="amber", value=9)

    with django_assert_num_queries(3):
        assert sweep(NOON) == 0

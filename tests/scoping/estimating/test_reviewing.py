"""The architect's review of an estimate: who must be asked, what holds, what it keeps back."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from emdesk.approvals.asking import Plan
from emdesk.approvals.deciding import decide, recall
from emdesk.approvals.models import Decision, Request, Standing, Step
from emdesk.approvals.refusals import NotAllowed, Overtaken
from emdesk.configuration.values import set_value
from emdesk.ledger.models import Event
from emdesk.people.models import Role
from emdesk.sla.models import Clock
from emdesk.workflow import Refused, perform
from scoping.estimating import sending
from scoping.estimating.beginning import begin
from scoping.estimating.limits import REVIEW_ABOVE, STICKY
from scoping.estimating.reviewing import ask_review, foreseen
from scoping.estimating.sending import send
from scoping.models import Estimate, EstimateVersion, ScopingIssue
from scoping.models.estimate import Addressee
from scoping.models.estimate import Standing as Sent
from scoping.states import Review, State
from tests.factories import NOON, TODAY, again, make_ready_issue, make_user
from tests.oracles import approvals as oracle
from tests.reports import report
from tests.scoping.estimating.desk import add_line, type_into
from tests.seeds import seeds

pytestmark = pytest.mark.django_db
D = Decimal
ABOVE, PERCENT = 5_000_000, Fraction(10)


def priced(estimate, total):
    """One line by the piece, so that the list total is this to the cent."""
    estimate.lines.all().delete()
    add_line(estimate, unit_price=D(total))
    return Estimate.objects.get(pk=estimate.pk)


def sent(estimate, em, total, at=NOON, **more):
    return send(priced(estimate, total), to=Addressee.ACCOUNT_TEAM, by=em, at=at, **more)


def asked(version):
    return Request.objects.filter(document_id=version.pk).first()


def say(version, by, verdict="approved", at=NOON):
    found = asked(version)
    step = found.steps.get()
    return decide(step, verdict, by=by, at=at, digest=found.digest, reason="Because")


def came_to(version):
    found = asked(version)
    if found is None:
        return "none"
    return "kept" if found.standing == Standing.APPROVED else "ask"


def start_sow(issue, by, **more):
    return perform(again(issue).start_sow, by=by, at=NOON, **more)


def test_strictly_over_and_without_travel_or_discount(estimate, em, architect):
    estimate.travel, estimate.discount_percent = D(90_000), D(60)
    estimate.save()
    assert came_to(sent(estimate, em, "50000.00")) == "none"
    assert came_to(sent(estimate, em, "50000.01")) == "ask"
    optional = add_line(estimate, unit_price=D(70_000), optional=True)
    estimate.lines.exclude(pk=optional.pk).update(unit_price=D(50_000))
    version = send(estimate, to=Addressee.CUSTOMER, by=em, at=NOON)
    assert came_to(version) == "none", "optional lines count in no total"


@pytest.mark.parametrize("seed", seeds(1, 8))
def test_of_random_histories_those_ask_that_the_oracle_says(em, architect, seed):
    """Totals around the threshold and around a tenth above what was approved."""
    rng, versions, wrong = random.Random(seed), 0, []  # noqa: S311 (to vary)
    edges = (
        "50000.00",
        "50000.01",
        "55000.00",
        "55000.01",
        "55000.02",
        "60500.01",
        "61000",
        "49000",
    )
    for _ in range(3):
        issue = make_ready_issue(State.STRAWMAN_WIP, engagement_manager=em)
        estimate, history = begin(issue, by=em, at=NOON), []
        for place in range(6):
            total = rng.choice(edges)
            at = NOON + timedelta(hours=place)
            version = sent(estimate, em, total, at=at)
            cents = int(D(total) * 100)
            found = came_to(version)
            expected = oracle.review_of(history, cents, above=ABOVE, percent=PERCENT)
            if found != expected:
                wrong.append((history, cents, found, expected))
            word = rng.choice(["", "approved", "approved", "sent_back"]) if found == "ask" else ""
            if word:
                say(version, architect, word, at=at)
            history = [*history, (cents, word)]
            versions += 1
    report("reviews", "versions against the oracle", versions=versions, wrong=len(wrong))
    assert wrong == []


def test_small_rises_do_not_add_up(estimate, em, architect):
    say(sent(estimate, em, 60_000), architect)
    first, second = sent(estimate, em, 63_000), sent(estimate, em, 66_000)
    assert [came_to(first), came_to(second)] == ["kept", "kept"]
    old = {each.kept_from.step.request.title for each in Decision.objects.exclude(kept_from=None)}
    assert old == {"Estimate v1"}
    assert came_to(sent(estimate, em, "66000.01")) == "ask"


def test_the_em_may_ask_although_an_approval_still_holds(estimate, em, architect):
    say(sent(estimate, em, 60_000), architect)
    assert came_to(sent(estimate, em, 60_000, review=True)) == "ask"


def test_in_another_currency_nothing_is_kept(issue, estimate, em, architect):
    say(sent(estimate, em, 60_000), architect)
    other = begin(issue, by=em, at=NOON, name="In euro")
    Estimate.objects.filter(pk=other.pk).update(currency="EUR")
    assert came_to(sent(Estimate.objects.get(pk=other.pk), em, 60_000)) == "ask"


def test_threshold_and_tolerance_are_settings_that_hold_from_a_day_on(estimate, em, architect):
    next_week = TODAY + timedelta(days=7)
    for key, value in ((REVIEW_ABOVE, 10_000), (STICKY, 0)):
        set_value(key, value, effective_from=next_week, reason="x", by=em, at=NOON)
    assert came_to(sent(estimate, em, 11_000)) == "none"
    later = NOON + timedelta(days=7)
    version = sent(estimate, em, 11_000, at=later)
    assert came_to(version) == "ask"
    say(version, architect, at=later)
    assert came_to(sent(estimate, em, 11_000, at=later)) == "kept"
    assert came_to(sent(estimate, em, 11_001, at=later)) == "ask"


def test_what_the_sheet_foresees_is_what_sending_does(issue, estimate, em, architect):
    def plan(total):
        return foreseen(estimate, issue, D(total), by=em, at=NOON)

    assert plan(50_000) == Plan()
    assert [ask.whom for ask in plan(60_000).asks] == ["the technical architects"]
    ScopingIssue.objects.filter(pk=issue.pk).update(technical_architect=architect)
    issue.refresh_from_db(fields=["technical_architect"])
    assert [ask.whom for ask in plan(60_000).asks] == ["Yusuf Demir"]
    say(sent(estimate, em, 60_000), architect)
    assert (plan(66_000).asks, len(plan(66_000).kept)) == ((), 1)
    assert len(plan(66_001).asks) == 1


def test_while_typing_the_sheet_says_whom_sending_asks(client, estimate, em, architect):
    def answered(price):
        add = {"c.new.title": "Work", "c.new.unit_price": price}
        return type_into(client, estimate, **add).content.decode()

    assert "sending this asks" not in answered("30000")
    assert "sending this asks the technical architects" in answered("30000")
    for address in (estimate.get_absolute_url(), f"{estimate.get_absolute_url()}send/"):
        page = client.get(address).content.decode()
        assert "sending this asks the technical architects" in page


def test_with_nobody_to_ask_sending_is_refused_and_says_what_to_do(client, estimate, em, architect):
    architect.deactivate(by=em, at=NOON)
    with pytest.raises(Refused, match="Ask an administrator"):
        sent(estimate, em, 60_000)
    page = client.get(estimate.get_absolute_url()).content.decode()
    assert "Ask an administrator" in page
    assert "sending this asks" not in page
    assert not EstimateVersion.objects.exists()
    assert sent(estimate, em, 50_000)


def test_whoever_wrote_or_sent_it_never_reviews_it(issue, em, architect, client):
    both = make_user(Role.EM_LEAD, Role.TECHNICAL_ARCHITECT)
    writer = make_user(Role.EM_LEAD, Role.TECHNICAL_ARCHITECT)
    estimate = begin(issue, by=writer, at=NOON)
    version = sent(estimate, both, 60_000)
    for person in (both, writer, em, make_user(Role.ADMIN), make_user(Role.DIRECTOR)):
        with pytest.raises(NotAllowed):
            say(version, person)
    say(version, architect)


def test_the_sow_starts_only_with_the_review_of_the_last_version(issue, estimate, em, architect):
    version = sent(estimate, em, 60_000)
    with pytest.raises(Refused, match="waits for the technical architect"):
        start_sow(issue, em)
    say(version, architect, "sent_back")
    with pytest.raises(Refused, match="did not approve estimate v1"):
        start_sow(issue, em)
    second = sent(estimate, em, 60_000)
    recall(asked(second), "Too early", by=em, at=NOON)
    with pytest.raises(Refused, match="ask for it on its page"):
        start_sow(issue, em)
    ask_review(second, by=em, at=NOON)
    say(second, architect)
    third = sent(estimate, em, 80_000)
    with pytest.raises(Refused, match="v3"):
        start_sow(issue, em)
    say(third, architect)
    assert start_sow(issue, em).after == State.SOW_WIP


def test_below_the_threshold_or_without_an_estimate_the_sow_just_starts(em, architect):
    for total in (None, 50_000):
        issue = make_ready_issue(State.ESTIMATE_FEEDBACK, engagement_manager=em)
        if total:
            sent(begin(issue, by=em, at=NOON), em, total)
        assert start_sow(issue, em).after == State.SOW_WIP


def test_the_guard_is_passed_with_a_reason_on_record(issue, estimate, em, architect):
    sent(estimate, em, 60_000)
    event = start_sow(issue, em, override="The architect said yes in the call")
    assert event.data["unmet"] == ["architect's review"]
    assert event.data["override"] == "The architect said yes in the call"


def test_a_threshold_lowered_later_keeps_back_nothing_that_was_sent(issue, estimate, em, architect):
    sent(estimate, em, 45_000)
    set_value(
        REVIEW_ABOVE, 10_000, effective_from=TODAY + timedelta(days=1), reason="x", by=em, at=NOON
    )
    event = perform(again(issue).start_sow, by=em, at=NOON + timedelta(days=2))
    assert event.after == State.SOW_WIP


def test_a_review_may_be_asked_for_below_the_threshold_and_keeps_back_nothing(
    client, issue, estimate, em, architect
):
    version = sent(estimate, em, 9_000)
    assert came_to(version) == "none"
    address = f"{version.get_absolute_url()}review/"
    assert client.post(address, {"note": "Odd setup"}).status_code == 302
    assert asked(version).note == "Odd setup"
    say(version, architect, "rejected")
    assert start_sow(issue, em).after == State.SOW_WIP
    again_asked = client.post(address, follow=True).content.decode()
    assert "asked about already" in again_asked


def test_sending_asks_for_it_with_the_box_ticked(client, estimate, em, architect):
    priced(estimate, 9_000)
    said = {"to": "account_team", "token": estimate.token, "review": "on"}
    client.post(f"{estimate.get_absolute_url()}send/", said)
    assert came_to(EstimateVersion.objects.get()) == "ask"


def test_a_new_version_or_a_rework_replaces_what_is_open(issue, estimate, em, architect):
    first = sent(estimate, em, 60_000)
    second = sent(estimate, em, 61_000)
    with pytest.raises(Overtaken, match="replaced"):
        say(first, architect)
    sending.decide(second, Sent.REWORK, answer="Too dear", by=em, at=NOON)
    with pytest.raises(Overtaken, match="replaced"):
        say(second, architect)
    assert not Request.objects.waiting().exists()


def test_the_label_and_the_clock_of_the_review_follow(issue, estimate, em, architect):
    def label():
        return again(issue).architect_review

    version = sent(estimate, em, 60_000)
    assert label() == Review.NEEDED
    say(version, architect)
    assert label() == Review.APPROVED
    sent(estimate, em, 61_000)
    assert label() == Review.APPROVED
    fourth = sent(estimate, em, 90_000)
    assert label() == Review.NEEDED
    say(fourth, architect, "sent_back")
    assert label() == ""
    clocks = Clock.objects.filter(subject_id=issue.pk, key="architect_review")
    assert not clocks.live().exists()


def test_who_is_asked_by_name_sees_the_issue_and_whoever_decided_still_does(
    issue, estimate, em, architect
):
    other = make_user(Role.TECHNICAL_ARCHITECT, name="Ewa Zielonka")
    ScopingIssue.objects.filter(pk=issue.pk).update(technical_architect=architect)
    version = sent(estimate, em, 60_000)
    seen = ScopingIssue.objects.visible_to(other)
    assert not seen.exists()
    Step.objects.filter(request=asked(version)).update(assignee=other)
    assert seen.exists()
    say(version, other)
    assert seen.exists()


def test_nothing_of_cost_is_in_what_is_pinned_or_told(issue, estimate, em, architect):
    line = add_line(estimate, unit_price=D(60_000), cost=D("4711.11"))
    version = send(estimate, to=Addressee.ACCOUNT_TEAM, by=em, at=NOON)
    say(version, architect)
    rows = [str(vars(each)) for model in (Request, Step, Decision) for each in model.objects.all()]
    told = [str(each.data) for each in Event.objects.about(issue)]
    assert line.cost
    assert not [text for text in rows + told if "4711" in text or "margin" in text]

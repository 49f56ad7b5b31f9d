"""A draft says what the accepted estimate says, and tells first what nobody knows yet."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic

from emdesk.ledger.models import Event
from emdesk.workflow import NotAllowed, Refused, perform
from scoping.estimating.sending import decide, send
from scoping.facts import answer
from scoping.models import Estimate, Question
from scoping.models.estimate import Addressee, Standing
from scoping.scheduling import amend_scheduling, begin
from sow.checks import check
from sow.content import digest_of
from sow.drafting import accepted, draft, may_draft, plan
from sow.kinds import Kind
from sow.models import Clause, StatementOfWork, Version
from sow.page import draft_of
from tests.factories import NOON, again, make_user
from tests.oracles import sow as oracle
from tests.sow.making import KNOWN, agreed, begun, drafted

pytestmark = pytest.mark.django_db


def text(version: Version, kind: str) -> str:
    content = version.said
    return "\n".join(content.text_of(each) for each in content.of(kind))


def test_what_nobody_knows_is_told_before_anything_is_made(issue):
    missing = [each.name for each in plan(issue, at=NOON).missing]

    assert {"legal_name", "goals", "start_date", "our_signatory"} <= set(missing)
    assert "currency" not in missing
    assert not StatementOfWork.objects.exists()
    assert all(each.known_from for each in plan(issue, at=NOON).missing)


def test_answers_and_the_scheduling_intake_are_put_in(issue, em):
    said = {"A2": "Ship *faster*\n\n- weekly", "A12": "2026-05-04", "I1": "16"}
    for key, text_ in said.items():
        question = Question.objects.get(key=key)
        answer(issue, question, text=text_, source="call", by=em, at=NOON)
    intake = begin(issue, by=em, at=NOON)
    amend_scheduling(intake, by=em, at=NOON, wanted_end="2026-07-01", billing="by_milestone")

    planned = plan(issue, at=NOON)

    assert planned.fields["start_date"] == "2026-05-04"
    assert planned.fields["end_date"] == "2026-07-01"
    assert planned.fields["weekly_hours"] == "16"
    assert planned.fields["billing"] == "By milestone"
    background = next(each for each in planned.sections if each.kind == Kind.BACKGROUND)
    assert "Ship *faster*\n\n- weekly" in background.text  # the customer's own words
    assert "{{ pains }}" in background.text


def test_a_free_text_where_a_day_is_asked_is_no_day(issue, em):
    answer(issue, Question.objects.get(key="A12"), text="in spring", source="call", by=em, at=NOON)

    assert plan(issue, at=NOON).fields["start_date"] == ""


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"discount_percent": Decimal("7.5")},
        {"pricing": "tm", "discount_percent": Decimal("12.34")},
        {"pricing": "tm", "travel": 4_000},
    ],
)
def test_fees_hours_and_lines_are_the_estimates(em, terms):
    statement = drafted(em, **terms)
    version = statement.head
    content = version.estimate_version.content

    told = oracle.told_amounts(text(version, Kind.FEES))
    told.pop("Travel budget, not in the total", None)
    assert told == oracle.amounts(content)
    assert Decimal(version.said.fields["hours_total"]) == oracle.hours(content)
    items = [line for line in text(version, Kind.SCOPE).splitlines() if line.startswith("- ")]
    assert len(items) == 3
    assert text(version, Kind.EDUCATION).count("**Basics**") == 1
    assert text(version, Kind.EXCLUSIONS).count("**Tidy up**") == 1
    assert "Tidy up" not in text(version, Kind.SCOPE)


def test_a_draft_with_everything_known_passes_every_check_but_the_customers_words(statement):
    version = statement.head
    faults = {
        each.name: each.faults
        for each in check(draft_of(version, statement.issue, version.said))
        if each.faults
    }

    assert faults == {"Nothing is left open": ("Background and goals: {{ goals }}, {{ pains }}.",)}


def test_a_fixed_fee_tells_no_hours_and_a_marketplace_its_price_alone(em):
    fixed = drafted(em).head
    listed = drafted(em, marketplace=True).head

    assert "330" not in text(fixed, Kind.EFFORT)
    assert "hours_total" not in text(fixed, Kind.EFFORT)
    rows = oracle.told_amounts(text(listed, Kind.FEES))
    assert set(rows) == {"Grand total"}
    assert Decimal(rows["Grand total"].replace(",", "")) == listed.estimate_version.final_total


def test_each_milestone_has_a_section_and_its_acceptance(statement):
    scope = statement.head.said.of(Kind.SCOPE)

    assert [each.title for each in scope] == ["Prepare", "Move"]
    assert len({each.key for each in scope}) == 2
    assert text(statement.head, Kind.ACCEPTANCE).count("- **") == 2


def test_a_draft_pins_the_estimate_by_its_hash_and_itself_by_its_own(statement):
    version = statement.head

    assert version.estimate_digest == version.estimate_version.digest
    assert version.digest == digest_of(version.content)
    event = Event.objects.about(statement.issue).get(verb="sow.drafted")
    assert event.data["digest"] == version.digest
    assert event.data["missing"] == ["goals", "pains"]


def test_the_database_keeps_versions_and_pins(statement, em):
    version, other = statement.head, accepted(agreed(em))

    for attempt in (
        lambda: Version.objects.filter(pk=version.pk).update(why="Other"),
        lambda: Version.objects.filter(pk=version.pk).update(content={}),
        version.delete,
        lambda: _again(version, estimate_digest="0" * 64),
        lambda: _again(version, estimate_version=other, estimate_digest=other.digest),
        lambda: Clause.objects.first().versions.update(text="Other"),
    ):
        with pytest.raises(IntegrityError), atomic():
            attempt()
    _again(version)


def _again(version: Version, **changed):
    same = {
        name: getattr(version, name)
        for name in ("statement", "content", "digest", "estimate_version", "estimate_digest")
    }
    return Version.objects.create(
        number=99, saved_by=version.saved_by, saved_at=NOON, **same | changed
    )


def test_drafting_is_possible_once_in_sow_wip_with_an_accepted_primary_estimate(issue, em, lead):
    other = make_user()
    assert may_draft(issue, em)
    assert may_draft(issue, lead)
    assert not may_draft(issue, other)
    with pytest.raises(NotAllowed):
        draft(issue, by=other, at=NOON)

    perform(issue.revise_scope, by=em, at=NOON)
    assert not may_draft(again(issue), em)
    with pytest.raises(Refused, match="SOW_WIP"):
        draft(issue, by=em, at=NOON)

    perform(again(issue).start_sow, by=em, at=NOON)
    draft(issue, by=em, at=NOON)
    assert not may_draft(again(issue), em)
    with pytest.raises(Refused, match="already"):
        draft(issue, by=em, at=NOON)


def test_without_an_accepted_version_nothing_is_drafted(issue, em):
    estimate = Estimate.objects.get(issue=issue)
    send(estimate, to=Addressee.ACCOUNT_TEAM, by=em, at=NOON)

    assert accepted(issue) is None
    assert not may_draft(issue, em)
    perform(again(issue).start_sow, by=em, at=NOON)
    with pytest.raises(Refused, match="accepted"):
        draft(issue, by=em, at=NOON)


def test_an_estimate_accepted_meanwhile_is_told(issue, em):
    with pytest.raises(Refused, match="v1 of the estimate"):
        draft(issue, by=em, at=NOON, seen=7)


def test_an_accepted_version_of_another_scenario_does_not_count(issue, em):
    small = begun(issue, em)
    version = send(small, to=Addressee.ACCOUNT_TEAM, by=em, at=NOON)
    decide(version, Standing.ACCEPTED, by=em, at=NOON)

    assert accepted(issue) is None


def test_a_clause_that_is_retired_is_told_missing_and_not_taken(issue, em):
    Clause.objects.filter(key="travel-standard").update(status="retired")

    assert "clause.travel_standard" in [each.name for each in plan(issue, at=NOON).missing]
    version = draft(issue, by=em, at=NOON, said=KNOWN)
    found = check(draft_of(version, issue, version.said))
    open_ones = next(each for each in found if each.name == "Nothing is left open")
    assert any("clause.travel_standard" in fault for fault in open_ones.faults)

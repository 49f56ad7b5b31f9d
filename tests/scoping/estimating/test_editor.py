"""The sheet: typing, clashes, blocks, whole lines, undo; bad input loses nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from emdesk.ledger.models import Event
from emdesk.people.models import Role
from scoping.catalogue.rating import give_card
from scoping.estimating.arranging import insert
from scoping.estimating.beginning import begin
from scoping.estimating.sheets import in_hand, keep
from scoping.facts import answer as answer_question
from scoping.models import Estimate, EstimateLine, Question
from scoping.models.estimate import MOST_LINES
from tests.factories import NOON, make_user
from tests.scoping.estimating.desk import add_line, faults, hours_of, type_into
from tests.scoping.pages import at, queries_of

pytestmark = pytest.mark.django_db
D = Decimal


def titles(estimate):
    return list(estimate.lines.values_list("title", flat=True))


def say(issue, key, text, by):
    question = Question.objects.get(key=key)
    answer_question(issue, question, text=text, source="call", by=by, at=NOON)


def test_an_issue_without_an_estimate_says_how_to_begin_one(client, issue, em):
    page = client.get(at("estimate", issue))
    assert b"Begin the estimate" in page.content
    begun = client.post(at("estimate", issue), {"name": "Base"})
    assert begun.status_code == 302
    estimate = issue.estimates.get()
    assert (estimate.primary, estimate.currency) == (True, "USD")
    assert estimate.catalogue is not None
    assert estimate.rate_card is not None
    assert Event.objects.about(issue).last().verb == "scoping.estimate_begun"


def test_five_scenarios_are_the_most_and_one_is_primary(client, issue, estimate):
    add_line(estimate, hours=8)
    for number in range(4):
        said = {"name": f"Other {number}", "like": estimate.position}
        assert client.post(at("estimate", issue), said).status_code == 302
    assert issue.estimates.count() == 5
    refused = client.post(at("estimate", issue), {"name": "Sixth"}, follow=True)
    assert "up to 5 scenarios" in refused.content.decode()

    other = issue.estimates.get(position=3)
    assert titles(other) == ["Line 1"], "a copy has the lines"
    client.post(at("primary_estimate", issue, 3))
    assert list(issue.estimates.filter(primary=True)) == [other]


def test_typing_into_a_cell_saves_it_and_answers_in_brief(client, estimate):
    line = add_line(estimate, role="engineer")
    said = {f"c.{line.pk}.hours": "10", f"w.{line.pk}.hours": ""}
    response = type_into(client, estimate, **said)
    assert response.status_code == 200
    assert "3,300.00" in response.content.decode()
    assert len(response.content) < 8_192
    assert hours_of(estimate) == [D(10)]
    estimate.refresh_from_db()
    assert estimate.token == 1


def test_the_whole_sheet_can_be_sent_without_script(client, estimate):
    line = add_line(estimate, role="engineer", hours=4)
    cells = {f"c.{line.pk}.title": "Line 1", f"c.{line.pk}.hours": "5", "c.new.title": "Another"}
    cells["c.new.hours"] = "2"
    assert type_into(client, estimate, script=False, **cells).status_code == 302
    assert titles(estimate) == ["Line 1", "Another"]
    assert hours_of(estimate) == [D(5), D(2)]


def test_bad_input_is_told_at_its_cell_and_loses_nothing(client, estimate):
    line = add_line(estimate, hours=4)
    bad = {
        "hours": ["-1", "1e9", "NaN", "inf", "eight", "1,200", "99999", "1.234", "=9**9", "=B7"],
        "role": ["Astronaut"],
        "risk": ["terrible"],
        "rate": ["free", "-3"],
        "unit_price": ["99999999999"],
        "quantity": ["0x10"],
        "optional": ["perhaps"],
        "delivered_by": ["ghosts"],
        "title": ["x" * 201],
    }
    for column, texts in bad.items():
        for text in texts:
            cells = {f"c.{line.pk}.{column}": text, f"c.{line.pk}.phase": f"Now {text[:20]}"}
            response = type_into(client, estimate, **cells)
            assert response.status_code == 422, text
            assert f"c.{line.pk}.{column}" in faults(response), text
            line.refresh_from_db()
            assert line.phase == f"Now {text[:20]}", "what is right beside it is saved"
            assert line.hours == 4

    page = type_into(client, estimate, script=False, **{f"c.{line.pk}.hours": "eight"})
    assert page.status_code == 422
    assert 'value="eight"' in page.content.decode(), "what was typed stays in its cell"


def test_two_tabs_in_different_cells_do_not_meet(client, estimate):
    first, second = add_line(estimate), add_line(estimate)
    type_into(client, estimate, **{f"c.{first.pk}.hours": "3", "token": 0})
    response = type_into(
        client, estimate, **{f"c.{second.pk}.hours": "4", f"w.{second.pk}.hours": "", "token": 0}
    )
    assert response.status_code == 200
    assert hours_of(estimate) == [D(3), D(4)]
    assert f"c.{first.pk}.hours" in response.content.decode(), "and the other's change is shown"


def test_two_tabs_in_one_cell_meet_and_choose(client, estimate):
    line, other = add_line(estimate, hours=1), add_line(estimate)
    type_into(client, estimate, **{f"c.{line.pk}.hours": "3", "token": 0})
    said = {f"c.{line.pk}.hours": "9", f"w.{line.pk}.hours": "1", f"c.{other.pk}.hours": "2"}
    response = type_into(client, estimate, **said, token=0)

    assert response.status_code == 409
    text = response.content.decode()
    assert "Somebody else changed the same cells" in text
    assert hours_of(estimate) == [D(3), D(0)], "nothing is written before the choice"
    chosen = {"token": 1, "do": "save", f"c.{line.pk}.hours": "9", f"c.{other.pk}.hours": "2"}
    assert client.post(estimate.get_absolute_url(), chosen).status_code == 302
    assert hours_of(estimate) == [D(9), D(2)]


def test_a_line_removed_meanwhile_is_told(client, estimate):
    line = add_line(estimate, hours=1)
    type_into(client, estimate, do="remove", row=line.pk)
    said = {f"c.{line.pk}.hours": "9", f"w.{line.pk}.hours": "1"}
    response = type_into(client, estimate, **said, token=0)
    assert response.status_code == 409
    assert "removed" in response.content.decode()


def test_a_block_from_a_spreadsheet_fills_cells_and_makes_lines(client, estimate):
    first, second = add_line(estimate), add_line(estimate)
    block = (
        "Move code\tMove\tengineer\t12\r\nMove users\tMove\tEngineer?\t8\nTrain\t\tTrainer\t-4\n"
    )
    response = type_into(client, estimate, do="paste", cell=f"c.{second.pk}.title", block=block)
    assert response.status_code == 422
    lines = list(estimate.lines.all())
    assert sorted(line.title for line in lines) == ["Line 1", "Move code", "Move users", "Train"]
    assert {line.title: line.hours for line in lines}["Move code"] == D(12)
    assert first in lines
    text = response.content.decode()
    assert 'value="Engineer?"' in text, "the pasted word stays in its cell"
    assert "No role is called “Engineer?”" in text
    assert 'value="-4"' in text


def test_what_was_typed_before_a_block_is_saved_with_it(client, estimate):
    line = add_line(estimate)
    typed = {f"c.{line.pk}.hours": "7", "block": "A\t\t\t1\nB", "cell": "c.new.title"}
    assert type_into(client, estimate, do="paste", **typed).status_code == 200
    assert hours_of(estimate) == [D(7), D(1), D(0)]


def test_five_thousand_pasted_rows_change_nothing(client, estimate):
    line = add_line(estimate, hours=1)
    block = "Much\t\t\t1\n" * 5_000
    response = type_into(client, estimate, do="paste", cell=f"c.{line.pk}.title", block=block)
    assert response.status_code == 422
    assert "5,000 rows were pasted" in response.content.decode()
    assert f"holds {MOST_LINES} lines" in response.content.decode()
    assert titles(estimate) == ["Line 1"]


def test_lines_are_inserted_duplicated_moved_removed_and_brought_back(client, estimate):
    for number in range(3):
        add_line(estimate, hours=number + 1, deliverable=f"Paper {number}")
    first, _, last = estimate.lines.all()
    acts = [
        ("duplicate", first, ["Line 1", "Line 1", "Line 2", "Line 3"]),
        ("up", last, ["Line 1", "Line 1", "Line 3", "Line 2"]),
        ("down", first, ["Line 1", "Line 1", "Line 3", "Line 2"]),
        ("remove", last, ["Line 1", "Line 1", "Line 2"]),
        ("insert", first, ["Line 1", "Line 1", "", "Line 2"]),
    ]
    for do, line, expected in acts:
        assert type_into(client, estimate, do=do, row=line.pk).status_code == 200
        assert titles(estimate) == expected, do
    for _, _, expected in [*acts[-2::-1], ("", "", ["Line 1", "Line 2", "Line 3"])]:
        assert type_into(client, estimate, do="undo").status_code == 200
        assert titles(estimate) == expected
    assert list(estimate.lines.values_list("deliverable", flat=True)) == [
        "Paper 0",
        "Paper 1",
        "Paper 2",
    ]
    nothing_left = type_into(client, estimate, do="undo")
    assert nothing_left.status_code == 422
    assert "nothing of yours to undo" in nothing_left.content.decode()


def test_undo_takes_back_ones_own_change_and_not_what_came_after(signed_in, client, estimate):
    line = add_line(estimate, hours=1, title="Mine")
    lead = make_user(Role.EM_LEAD)
    type_into(client, estimate, **{f"c.{line.pk}.hours": "5", f"c.{line.pk}.title": "Mine too"})
    type_into(signed_in(lead), estimate, **{f"c.{line.pk}.hours": "7"})
    assert type_into(client, estimate, do="undo").status_code == 200
    line.refresh_from_db()
    assert (line.title, line.hours) == ("Mine", D(7))


def test_a_name_of_the_catalogue_brings_its_lines_with_hours_from_answers(
    client, issue, estimate, em
):
    activity = estimate.catalogue.activities.filter(hours__drivers__contains="B7").first()
    say(issue, "B7", "240", em)
    type_into(client, estimate, **{"c.new.title": activity.title})
    lines = list(estimate.lines.all())
    assert len(lines) == activity.hours.count()
    assert {line.key for line in lines} == {activity.key}
    driven = next(line for line in lines if "B7" in line.formula)
    assert driven.hours > 0

    type_into(client, estimate, do="add", offer="GL-BAS-R: whatever")
    seat = estimate.lines.get(key="GL-BAS-R")
    assert (seat.unit_price, seat.type) == (D(5000), "standard")
    unknown = type_into(client, estimate, do="add", offer="Flying")
    assert unknown.status_code == 422
    assert "Nothing in the catalogue has this name" in unknown.content.decode()


def test_a_formula_is_visible_can_be_overridden_and_reckoned_anew(client, issue, estimate, em):
    say(issue, "B7", "100", em)
    line = add_line(estimate)
    cell = f"c.{line.pk}.hours"

    def now():
        line.refresh_from_db()
        return line.hours, line.formula, line.overridden

    type_into(client, estimate, **{cell: "=8 + B7 * 0.1"})
    assert now() == (D(18), "8 + B7 * 0.1", False)
    assert "=8 + B7 * 0.1" in client.get(estimate.get_absolute_url()).content.decode()
    type_into(client, estimate, **{cell: "20"})
    assert now() == (D(20), "8 + B7 * 0.1", True)
    type_into(client, estimate, **{cell: ""})
    assert now() == (D(18), "8 + B7 * 0.1", False)

    say(issue, "B7", "200", em)
    page = client.get(estimate.get_absolute_url()).content.decode()
    assert "1 formula gives other hours" in page
    assert now()[0] == D(18), "nothing changes by itself"
    type_into(client, estimate, do="reckon")
    assert now()[0] == D(28)


def test_terms_hold_for_all_and_another_change_is_not_overwritten(client, estimate):
    address = f"{estimate.get_absolute_url()}terms/"
    said = {"name": "Base", "pricing": "tm", "currency": "USD", "pm_percent": "20"}
    said |= {"discount_percent": "12.50", "travel": "3000"}
    seen = {f"initial-{name}": value for name, value in said.items()}
    seen |= {"initial-pricing": "ff", "initial-discount_percent": "0", "initial-travel": "0"}
    assert client.post(address, said | seen).status_code == 302
    estimate.refresh_from_db()
    assert (estimate.discount_percent, estimate.travel) == (D("12.5"), D(3000))

    stale = said | seen | {"discount_percent": "5"}
    assert client.post(address, stale).status_code == 409
    for wrong in ({"discount_percent": "12.345"}, {"discount_percent": "101"}, {"travel": "-1"}):
        assert client.post(address, said | seen | wrong).status_code == 422


def test_low_and_high_stand_around_the_hours(client, estimate):
    line = add_line(estimate, hours=10)
    response = type_into(client, estimate, **{f"c.{line.pk}.low": "8"})
    assert "both low and high" in faults(response)[f"c.{line.pk}.high"]
    response = type_into(client, estimate, **{f"c.{line.pk}.high": "9"})
    assert "lie between" in faults(response)[f"c.{line.pk}.high"]
    response = type_into(client, estimate, **{f"c.{line.pk}.high": "30"})
    assert response.status_code == 200
    assert "13.0 / 15.9" in response.content.decode()


def test_a_sitting_is_told_once(client, issue, estimate, em):
    line = add_line(estimate)
    for hours in range(1, 5):
        type_into(client, estimate, **{f"c.{line.pk}.hours": str(hours)})
    told = Event.objects.about(issue).filter(verb="scoping.estimate_changed")
    assert told.count() == 1
    assert estimate.steps.count() == 4, "each change can be taken back by itself"


def test_others_read_the_sheet_and_type_nothing(signed_in, issue, estimate):
    add_line(estimate, title="Move the code", hours=10)
    other = signed_in(make_user())
    page = other.get(estimate.get_absolute_url()).content.decode()
    assert "Move the code" in page
    assert '<input name="c.' not in page
    for address in (at("estimate", issue), estimate.get_absolute_url()):
        assert other.post(address, {"name": "x"}).status_code == 403


def test_the_page_asks_as_much_for_thirty_lines_as_for_one(client, estimate):
    add_line(estimate, role="engineer", hours=1)
    one = queries_of(client, estimate.get_absolute_url())
    for _ in range(29):
        add_line(estimate, role="engineer", hours=1)
    assert queries_of(client, estimate.get_absolute_url()) == one


def test_saving_a_cell_takes_as_many_statements_at_thirty_lines_as_at_one(client, estimate):
    line = add_line(estimate, role="engineer", hours=1)
    counts = []
    for lines in (0, 29):
        for _ in range(lines):
            add_line(estimate, role="engineer", hours=1)
        type_into(client, estimate, **{f"c.{line.pk}.hours": f"{lines + 3}"})
        with CaptureQueriesContext(connection) as queries:
            type_into(client, estimate, **{f"c.{line.pk}.hours": f"{lines + 2}"})
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_positions_have_room_however_often_lines_are_put_between(estimate, em):
    """The middle between two neighbours is used up after a few; then all get new places."""
    add_line(estimate)
    first = estimate.lines.get()
    add_line(estimate)
    for number in range(12):
        sheet = in_hand(estimate.issue, estimate.position)
        new = insert(sheet, sheet.line(first.pk))
        new.title = f"New {number}"
        keep(sheet, by=em, at=NOON)
    expected = ["Line 1", *(f"New {number}" for number in range(11, -1, -1)), "Line 2"]
    assert titles(estimate) == expected
    assert EstimateLine.objects.values("position").distinct().count() == 14


def test_another_currency_takes_its_own_rates(client, issue, em):
    issue.currency = "EUR"
    issue.save(update_fields=["currency"])
    estimate = begin(issue, by=em, at=NOON)
    assert (estimate.currency, estimate.rate_card) == ("EUR", None)
    page = client.get(estimate.get_absolute_url()).content.decode()
    assert "no rate card in EUR" in page
    type_into(client, estimate, do="add", offer="GL-BAS-R")
    assert estimate.lines.get().unit_price == 0, "a dollar price is not taken for euros"
    assert Estimate.objects.count() == 1


def test_an_old_estimate_keeps_its_rates_and_says_what_changed(client, issue, estimate, em):
    line = add_line(estimate, role="engineer", hours=10)
    lead = make_user(Role.PRACTICE_MANAGER)
    later = timezone.localdate()
    give_card(
        region="",
        currency="USD",
        rate=D(400),
        effective_from=later,
        own_rates={},
        reason="New year",
        by=lead,
        at=timezone.now(),
    )
    page = client.get(estimate.get_absolute_url()).content.decode()
    assert f'id="p{line.pk}">3,300.00' in page
    assert "bill rates from" in page
    type_into(client, estimate, do="renew")
    page = client.get(estimate.get_absolute_url()).content.decode()
    assert f'id="p{line.pk}">4,000.00' in page
    assert "bill rates from" not in page
    type_into(client, estimate, do="undo")
    assert f'id="p{line.pk}">3,300.00' in client.get(estimate.get_absolute_url()).content.decode()


def test_another_phase_brings_all_lines_anew(client, estimate):
    first, second = add_line(estimate, phase="Plan"), add_line(estimate, phase="Move")
    third = add_line(estimate, phase="Move")
    response = type_into(client, estimate, **{f"c.{third.pk}.phase": "Plan"})
    page = response.content.decode()
    assert page.index(f'id="l{first.pk}"') < page.index(f'id="l{third.pk}"')
    assert page.index(f'id="l{third.pk}"') < page.index(f'id="l{second.pk}"')

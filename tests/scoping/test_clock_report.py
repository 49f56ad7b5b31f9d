"""The report of how promises were kept, against a report made with a pencil."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emdesk.ledger.recording import record
from emdesk.people.models import Role
from emdesk.sla.models import Clock
from emdesk.workflow import perform
from scoping.clock_rows import Part, clocks_of, keyed, parted, report
from tests.factories import HELD, NOON, QUARTER, make_ready_issue, make_segment, make_user
from tests.oracles import clocks as oracle
from tests.sla.stories import HOUR, deed

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=40)


@pytest.fixture
def lead():
    return make_user(Role.EM_LEAD)


@pytest.fixture
def history(db):
    """Issues of three EMs whose estimates were sent sooner, later and not at all."""
    rng = Random(5)  # noqa: S311
    ems = [make_user(name=name) for name in ("Amara", "Bela", "Chloe")]
    told = []
    for number in range(24):
        em, segment = rng.choice(ems), rng.choice(["Ent_EMEA", "MM_East"])
        start = NOON + number * 28 * HOUR
        issue = make_ready_issue(at=start, engagement_manager=em, segment=make_segment(segment))
        deed(issue, "call", start)
        held = rng.choice([0, 0, 9])
        if held:
            perform(issue.hold, by=None, at=start + HOUR, **HELD)
            perform(issue.resume, by=None, at=start + (1 + held) * HOUR)
        hours = rng.choice([5, 30, 71, 75, 100, None])
        part = _told(issue, start, held, hours, rng)
        counted = None if part not in ("met", "late") else hours
        told.append(
            {
                "part": part,
                "hours": counted,
                "em": em.name,
                "segment": segment.replace("_", " "),
                "month": f"{start:%b %Y}",
            }
        )
    return told


def _told(issue, start, held, hours, rng):
    if hours is None:
        if rng.random() < 0.5:
            at = start + (held + 20) * HOUR
            perform(issue.lose, by=None, at=at, quarter=QUARTER, reason="price")
            return "cancelled"
        return "overdue"
    deed(issue, "estimate", start + (held + hours) * HOUR)
    return "met" if hours <= 72 else "late"


def test_each_line_is_what_a_pencil_finds(history, lead):
    for by in ("em", "segment", "month"):
        found = report(clocks_of(lead).filter(key="estimate"), by, LATER)

        expected = oracle.report(history, by)
        assert {row.name for row in found.rows} == set(expected)
        for row in found.rows:
            agrees(row, expected[row.name])
        assert found.total.total == len(history)


def agrees(row, line):
    assert {str(part): count for part, count in row.counts.items() if count} == {
        part: count for part, count in line.items() if part in list(Part)
    }
    assert (row.rate if row.judged else -1) == pytest.approx(line["rate"])
    for share, name in ((0.5, "median"), (0.85, "p85")):
        length = row.took_at(share)
        hours = -1 if length is None else length / HOUR
        assert hours == pytest.approx(line[name])


def test_every_number_is_that_of_its_rows(history, lead):
    clocks = clocks_of(lead)
    for by in ("em", "segment", "month", "policy", "turn"):
        found = report(clocks, by, LATER)

        assert found.rows
        for row in found.rows:
            own = keyed(clocks, by, row.key, LATER)
            for part, count in row.counts.items():
                if by == "turn" and part not in (Part.LATE, Part.OVERDUE):
                    continue
                assert parted(own, [part], LATER).count() == count, (by, row.name, part)
        assert sum(row.total for row in found.rows) == found.total.total


def test_a_broken_stamp_names_the_leg_that_had_it(lead):
    issue = make_ready_issue("sow_wip")
    deed(issue, "final")
    record(issue, "scoping.leg_done", by=None, at=NOON + HOUR, leg="revenue")

    (row,) = report(clocks_of(lead).filter(key="stamped_sow"), "turn", LATER).rows

    assert (row.key, row.name, row.counts[Part.OVERDUE]) == ("ps", "Professional Services", 1)


def test_a_clock_is_seen_exactly_when_its_issue_is():
    stranger = make_user(Role.ACCOUNT_TEAM)
    mine, other = make_ready_issue(requester=stranger), make_ready_issue()

    assert {clock.subject_id for clock in clocks_of(stranger)} == {mine.pk}
    assert Clock.objects.about(other).exists()


# The pages.


def test_pages_and_files_show_no_clock_of_an_issue_one_may_not_see(signed_in):
    stranger = make_user(Role.ACCOUNT_TEAM)
    mine = make_ready_issue(requester=stranger)
    for other in (make_ready_issue(), make_ready_issue()):
        deed(other, "call")
    browser = signed_in(stranger)
    for address in (
        "/clocks/?em=",
        "/clocks/rows/?by=policy",
        "/clocks/rows/?by=month&part=overdue",
    ):
        for form in ("", "&as=csv"):
            said = browser.get(f"{address}{form}").content.decode()
            assert set(re.findall(r"\bPS-\d+", said)) == {mine.reference}, address

    table = browser.get("/clocks/report/?by=policy").context["table"]
    assert [(row.name, row.cells[3].text) for row in table.rows] == [("First contact", "0")]
    assert [cell.text for cell in table.foot.cells[:5]] == ["0", "0", "1", "0", "0"]


@pytest.fixture
def browser(signed_in, lead):
    return signed_in(lead)


def rows_of(response):
    return re.findall(r'<th scope="row">\s*<a href="/issues/(\d+)/', response.content.decode())


def test_running_clocks_stand_by_the_time_left(browser):
    first = make_ready_issue(at=NOON - HOUR)
    held = make_ready_issue(at=NOON - 9 * HOUR)
    perform(held.hold, by=None, at=NOON, **HELD)
    last = make_ready_issue(at=NOON)

    found = rows_of(browser.get("/clocks/"))

    assert found == [str(issue.pk) for issue in (first, last, held)]


def test_the_list_is_narrowed_by_its_filters(browser, lead):
    em = make_user()
    mine, other = make_ready_issue(engagement_manager=em), make_ready_issue()
    deed(other, "call")
    perform(other.hold, by=None, at=NOON, **HELD)
    asked = {
        "": {mine.pk, other.pk},
        f"em={em.pk}": {mine.pk},
        "policy=estimate": {other.pk},
        "stands=paused": {other.pk},
        "stands=overdue": {mine.pk},
        f"segment={mine.segment_id}": {mine.pk, other.pk},
        "em=none": set(),
        "em=nonsense&policy=nothing": {mine.pk, other.pk},
    }

    found = {address: rows_of(browser.get(f"/clocks/?{address}")) for address in asked}

    assert {address: {int(pk) for pk in pks} for address, pks in found.items()} == asked


def test_a_chosen_clock_is_on_card_list_and_page(browser):
    issue = make_ready_issue()
    for address in ("/board/?view=team", "/issues/?view=team&cols=clock", f"/issues/{issue.pk}/"):
        page = browser.get(address).content.decode()
        assert 'class="clk c-over"' in page, address
        assert "First contact" in page


def test_the_file_holds_what_the_page_shows(browser, signed_in):
    issue = make_ready_issue(at=NOON)
    (head, line) = csv.reader(
        io.StringIO(browser.get("/clocks/?as=csv").content.decode("utf-8-sig"))
    )

    assert head[:2] == ["Promise", "Issue"]
    assert line[:2] == ["First contact", issue.reference]
    viewer = signed_in(make_user(Role.VIEWER))
    assert viewer.get("/clocks/").status_code == 200
    assert viewer.get("/clocks/?as=csv").status_code == 403
    assert viewer.get("/clocks/report/?as=csv").status_code == 403
    assert viewer.get("/clocks/rows/?as=csv").status_code == 403


@pytest.mark.parametrize(
    "address", ["/clocks/", "/clocks/report/?by=em", "/clocks/rows/", "/clocks/policies/"]
)
def test_the_pages_cost_the_same_however_many_clocks(
    browser, address, django_assert_max_num_queries
):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address).status_code == 200
        return len(asked)

    make_ready_issue()
    cost()
    one = cost()
    for _ in range(4):
        make_ready_issue()

    assert cost() == one


@pytest.mark.parametrize(
    "address",
    [
        "/clocks/report/?by=nothing&policy=nothing",
        "/clocks/rows/?by=month&key=nonsense",
        "/clocks/rows/?by=em&key=99999999999999999999",
        "/clocks/rows/?by=segment&key=%00",
        "/clocks/?page=999999999999&em=%00",
    ],
)
def test_an_address_that_makes_no_sense_breaks_nothing(browser, address):
    make_ready_issue()
    assert browser.get(address).status_code == 200

"""Standard cost out as a file and in again, for those alone who see and set it."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.utils.timezone import localdate

from emdesk.configuration.fiscal_year import first_month
from emdesk.people.models import Role
from scoping.catalogue.rate_files import SHEETS
from scoping.catalogue.rating import give_sheet
from scoping.models import CostSheet, ResourceRole
from scoping.quarters import quarter_of
from tests.factories import NOON, make_user

pytestmark = pytest.mark.django_db
EXPORT, IMPORT = "/catalogue/cost/export/csv/", "/catalogue/cost/import/"
YEARLY = "201234.56"


@pytest.fixture
def lead(signed_in):
    return signed_in(make_user(Role.EM_LEAD))


@pytest.fixture
def sheet(db):
    """Of long ago, so that a line about it is either the same or too late."""
    return give_sheet(
        currency="USD",
        yearly=dict.fromkeys(ResourceRole.objects.all(), Decimal(YEARLY)),
        billable_hours=1_880,
        effective_from=date(2020, 2, 1),
        reason="=First",
        by=make_user(Role.EM_LEAD),
        at=NOON,
    )


def this_quarter() -> str:
    return quarter_of(localdate()).starts(first_month(localdate())).isoformat()


def rows(client) -> list[dict[str, str]]:
    """This test's own sheet first."""
    answer = client.get(EXPORT)
    found = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    return sorted(found, key=lambda row: row["Why"] != "'=First")


def table(*lines: dict[str, str]) -> str:
    content = io.StringIO()
    writer = csv.DictWriter(content, lines[0])
    writer.writeheader()
    writer.writerows(lines)
    return content.getvalue()


def test_what_came_out_changes_nothing_when_it_comes_in(lead, sheet):
    found = rows(lead)
    assert (found[0]["From"], found[0]["Why"]) == ("2020-02-01", "'=First")
    assert found[0]["Billable hours"] == "1880"
    page = lead.post(IMPORT, {"text": table(*found)}).content.decode()
    assert "Every sheet of this file is there already." in page
    assert lead.get(EXPORT.replace("csv", "xlsx")).content.startswith(b"PK")


def test_a_sheet_is_looked_at_before_it_is_given(lead, sheet):
    new = rows(lead)[0] | {"From": this_quarter(), "Why": "A new quarter", "Currency": "eur"}
    text = table(new)
    assert "Give 1 sheet" in lead.post(IMPORT, {"text": text}).content.decode()
    there = CostSheet.objects.values_list("pk", flat=True)
    before = list(there)
    for _ in range(2):
        assert lead.post(IMPORT, {"text": text, "do": "give"}).status_code == 302
    given = CostSheet.objects.exclude(pk__in=before).get()
    assert (given.currency, given.billable_hours, given.reason) == ("EUR", 1_880, "A new quarter")
    assert {rate.rate for rate in given.rates.all()} == {Decimal("107.04")}, "201,234.56 ÷ 1,880"


def test_what_is_wrong_is_named_at_its_line_and_nothing_is_given(lead, sheet):
    good = rows(lead)[0] | {"From": this_quarter(), "Why": "Ours"}
    role = ResourceRole.objects.first().name
    before = CostSheet.objects.count()
    wrong = [
        ({"From": "2019-05-01"}, "From quarter"),
        ({"From": "soon"}, "From quarter"),
        ({"Currency": "XXX"}, "Currency"),
        ({"Billable hours": "0"}, "Billable hours"),
        ({"Billable hours": "NaN"}, "Billable hours"),
        ({role: ""}, role),
        ({role: "NaN"}, role),
        ({role: "-4"}, role),
        ({role: "0.01"}, "no cost of an hour"),
        ({"Why": ""}, "Reason"),
    ]
    for said, told in wrong:
        answer = lead.post(IMPORT, {"text": table(good, good | said), "do": "give"})
        assert answer.status_code == 422, said
        assert told in answer.content.decode(), said
        assert CostSheet.objects.count() == before
    other = lead.post(IMPORT, {"text": "Region,Currency\nEMEA,USD\n"})
    assert "does not name the columns" in other.content.decode()
    strange = lead.post(IMPORT, {"text": table(good | {"Astronaut": "1"})})
    assert "no role “Astronaut”" in strange.content.decode()


def test_nobody_without_the_right_finds_or_gives_a_figure(signed_in, sheet):
    for role in (Role.PRACTICE_MANAGER, Role.TECHNICAL_ARCHITECT, Role.VIEWER, Role.DEAL_DESK):
        browser = signed_in(make_user(role))
        assert {browser.get(each).status_code for each in (EXPORT, IMPORT)} == {404}
    reader = signed_in(make_user(Role.EM))
    assert YEARLY in reader.get(EXPORT).content.decode()
    assert reader.get(IMPORT).status_code == 403
    assert reader.post(IMPORT, {"text": "x", "do": "give"}).status_code == 403
    assert reader.get(EXPORT.replace("csv", "pdf")).status_code == 404


def test_reading_sheets_asks_as_much_for_many(sheet, django_assert_num_queries):
    for number in range(5):
        give_sheet(
            currency="EUR",
            yearly=dict.fromkeys(ResourceRole.objects.all(), Decimal(YEARLY)),
            billable_hours=1_000 + number,
            effective_from=date(2020, 2, 1),
            reason="Again",
            by=make_user(Role.EM_LEAD),
            at=NOON,
        )
    there = CostSheet.objects.count()
    with django_assert_num_queries(2):
        assert len(SHEETS.there()) == there

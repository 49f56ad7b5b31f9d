"""Rate cards out as a file and in again: what came out changes nothing, what is wrong is named."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate
from openpyxl import load_workbook

from scoping.models import RateCard, ResourceRole
from tests.scoping.catalogue.drafts import card

pytestmark = pytest.mark.django_db
EXPORT, IMPORT = "/catalogue/rates/export/csv/", "/catalogue/rates/import/"
HEAD = "Region,Currency,From,Every role,Project manager,Why"


@pytest.fixture
def practice(noor, signed_in):
    return signed_in(noor)


def table(*lines):
    return "\n".join([HEAD, *lines])


def day(ahead):
    return (localdate() + timedelta(days=ahead)).isoformat()


def dated(text):
    """With yesterday and tomorrow written in, which no name of a test may hold."""
    return text.replace("PAST", day(-1)).replace("SOON", day(1))


def exported(client):
    answer = client.get(EXPORT)
    assert answer["Content-Disposition"].startswith("attachment")
    return answer.content.decode("utf-8-sig")


def test_what_came_out_changes_nothing_when_it_comes_in(practice, client):
    manager = ResourceRole.objects.get(key="manager")
    card(
        region="EMEA",
        own_rates={manager: Decimal("250.50")},
        reason="=1+1",
        effective_from=localdate(),
    )
    content = exported(practice)

    rows = list(csv.DictReader(io.StringIO(content)))
    assert {(row["Region"], row["Every role"], row["Project manager"]) for row in rows} == {
        ("", "300.00", ""),
        ("", "330.00", ""),
        ("EMEA", "400.00", "250.50"),
    }
    assert not [row for row in rows if row["Why"].startswith("=")]
    page = practice.post(IMPORT, {"text": content}).content.decode()
    assert "Every card of this file is there already." in page
    assert exported(client) == content
    book = load_workbook(io.BytesIO(client.get(EXPORT.replace("csv", "xlsx")).content))
    assert book.active.max_row == 4


def test_cards_are_looked_at_before_they_are_given(practice):
    content = table(f"emea,eur,{day(1)},280,250,Agreed", f",USD,{day(0)},345.50,,Dearer")
    upload = SimpleUploadedFile("rates.csv", content.encode("utf-8-sig"))
    page = practice.post(IMPORT, {"upload": upload}).content.decode()
    assert "Give 2 cards" in page
    assert RateCard.objects.count() == 2

    assert practice.post(IMPORT, {"text": content, "do": "give"}).status_code == 302
    assert RateCard.objects.count() == 4
    emea = RateCard.objects.get(region="EMEA")
    assert (emea.currency, emea.rate, emea.reason) == ("EUR", 280, "Agreed")
    assert [each.rate for each in emea.own_rates.all()] == [250]
    again = practice.post(IMPORT, {"text": content, "do": "give"})
    assert again.status_code == 302
    assert RateCard.objects.count() == 4


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (",USD,PAST,300,,Late", "do not reach back"),
        (",USD,SOON,NaN,,x", "Rate an hour"),
        (",USD,SOON,1e30,,x", "Rate an hour"),
        (",USD,SOON,-5,,x", "Rate an hour"),
        (",XXX,SOON,300,,x", "Currency"),
        (",USD,SOON,300,a lot,x", "Project manager"),
        (",USD,SOON,300", "not as many cells"),
        ("<b>,USD,SOON,300,,x", "Letters, digits and spaces"),
        (",USD,tomorrow,300,,x", "From"),
        (",USD,SOON,300,,", "Reason"),
    ],
)
def test_what_is_wrong_is_named_at_its_line_and_nothing_is_given(practice, line, told):
    content = dated(table(",USD,SOON,345,,Good", line))
    answer = practice.post(IMPORT, {"text": content, "do": "give"})

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert RateCard.objects.count() == 2


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "Choose a file"),
        ({"text": "nothing of the sort"}, "does not name the columns"),
        ({"text": HEAD}, "holds no card"),
        ({"text": f"{HEAD},Astronaut\n"}, "no role “Astronaut”"),
        ({"text": table(*[",USD,SOON,300,,x"] * 501)}, "More than 500 cards"),
        ({"upload": SimpleUploadedFile("a.csv", b"\xff\xfe\xfa")}, "no text in UTF-8"),
        ({"upload": SimpleUploadedFile("a.xlsx", b"PK\x03\x04 zip")}, "workbook"),
        ({"upload": SimpleUploadedFile("a.csv", b"a\0b")}, "NUL byte"),
        ({"upload": SimpleUploadedFile("a.csv", b"x" * 262_145)}, "larger than 256 KB"),
    ],
)
def test_what_is_no_table_of_cards_is_refused(practice, sent, told):
    answer = practice.post(IMPORT, sent | {"text": dated(sent.get("text", ""))})

    assert answer.status_code == 422
    assert told in answer.content.decode()

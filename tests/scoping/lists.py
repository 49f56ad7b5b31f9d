"""Asking for the list of issues and its files, and reading what they hold; a desk to ask about."""

import csv
import io
import random
from datetime import timedelta
from decimal import Decimal

from openpyxl import load_workbook

from emdesk.people.models import Territory
from scoping.states import State
from tests.factories import NOON, TODAY, make_account, make_ready_issue, make_segment, make_user
from tests.scoping.pages import page_of

LIST = "/issues/"
TEAM = {"view": "team"}


def rows_of(page):
    """Every row of the table, as its cells' text without the tick."""
    [table] = [each for each in page.all() if each.attributes.get("id") == "issues"]
    body = next(each for each in table.all() if each.name == "tbody")
    return [
        [cell.text for cell in row.children if "select" not in cell.attributes.get("class", "")]
        for row in body.children
    ]


def shown(client, **asked):
    """The references on the page, in order."""
    page = page_of(client, LIST, **TEAM | asked)
    empty = page.having("empty")
    return [] if empty else [row[0] for row in rows_of(page)]


def file_of(client, kind="csv", **asked):
    response = client.get(f"{LIST}export/{kind}/", TEAM | asked)
    assert response.status_code == 200
    if kind == "csv":
        text = response.content.decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    sheet = load_workbook(io.BytesIO(response.content), read_only=True).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def make_market():
    """Issues of every kind, the same in every run."""
    chance = random.Random(7)  # noqa: S311
    people = [make_user(name=f"Manager {letter}") for letter in "ABC"]
    segments = [make_segment("Ent_EMEA"), make_segment("Com_AMER")]
    lands = [Territory.objects.create(name=name) for name in ("North", "South")]
    accounts = [make_account(name=f"Acme {n}", sales_territory=lands[n % 2]) for n in range(4)]
    states = [*State, State.CLOSED, State.CLOSED]
    for number in range(40):
        ending = {}
        state = states[number % len(states)]
        if state == State.CLOSED:
            ending = {"outcome": chance.choice(["won", "lost", ""]), "close_quarter": "Q127"}
        make_ready_issue(
            state,
            at=NOON + timedelta(days=number),
            engagement_manager=chance.choice(people),
            segment=chance.choice(segments),
            account=chance.choice(accounts),
            currency=chance.choice(["USD", "EUR", "CHF"]),
            expected_value=chance.choice([None, Decimal("1000.10"), Decimal(250_000)]),
            next_step=chance.choice(["", "Call them"]),
            next_step_date=chance.choice([None, TODAY]),
            services_calculator=chance.random() < 0.3,
            public_sector=chance.random() < 0.3,
            em_status="" if state == State.CLOSED else chance.choice(["", "todo"]),
            **ending,
        )
    return {"em": people[0].pk, "segment": segments[0].pk, "territory": lands[0].pk}

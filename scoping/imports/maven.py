"""The Maven CRM tables: a pipeline, and beside it accounts, products and sales teams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from emdesk.people.models import Segment
from scoping.imports import regions, values
from scoping.imports.accounts import Accounts, Customer
from scoping.imports.deals import Deal, Deals
from scoping.imports.people import People
from scoping.imports.reading import text_of
from scoping.imports.report import Judge, Rejected
from scoping.imports.rows import companion, judged, whole
from scoping.imports.tables import Row, Table
from scoping.imports.values import DayOrder, Notes
from scoping.models import Account, Stage

SOURCE = "maven"
COLUMNS = (
    "opportunity_id",
    "sales_agent",
    "product",
    "account",
    "deal_stage",
    "engage_date",
    "close_date",
    "close_value",
)
DATES = ("engage_date", "close_date")
STAGES = {
    "Prospecting": Stage.PENDING,
    "Engaging": Stage.SCOPING,
    "Won": Stage.WON,
    "Lost": Stage.LOST,
}


@dataclass(frozen=True)
class Agent:
    manager: str
    office: str


@dataclass
class Companions:
    """What the tables beside the pipeline know. An empty one knows nothing and judges nothing."""

    accounts: list[Customer] = field(default_factory=list)
    prices: dict[str, tuple[str, Decimal | None]] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)


def companions(accounts: Path | None, products: Path | None, teams: Path | None) -> Companions:
    return Companions(
        [_customer(row) for row in companion(accounts, ("account", "sector", "employees"))],
        {
            _squeezed(row["product"]): (
                row["product"],
                values.amount(row["sales_price"], Notes())[0],
            )
            for row in companion(products, ("product", "sales_price"))
        },
        {
            values.key(row["sales_agent"]): Agent(row["manager"], row["regional_office"])
            for row in companion(teams, ("sales_agent", "manager", "regional_office"))
        },
    )


class Maven:
    """Takes one pipeline file in."""

    def __init__(self, beside: Companions, at: datetime) -> None:
        self._beside, self._at = beside, at
        self._segments = {values.key(each.name): each for each in Segment.objects.all()}

    def __call__(self, path: Path, judge: Judge) -> None:
        order = self._order(path)
        self._accounts = Accounts(self._at, self._beside.accounts)
        self._accounts.complete()
        self._people = People(self._at)
        deals = Deals(SOURCE, judge, self._at)
        with text_of(path) as text:
            for row in judged(Table(text, COLUMNS), judge):
                with judge.judging(row.number, row.line):
                    deals.take(self._deal(row, order))
        deals.write()
        self._accounts.tell()

    def _order(self, path: Path) -> str:
        order = DayOrder()
        with text_of(path) as text:
            for row in Table(text, COLUMNS):
                for column in DATES:
                    order.look_at(row[column])
        return order.settled

    def _deal(self, row: Row, order: str) -> Deal:
        notes = Notes(whole(row))
        external_id = values.name(row["opportunity_id"], notes, 40, "opportunity id")
        if not external_id:
            raise Rejected("There is no opportunity id.")
        stage, stage_name = self._stage(row["deal_stage"], notes)
        dates = self._dates(row, stage, order, notes)
        product = self._product(row, stage, notes)
        account = self._accounts.named(row["account"], notes)
        if account is None:
            notes.say("there is no account")
        fields = {
            "name": f"{account.name if account else 'No account'} {row['product'].strip()}"[:200],
            "account_id": account and account.pk,
            "stage": stage,
            "stage_name": stage_name,
            **dates,
            **product,
            **self._team(row["sales_agent"], account, notes),
        }
        return Deal(row.number, row.line, external_id, fields, notes=notes)

    def _stage(self, text: str, notes: Notes) -> tuple[Stage, str]:
        if text in STAGES:
            return STAGES[text], text
        found = next((name for name in STAGES if values.key(name) == values.key(text)), "")
        if not found:
            raise Rejected(f"{text[:40]} is no stage; those are {', '.join(STAGES)}.")
        notes.say(f"the stage {text.strip()} was read as {found}")
        return STAGES[found], found

    def _dates(self, row: Row, stage: Stage, order: str, notes: Notes) -> dict[str, date | None]:
        engaged = values.day(row["engage_date"], notes, order)
        closed = values.day(row["close_date"], notes, order)
        over = stage in {Stage.WON, Stage.LOST}
        if over and closed is None:
            raise Rejected("It is closed without a close date, so it has no quarter.")
        if closed and not over:
            notes.say("it is open: the close date is an expected one")
        if closed and engaged and closed < engaged:
            notes.say("it closed before it was engaged")
        return {"engaged_on": engaged, "close_date": closed}

    def _product(self, row: Row, stage: Stage, notes: Notes) -> dict[str, Any]:
        """The product as the price list spells it; an open deal is worth its list price."""
        text = values.name(row["product"], notes, 80, "product")
        product, price = self._beside.prices.get(_squeezed(text), ("", None))
        if self._beside.prices and product != text:
            notes.say(
                f"the product {text} was read as {product}"
                if product
                else f"the product {text} is not in the price list"
            )
        value, _ = values.amount(row["close_value"], notes)
        if stage == Stage.WON and value is None:
            notes.say("it is won without a value")
        if stage == Stage.LOST and value:
            notes.say("it is lost with a value, which counts nowhere")
        if stage == Stage.LOST and not value:
            value = None
        if stage not in {Stage.WON, Stage.LOST} and value is None:
            value = price
        return {"product": product or text, "amount": value}

    def _team(self, agent: str, account: Account | None, notes: Notes) -> dict[str, Any]:
        owner = values.name(agent, notes, 120, "sales agent")
        fields: dict[str, Any] = {"owner": owner}
        if not self._beside.agents:
            return fields
        team = self._beside.agents.get(values.key(owner), Agent("", ""))
        if not team.office:
            notes.say(f"the agent {owner} is in no sales team")
        manager = self._people.manager("", team.manager)
        segment = account and regions.segment(account.employees, account.country, team.office)
        found = self._segments.get(values.key(segment or ""))
        return fields | {
            "office": team.office,
            "engagement_manager_id": manager and manager.pk,
            "segment_id": found and found.pk,
        }


def _customer(row: Mapping[str, str] | Row) -> Customer:
    employees = row["employees"]
    facts = {"sector": row["sector"][:80], "country": row["office_location"][:80]}
    number = {"employees": int(employees)} if employees.isdecimal() else {}
    return Customer(row["account"], facts=facts | number)


def _squeezed(product: str) -> str:
    return values.key(product).replace(" ", "")

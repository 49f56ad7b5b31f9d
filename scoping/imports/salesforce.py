"""Salesforce opportunities as Data Loader, report exports, the Bulk API and REST queries write them.

The four fields an EM keeps there are custom ones; their names are a mapping.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from scoping.imports import documents, stages, values
from scoping.imports.accounts import Accounts, Customer
from scoping.imports.deals import Deal, Deals
from scoping.imports.people import People
from scoping.imports.reading import text_of
from scoping.imports.report import FileRefused, Judge, Rejected
from scoping.imports.rows import companion, judged, whole
from scoping.imports.tables import Row, Table
from scoping.imports.values import DayOrder, Notes
from scoping.models import Account, Confidence, ForecastCategory, Stage
from scoping.quarters import FiscalCalendar

SOURCE = "salesforce"
REQUIRED = ("Id", "StageName", "CloseDate")
LABELS = {
    "Opportunity ID": "Id",
    "Stage": "StageName",
    "Close Date": "CloseDate",
    "Opportunity Name": "Name",
    "Account ID": "AccountId",
    "Account Name": "Account.Name",
    "Probability (%)": "Probability",
    "Expected Revenue": "ExpectedRevenue",
    "Forecast Category": "ForecastCategoryName",
    "Opportunity Owner": "Owner.Name",
    "Next Step": "NextStep",
    "Created Date": "CreatedDate",
    "Last Modified Date": "LastModifiedDate",
    "Closed": "IsClosed",
    "Won": "IsWon",
    "Currency": "CurrencyIsoCode",
    "Push Count": "PushCount",
}
DATES = ("CloseDate", "CreatedDate", "LastModifiedDate", "SystemModstamp")
MAPPING = {
    "em": "Engagement_Manager__c",
    "confidence": "EM_Confidence__c",
    "rationale": "EM_Confidence_Rationale__c",
    "issue_link": "Scoping_Issue_Link__c",
    "services_value": "Professional_Services_Value__c",
    "quoted_value": "Proserve_Amount__c",
    "edu_value": "Edu_Services_Value__c",
    "edu_override": "Edu_Value_Override__c",
    "investment_value": "Investment_Services_Value__c",
}
VALUES = ("services_value", "quoted_value", "edu_value", "edu_override", "investment_value")
TEXTS = {
    "Type": ("kind", 80),
    "NextStep": ("next_step", 500),
    "Description": ("notes", 50_000),
}
COLOURS = {
    word: colour for colour in Confidence for word in (colour.value, colour.label.lower())
} | {"gray": Confidence.GREY}
CATEGORIES = {
    values.key(label).replace(" ", ""): category
    for category in ForecastCategory
    for label in (category.label,)
} | {"forecast": ForecastCategory.COMMIT}


class Salesforce:
    """Takes one file of opportunities in."""

    def __init__(self, accounts: Path | None, mapping: Mapping[str, str], at: datetime) -> None:
        self._known = [_customer(row) for row in companion(accounts, ("Id", "Name"))]
        self._mapping, self._at = MAPPING | dict(mapping), at

    def __call__(self, path: Path, judge: Judge) -> None:
        order = DayOrder()
        for row in self._rows(path, Judge(path.name)):
            for column in DATES:
                order.look_at(row[column])
        self._accounts, self._people = Accounts(self._at, self._known), People(self._at)
        self._accounts.complete()
        self._calendar = FiscalCalendar()
        deals = Deals(SOURCE, judge, self._at)
        for row in self._rows(path, judge):
            with judge.judging(row.number, row.line):
                deals.take(self._deal(row, order.settled))
        deals.write()
        self._accounts.tell()

    def _rows(self, path: Path, judge: Judge) -> Iterator[Row]:
        with text_of(path) as text:
            first = next(text, "")
            if first.lstrip().startswith(("{", "[")):
                yield from _records(documents.whole(chain([first], text)), judge)
            else:
                yield from judged(Table(text.again(first), REQUIRED, LABELS), judge)

    def _deal(self, row: Row, order: str) -> Deal:
        notes = Notes()
        external_id = _id(row)
        notes += whole(row)
        stage, stage_name = stages.read(row["StageName"], notes)
        _check_flags(row, stage, notes)
        modified = values.moment(
            row["LastModifiedDate"] or row["SystemModstamp"], notes, order=order
        )
        fields = {
            "stage": stage,
            "stage_name": stage_name,
            **self._close_date(row, stage, order, modified, notes),
            **_amounts(row, stage, notes),
            **_texts(row, notes),
            **self._managed(row, notes),
        }
        if row["CreatedDate"]:
            begun = values.moment(row["CreatedDate"], notes, order=order)
            fields["engaged_on"] = begun and begun.date()
        deleted = values.flag(row["IsDeleted"], notes, "IsDeleted")
        if deleted:
            notes.say("it was deleted in the CRM; it counts nowhere")
        else:
            account = self._account(row, notes)
            fields["account_id"] = account and account.pk
        link = row[self._mapping["issue_link"]]
        return Deal(row.number, row.line, external_id, fields, link, modified, deleted, notes)

    def _close_date(
        self, row: Row, stage: Stage, order: str, modified: datetime | None, notes: Notes
    ) -> dict[str, date | None]:
        closes = values.day(row["CloseDate"], notes, order)
        if closes is None:
            if stage in stages.OVER:
                raise Rejected("It is closed without a close date, so it has no quarter.")
            return {"close_date": None}
        if stage not in stages.CLOSED and modified and closes < modified.date():
            notes.say("it is open past its close date")
        calendar_quarter = (closes.month - 1) // 3 + 1
        ours = self._calendar.quarter_of(closes).number
        if row["Fiscal"] == f"{closes.year} {calendar_quarter}" and calendar_quarter != ours:
            notes.say(
                "its Fiscal column follows the calendar; the quarter is that of its close date"
            )
        return {"close_date": closes}

    def _managed(self, row: Row, notes: Notes) -> dict[str, Any]:
        """What an EM keeps in the CRM, as far as the file has it."""
        fields: dict[str, Any] = {}
        if self._mapping["em"] in row.values:
            fields["engagement_manager_id"] = self._manager(row[self._mapping["em"]], notes)
        if self._mapping["confidence"] in row.values:
            fields["confidence"] = _colour(row[self._mapping["confidence"]], notes)
        if self._mapping["rationale"] in row.values:
            rationale = values.storable(row[self._mapping["rationale"]], "rationale")
            fields["confidence_rationale"] = rationale[:2_000]
        for name in VALUES:
            if self._mapping[name] in row.values:
                fields[name], _ = values.amount(row[self._mapping[name]], notes)
        return fields

    def _manager(self, text: str, notes: Notes) -> int | None:
        name = values.name(text, notes, 120, "engagement manager")
        if name.startswith("005") and len(name) in (15, 18):
            notes.say(f"the engagement manager {name} is an id; export the name")
            return None
        manager = self._people.manager("", name)
        return manager.pk if manager else None

    def _account(self, row: Row, notes: Notes) -> Account | None:
        name = row["Account.Name"]
        if row["AccountId"].strip():
            external_id = values.record_id(row["AccountId"], "001", "accounts")
            return self._accounts.identified(external_id, name, notes)
        account = self._accounts.named(name, notes)
        if account is None:
            notes.say("there is no account")
        return account


def _id(row: Row) -> str:
    """The opportunity's id. Titles and footers of reports have none, and fewer columns."""
    try:
        return values.record_id(row["Id"], "006", "opportunities")
    except Rejected:
        if row.missing:
            said = next(filter(None, row.cells), "")[:60]
            raise Rejected(f"A title or footer of the report, skipped: {said}") from None
        raise


def _check_flags(row: Row, stage: Stage, notes: Notes) -> None:
    """The flags only check what the stage says."""
    for column, true in (("IsClosed", stage in stages.CLOSED), ("IsWon", stage == Stage.WON)):
        if column in row.values and values.flag(row[column], notes, column) != true:
            notes.say(f"{column} disagrees with the stage; the stage counts")
    if stage in stages.CLOSED - stages.OVER:
        notes.say(f"{stage.label} is closed, neither won nor lost")


def _amounts(row: Row, stage: Stage, notes: Notes) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    value, code = values.amount(row["Amount"], notes)
    if value is None:
        notes.say("there is no amount")
    currency = row["CurrencyIsoCode"].strip().upper() or code or "USD"
    if currency != "USD":
        notes.say(f"it is in {currency}, which is not added to other currencies")
    fields |= {"amount": value, "currency": currency[:3]}
    if "ExpectedRevenue" in row.values:
        fields["expected_revenue"], _ = values.amount(row["ExpectedRevenue"], notes)
    if "Probability" in row.values:
        fields["probability"] = _percent(row["Probability"], notes)
    if row["PushCount"].strip():
        fields["push_count"] = _pushes(row["PushCount"], notes)
    category = row["ForecastCategoryName"] or row["ForecastCategory"]
    if found := CATEGORIES.get(values.key(category).replace(" ", "")):
        fields["forecast_category"] = found
    return fields


def _pushes(text: str, notes: Notes) -> int:
    number, _ = values.amount(text, notes)
    return min(max(int(number or 0), 0), 32_767)


def _percent(text: str, notes: Notes) -> Decimal | None:
    number, _ = values.amount(text.strip().removesuffix("%"), notes)
    if number is not None and not 0 <= number <= 100:
        notes.say(f"the probability {text} is no percentage; it was left out")
        return None
    return number


def _texts(row: Row, notes: Notes) -> dict[str, str]:
    fields = {"name": values.name(row["Name"], notes, 200, "name") or row["Id"]}
    fields["owner"] = values.storable(row["Owner.Name"] or row["OwnerId"], "owner")[:120]
    for column, (field, most) in TEXTS.items():
        if column in row.values:
            fields[field] = values.storable(row[column], field)[:most]
    return fields


def _colour(text: str, notes: Notes) -> Confidence:
    word = text.strip().lower()
    if word and word not in COLOURS:
        notes.say(f"the confidence {text[:20]} is no colour; it was read as Grey")
    return COLOURS.get(word, Confidence.GREY)


def _records(page: Any, judge: Judge) -> Iterator[Row]:
    """The records of a REST query's answer, as rows of text."""
    records = page.get("records") if isinstance(page, dict) else page
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise FileRefused("This is not the answer to a query for opportunities.")
    if not all(set(REQUIRED) <= each.keys() for each in records):
        raise FileRefused(f"The query asks for too little: {', '.join(REQUIRED)} are needed.")
    for number, record in enumerate(records, 1):
        judge.report.read += 1
        yield Row(number, 0, dict(flat(record)))
    if isinstance(page, dict) and page.get("done") is False:
        judge.remark("The answer goes on in another page.")


def flat(record: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for name, value in record.items():
        if isinstance(value, dict) and not prefix:
            yield from flat(value, f"{name}.")
        elif not isinstance(value, dict | list):
            yield prefix + name, _as_text(value)


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _customer(row: Row) -> Customer:
    external_id = values.record_id(row["Id"], "001", "accounts")
    facts: dict[str, Any] = {"sector": row["Industry"][:80], "country": row["BillingCountry"][:80]}
    if row["NumberOfEmployees"].isdecimal():
        facts["employees"] = min(int(row["NumberOfEmployees"]), 2**31 - 1)
    return Customer(row["Name"], external_id, facts)

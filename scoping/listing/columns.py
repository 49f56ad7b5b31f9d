"""The columns a list of issues can have: each knows its words, its fields and its order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from typing import Any

import django_tables2 as tables
from django.db.models import Case, IntegerField, Value, When
from django.db.models.fields.json import KT
from django.utils.timezone import localdate

from emdesk.money import Money
from emdesk.sla.chips import chip_in_brief
from scoping.card_markup import address
from scoping.cards import brief
from scoping.states import CloseReason, EmStatus, Outcome, Service, State

Row = Mapping[str, Any]
STATE_ORDER = Case(
    *(When(state=state, then=Value(place)) for place, state in enumerate(State)),
    output_field=IntegerField(),
)


@dataclass(frozen=True)
class Moment:
    """When a list is looked at."""

    at: datetime
    today: date


class IssueColumn(tables.Column):  # type: ignore[misc]
    """``needs`` are the fields a row must bring, ``terms`` what it is sorted by, if it can be."""

    css = ""
    falls = False  # whether the order falls where its terms rise

    def __init__(self, title: str, *needs: str, terms: tuple[Any, ...] | None = None) -> None:
        super().__init__(verbose_name=title, orderable=terms != (), empty_values=())
        self.title, self.needs = title, needs
        self.terms = needs[:1] if terms is None else terms

    def plain(self, row: Row, moment: Moment) -> Any:
        """The cell of a file."""
        return row[self.needs[0]]

    def words(self, row: Row, moment: Moment) -> str:
        """The cell of the page, in plain text."""
        value = self.plain(row, moment)
        return "" if value is None else str(value)

    def markup(self, row: Row, moment: Moment) -> str:
        return escape(self.words(row, moment))

    @property
    def heads(self) -> list[str]:
        """Over its cells in a file."""
        return [self.title]

    def cells(self, row: Row, moment: Moment) -> list[Any]:
        return [self.plain(row, moment)]


class Chosen(IssueColumn):
    """One of some words."""

    def __init__(self, title: str, need: str, choices: Any) -> None:
        super().__init__(title, need)
        self.spelled = dict(choices)

    def plain(self, row: Row, moment: Moment) -> str:
        value = row[self.needs[0]]
        return str(self.spelled.get(value, value))


class Several(IssueColumn):
    """A list of words."""

    def __init__(self, title: str, need: str, choices: Any = ()) -> None:
        super().__init__(title, need, terms=())
        self.spelled = dict(choices)

    def plain(self, row: Row, moment: Moment) -> str:
        return ", ".join(str(self.spelled.get(each, each)) for each in row[self.needs[0]])


class Flag(IssueColumn):
    def plain(self, row: Row, moment: Moment) -> str:
        return "Yes" if row[self.needs[0]] else ""


class Day(IssueColumn):
    css = "number"

    def plain(self, row: Row, moment: Moment) -> date | None:
        value = row[self.needs[0]]
        return localdate(value) if isinstance(value, datetime) else value

    def words(self, row: Row, moment: Moment) -> str:
        day = self.plain(row, moment)
        return f"{day.day} {day:%b %Y}" if day else ""


class Due(Day):
    """The day of the next step; what is overdue says so."""

    def markup(self, row: Row, moment: Moment) -> str:
        day, words = row["next_step_date"], self.words(row, moment)
        late = day and day < moment.today and row["state"] != State.CLOSED
        return f'<span class="late">Overdue · {words}</span>' if late else words


class Clocked(IssueColumn):
    """What is left of the promise that is due first."""

    css = "number"

    def plain(self, row: Row, moment: Moment) -> str:
        chip = chip_in_brief(row["clock"], moment.at)
        return f"{row['clock']['name']}: {chip.words}" if chip else ""

    def markup(self, row: Row, moment: Moment) -> str:
        chip = chip_in_brief(row["clock"], moment.at)
        return f'<span class="clk c-{chip.sign}">{self.words(row, moment)}</span>' if chip else ""


class Age(IssueColumn):
    """How long it has been in its column, in days."""

    css = "number"
    falls = True

    def plain(self, row: Row, moment: Moment) -> float:
        stay: timedelta = moment.at - row["entered_state_at"]
        return round(stay.total_seconds() / 86_400, 1)

    def words(self, row: Row, moment: Moment) -> str:
        return brief(self.plain(row, moment))


class Worth(IssueColumn):
    """An amount in its own currency, which a file gives a column of its own."""

    css = "number"

    @property
    def heads(self) -> list[str]:
        return [self.title, "Currency"]

    def cells(self, row: Row, moment: Moment) -> list[Any]:
        value = row["expected_value"]
        return [value, "" if value is None else row["currency"]]

    def words(self, row: Row, moment: Moment) -> str:
        value = row["expected_value"]
        return "" if value is None else str(Money(value, row["currency"])).removesuffix(".00")


class Reference(IssueColumn):
    def plain(self, row: Row, moment: Moment) -> str:
        return f"PS-{row['pk']}"

    def markup(self, row: Row, moment: Moment) -> str:
        return f'<a href="{address().format(row["pk"])}">PS-{row["pk"]}</a>'


class InState(Chosen):
    def __init__(self, title: str) -> None:
        super().__init__(title, "state", State.choices)
        self.terms = (STATE_ORDER,)

    def markup(self, row: Row, moment: Moment) -> str:
        state = row["state"]
        return f'<i class="st s-{state}"></i> {self.spelled[state]}'


class Segmented(IssueColumn):
    def words(self, row: Row, moment: Moment) -> str:
        return (row[self.needs[0]] or "").replace("_", " ")


COLUMNS: dict[str, IssueColumn] = {
    "reference": Reference("Issue", "pk"),
    "account": IssueColumn("Account", "account__name"),
    "title": IssueColumn("Title", "title"),
    "state": InState("State"),
    "em": IssueColumn("EM", "engagement_manager__name"),
    "segment": Segmented("Segment", "segment__name"),
    "territory": IssueColumn("Territory", "account__sales_territory__name"),
    "value": Worth("Value", "expected_value", "currency"),
    "next_step": IssueColumn("Next step", "next_step"),
    "due": Due("Due", "next_step_date", "state"),
    "status": Chosen("EM status", "em_status", [("", ""), *EmStatus.choices]),
    "clock": Clocked("Clock", "clock", terms=(KT("clock__due"),)),
    "age": Age("In column", "entered_state_at"),
    "created": Day("Created", "created_at"),
    "outcome": Chosen("Outcome", "outcome", [("", ""), *Outcome.choices]),
    "quarter": IssueColumn("Close quarter", "close_quarter"),
    "reason": Chosen("Close reason", "close_reason", [("", ""), *CloseReason.choices]),
    "labels": Several("Labels", "free_labels"),
    "services": Several("Services", "services", Service.choices),
    "requester": IssueColumn("Requester", "requester__name"),
    "public_sector": Flag("Public sector", "public_sector"),
    "calculator": Flag("Services Calculator", "services_calculator"),
    "current_state": IssueColumn("Current state", "current_state"),
    "opportunity": IssueColumn("Opportunity", "opportunity__name"),
    "close_date": Day("Close date", "opportunity__close_date"),
    "architect": IssueColumn("Architect", "technical_architect__name"),
    "delivery": IssueColumn("Delivery manager", "delivery_manager__name"),
    "project_manager": IssueColumn("Project manager", "project_manager__name"),
    "review": Day("Review date", "review_date"),
}
SHOWN = (
    *("account", "title", "state", "em", "segment", "value"),
    *("next_step", "due", "status", "age"),
)
ALWAYS = ("pk", "moves", "engagement_manager_id")

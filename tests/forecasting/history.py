"""A desk whose deals live: every deed that changes a deal, by its own door, at random."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from emdesk.configuration.values import set_value
from emdesk.ledger.models import Event
from emdesk.ledger.recording import carrying
from emdesk.people.models import Role
from emdesk.workflow import Refused
from scoping.deals import amend_deal, create_deal
from scoping.imports.deals import Deal, Deals
from scoping.imports.report import Judge
from scoping.imports.undoing import undo
from scoping.judging import confirm, take_back
from scoping.models import ImportRun, Opportunity, Stage, Step
from tests.factories import make_account, make_issue, make_segment, make_user

BEGIN = datetime(2026, 1, 12, 9, tzinfo=UTC)
STAGES = [str(stage) for stage in Stage]
COLOURS = ["grey", "red", "amber", "green"]
CURRENCIES = ["USD", "EUR", "GBP", "SEK"]
MONEY: list[Decimal | None] = [None, *map(Decimal, ("0", "100", "2500.50", "33333.33"))]


class History:
    """``live`` is told of each day that ends, before anything of the next one happens."""

    def __init__(self, seed: int, live: Callable[[date], None]) -> None:
        self.chance, self.live, self.at = Random(seed), live, BEGIN  # noqa: S311
        self.lead = make_user(Role.EM_LEAD, Role.EM)
        self.people = [self.lead, make_user()]
        self.segments = [make_segment(name) for name in ("Ent_EMEA", "MM_East", "SMB")]
        self.account = make_account()
        self.runs: list[ImportRun] = []
        self.names = 0

    def go_on(self, days: int, deeds: int = 12) -> None:
        for _ in range(days):
            day = self.at.date()
            for _ in range(deeds):
                self.at += timedelta(minutes=self.chance.randint(1, 40))
                self.do_something()
            self.live(day)
            self.at = datetime.combine(day + timedelta(days=1), BEGIN.timetz())

    def do_something(self) -> None:
        deed = self.chance.choice(self._deeds)
        deed()

    @property
    def _deeds(self) -> list[Callable[[], None]]:
        return [
            *[self.create] * 2,
            *[self.amend] * 8,
            *[self.take_back, self.confirm, self.bring_in, self.bring_in, self.undo_import],
            *[self.set_rates, self.rename, self.set_weight],
        ]

    def day(self) -> date:
        return self.at.date() + timedelta(days=self.chance.randint(-40, 150))

    def a_deal(self) -> Opportunity | None:
        return self.chance.choice([*Opportunity.objects.order_by("pk"), None])

    def create(self) -> None:
        issue = make_issue(
            at=self.at,
            engagement_manager=self.chance.choice(self.people),
            segment=self.chance.choice([*self.segments, None]),
            account=self.account,
        )
        fields = {"amount": self.chance.choice(MONEY), "currency": self.chance.choice(CURRENCIES)}
        create_deal(issue, by=self.lead, at=self.at, name="Deal", close_date=self.day(), **fields)

    def amend(self) -> None:
        deal = self.a_deal()
        if deal is None:
            return
        said: dict[str, Any] = {
            "stage": self.chance.choice([*STAGES, "4", "5", "6"]),
            "close_date": self.day(),
            "confidence": self.chance.choice(COLOURS),
            "quoted_value": self.chance.choice(MONEY),
            "services_value": self.chance.choice(MONEY),
            "currency": self.chance.choice(CURRENCIES),
            "engagement_manager": self.chance.choice([*self.people, None]),
            "segment": self.chance.choice([*self.segments, None]),
            "office": self.chance.choice(["", "Berlin"]),
        }
        chosen = self.chance.sample(sorted(said), self.chance.randint(1, 2))
        amend_deal(deal, by=self.lead, at=self.at, **{name: said[name] for name in chosen})

    def confirm(self) -> None:
        if deal := self.a_deal():
            try:
                confirm(deal, by=self.lead, at=self.at)
            except Refused:
                return

    def take_back(self) -> None:
        last = Event.objects.filter(verb="scoping.deal_amended").order_by("-pk").first()
        deal = last and Opportunity.objects.filter(pk=last.subject_id).first()
        if last and deal:
            try:
                take_back(deal, last.number, by=self.lead, at=self.at)
            except Refused:
                return

    def bring_in(self) -> None:
        """A file of new deals and of those it brought before."""
        run = ImportRun.objects.create(by=self.lead, created_at=self.at, step=Step.DONE)
        self.names += 1
        known = [*Opportunity.objects.exclude(external_id="").values_list("external_id", flat=True)]
        ids = [f"NEW{self.names}", *self.chance.sample(known, min(2, len(known)))]
        with carrying(import_run=run.pk):
            deals = Deals("salesforce", Judge("file"), self.at)
            for number, each in enumerate(ids, 1):
                fields = {
                    "name": each,
                    "stage": self.chance.choice(STAGES),
                    "close_date": self.day(),
                    "amount": self.chance.choice(MONEY),
                    "currency": self.chance.choice(CURRENCIES),
                    "confidence": self.chance.choice(COLOURS),
                }
                deleted = self.chance.random() < 0.2
                deals.take(Deal(number, number, each, fields, deleted=deleted))
            deals.write()
        self.runs.append(run)

    def undo_import(self) -> None:
        if self.runs:
            run = self.runs.pop()
            undo(run, by=self.lead, at=self.at, heard=lambda _: None)
            run.step = Step.UNDONE
            run.save()

    def set_rates(self) -> None:
        """Sometimes for a day that is over: what was seen then was seen without it."""
        rates = {"USD": "1", "EUR": f"1.{self.chance.randint(0, 40):02}", "GBP": "1.3"}
        self._set("exchange_rates", rates)

    def set_weight(self) -> None:
        self._set("weight.amber.in_quarter", f"0.{self.chance.randint(10, 90)}")
        self._set("category.green", self.chance.choice(["commit", "best_case"]))

    def _set(self, key: str, value: Any) -> None:
        begins = self.at.date() - timedelta(days=self.chance.choice([0, 3, 30]))
        set_value(key, value, effective_from=begins, reason="New", by=self.lead, at=self.at)

    def rename(self) -> None:
        self.names += 1
        segment = self.chance.choice(self.segments)
        segment.name = f"Ent_Region{self.names}"
        segment.keep(by=self.lead, at=self.at)

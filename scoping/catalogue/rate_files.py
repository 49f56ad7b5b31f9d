"""Rate cards, and sheets of standard cost, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from emdesk.people.models import User
from scoping.catalogue.dated_files import WHY, Kind, Said
from scoping.catalogue.rating import give_card, give_sheet
from scoping.forms.rates import CostSheetForm, RateCardForm
from scoping.models import CostSheet, RateCard, ResourceRole

Amounts = frozenset[tuple[int, Decimal]]


class Cards(Kind):
    name = "card"
    head = ("Region", "Currency", "From", "Every role")
    shown = ("Region", "Currency", "From")

    def form(self, said: Said, amounts: Mapping[str, str], today: date) -> RateCardForm:
        data = {
            "region": said["Region"],
            "currency": said["Currency"].upper(),
            "effective_from": said["From"],
            "rate": said["Every role"],
            "reason": said[WHY],
        }
        return RateCardForm(today, None, {**data, **amounts})

    def give(self, form: RateCardForm, *, by: User, at: datetime) -> None:
        said = {name: form.cleaned_data[name] for name in form.base_fields}
        give_card(own_rates=form.by_role, by=by, at=at, **said)

    def there(self) -> set[Any]:
        return {
            (card.region, card.currency, card.effective_from.isoformat(), card.rate, _own(card))
            for card in RateCard.objects.prefetch_related("own_rates")
        }

    def facts(self, said: Said, amounts: Amounts) -> Any:
        region = " ".join(said["Region"].upper().split())
        key = (region, said["Currency"].upper(), said["From"])
        return (*key, Decimal(said["Every role"]), amounts)

    def rows(self, cards: Iterable[RateCard], roles: Sequence[ResourceRole]) -> Iterable[list[Any]]:
        """A line for each card; a role without a rate of its own is left empty."""
        for card in cards:
            own = dict(_own(card))
            begins = card.effective_from.isoformat()
            rates = [own.get(role.pk) for role in roles]
            yield [card.region, card.currency, begins, card.rate, *rates, card.reason]


class Sheets(Kind):
    """Average pay and benefits a year of every role: the cost of an hour follows from them."""

    name = "sheet"
    head = ("Currency", "From", "Billable hours")
    shown = head

    def form(self, said: Said, amounts: Mapping[str, str], today: date) -> CostSheetForm:
        form = CostSheetForm(today, None)
        begins = {day.isoformat(): name for name, day in form.quarters.items()}
        data = {
            "currency": said["Currency"].upper(),
            "quarter": begins.get(said["From"], said["From"]),
            "billable_hours": said["Billable hours"],
            "reason": said[WHY],
        }
        return CostSheetForm(today, None, {**data, **amounts})

    def give(self, form: CostSheetForm, *, by: User, at: datetime) -> None:
        said = {name: form.cleaned_data[name] for name in ("currency", "billable_hours", "reason")}
        begins = form.effective_from
        give_sheet(yearly=form.by_role, effective_from=begins, by=by, at=at, **said)

    def there(self) -> set[Any]:
        return {
            (each.currency, each.effective_from.isoformat(), each.billable_hours, _yearly(each))
            for each in CostSheet.objects.prefetch_related("rates")
        }

    def facts(self, said: Said, amounts: Amounts) -> Any:
        hours = Decimal(said["Billable hours"])
        return (said["Currency"].upper(), said["From"], hours, amounts)

    def rows(
        self, sheets: Iterable[CostSheet], roles: Sequence[ResourceRole]
    ) -> Iterable[list[Any]]:
        for sheet in sheets:
            yearly = dict(_yearly(sheet))
            begins, hours = sheet.effective_from.isoformat(), sheet.billable_hours
            amounts = [yearly.get(role.pk) for role in roles]
            yield [sheet.currency, begins, hours, *amounts, sheet.reason]


def _own(card: RateCard) -> Amounts:
    return frozenset((each.role_id, each.rate) for each in card.own_rates.all())


def _yearly(sheet: CostSheet) -> Amounts:
    return frozenset((each.role_id, each.yearly) for each in sheet.rates.all())


CARDS, SHEETS = Cards(), Sheets()

"""Rate cards as a table: out for a spreadsheet, and in again, looked at before anything is given."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.transaction import atomic

from emdesk.exporting import original
from emdesk.people.models import User
from scoping.catalogue.rating import give_card
from scoping.forms.rates import RateCardForm
from scoping.imports.reading import Text
from scoping.imports.report import FileRefused
from scoping.imports.tables import Row, Table
from scoping.models import RateCard, ResourceRole

HEAD = ("Region", "Currency", "From", "Every role", "Why")
MOST_CARDS, MOST_BYTES = 500, 256 * 1024


@dataclass(frozen=True)
class Planned:
    """One line of the file: a card to give, one that is there already, or what is wrong."""

    line: int
    region: str
    currency: str
    begins: str
    form: RateCardForm
    known: bool
    faults: list[str] = field(default_factory=list)


def head(roles: Sequence[ResourceRole]) -> list[str]:
    return [*HEAD[:4], *(role.name for role in roles), HEAD[4]]


def rows(cards: Iterable[RateCard], roles: Sequence[ResourceRole]) -> Iterable[list[Any]]:
    """A line for each card; a role without a rate of its own is left empty."""
    for card in cards:
        own = {each.role_id: each.rate for each in card.own_rates.all()}
        rates = [own.get(role.pk) for role in roles]
        begins = card.effective_from.isoformat()
        yield [card.region, card.currency, begins, card.rate, *rates, card.reason]


def read(content: str, today: date) -> list[Planned]:
    """What each line would do; ``FileRefused`` when it is no such table."""
    if len(content.encode(errors="replace")) > MOST_BYTES:
        raise FileRefused(f"The file has more than {MOST_BYTES // 1024} KB. Split it.")
    raw: Any = io.BytesIO(content.encode("utf-8", errors="replace"))
    table = Table(Text(io.BufferedReader(raw)), HEAD)
    roles = {role.name: role for role in ResourceRole.objects.filter(is_active=True)}
    _insist_on_columns(table.columns, roles)
    there = {_facts_of(card) for card in RateCard.objects.prefetch_related("own_rates")}
    found: list[Planned] = []
    for row in table:
        if row.blank:
            continue
        if len(found) == MOST_CARDS:
            raise FileRefused(f"More than {MOST_CARDS} cards. Split the file.")
        found.append(_planned(row, roles, there, today))
    if not found:
        raise FileRefused("The file holds no card below its first line.")
    return found


def give(planned: Iterable[Planned], *, by: User, at: datetime) -> int:
    """All the cards that are not there yet, or none; how many they were."""
    given = 0
    with atomic():
        for each in planned:
            if each.known:
                continue
            said = {name: each.form.cleaned_data[name] for name in each.form.base_fields}
            give_card(own_rates=each.form.by_role, by=by, at=at, **said)
            given += 1
    return given


def _insist_on_columns(columns: Sequence[str], roles: dict[str, ResourceRole]) -> None:
    strange = [name for name in columns if name and name not in (*HEAD, *roles)]
    if strange:
        known = ", ".join(roles)
        raise FileRefused(f"There is no role “{strange[0][:40]}”. The roles are {known}.")


def _planned(row: Row, roles: dict[str, ResourceRole], there: set[Any], today: date) -> Planned:
    said = {name: original(row[name]).strip() for name in (*HEAD, *roles)}
    data = {
        "region": said["Region"],
        "currency": said["Currency"].upper(),
        "effective_from": said["From"],
        "rate": said["Every role"],
        "reason": said["Why"],
        **{f"role_{role.pk}": said[name] for name, role in roles.items()},
    }
    form = RateCardForm(today, None, data)
    form.full_clean()
    known = _facts(said, roles) in there
    faults = [] if known else _faults(row, form)
    region, currency, begins = (said[name] for name in HEAD[:3])
    return Planned(row.line, region, currency, begins, form, known, faults)


def _faults(row: Row, form: RateCardForm) -> list[str]:
    if row.broken or row.missing or row.extra:
        return [row.broken or "This line has not as many cells as the first."]
    return [
        f"{form.fields[name].label or name.replace('_', ' ').capitalize()}: {fault}"
        for name, faults in form.errors.items()
        for fault in faults
    ]


def _facts(said: dict[str, str], roles: dict[str, ResourceRole]) -> Any:
    """What makes a card of the file the same as one that is there; None when it is no card."""
    try:
        rates = {role.pk: Decimal(said[name]) for name, role in roles.items() if said[name]}
        key = (" ".join(said["Region"].upper().split()), said["Currency"].upper(), said["From"])
        return (*key, Decimal(said["Every role"]), frozenset(rates.items()))
    except ArithmeticError:
        return None


def _facts_of(card: RateCard) -> Any:
    own = frozenset((each.role_id, each.rate) for each in card.own_rates.all())
    return (card.region, card.currency, card.effective_from.isoformat(), card.rate, own)

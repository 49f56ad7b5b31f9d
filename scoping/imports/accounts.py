"""Accounts by CRM id or by name: found when they are here, made when they are not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from emdesk.ledger.models import Event, Origin
from emdesk.ledger.recording import append, event_of
from scoping.imports import values
from scoping.imports.values import Notes
from scoping.models import Account

FACTS = ("employees", "sector", "country")
LONGEST = 200
IMPORTED = "scoping.account_imported"


@dataclass
class Customer:
    """What a file says about an account. Facts it does not speak of are left alone."""

    name: str
    external_id: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


class Accounts:
    """Every account here, and what companion files know about those to come.

    What was made and completed is told to the ledger by :meth:`tell`, all at once.
    """

    def __init__(self, at: datetime, known: list[Customer] | None = None) -> None:
        self._at = at
        self._events: list[Event] = []
        self._by_id: dict[str, Account] = {}
        self._by_name: dict[str, Account] = {}
        self._known = {
            customer.external_id or values.key(customer.name): customer for customer in known or []
        }
        for account in Account.objects.order_by("-pk"):
            self._remember(account)

    def named(self, text: str, notes: Notes) -> Account | None:
        """The account a cell names, in whatever capitals; None when the cell is blank."""
        name = values.name(text, notes, LONGEST, "account")
        if not name:
            return None
        account = self._by_name.get(values.key(name))
        if account and account.name != name:
            notes.say(f"the account is spelled {account.name} here")
        return account or self._made(Customer(name))

    def identified(self, external_id: str, name: str, notes: Notes) -> Account:
        """The account of this CRM id; without a name to be had, the id stands for it."""
        known = self._known.get(external_id)
        said = (known and known.name) or name
        account = self._by_id.get(external_id)
        if account is None and said:
            account = self._unclaimed(said)
        if account is None:
            spelled = values.name(said, notes, LONGEST, "account") or external_id
            return self._made(Customer(spelled, external_id))
        self._claim(account, external_id, said)
        return account

    def starting(self, title: str) -> Account | None:
        """The account whose name a title begins with, the longest if several do."""
        words = values.key(title).split(" ")
        starts = (" ".join(words[:count]) for count in range(len(words), 0, -1))
        return next((self._by_name[start] for start in starts if start in self._by_name), None)

    def _unclaimed(self, name: str) -> Account | None:
        """An account of this name that no id of the CRM belongs to yet."""
        account = self._by_name.get(values.key(name))
        return account if account and not account.external_ids else None

    def _claim(self, account: Account, external_id: str, name: str) -> None:
        changed: dict[str, Any] = {}
        if external_id not in account.external_ids:
            changed["external_ids"] = [*account.external_ids, external_id]
        if name and account.name == external_id:
            changed["name"] = values.name(name, Notes(), LONGEST, "account")
        if changed:
            self._change(account, changed)
            self._remember(account)

    def _made(self, customer: Customer) -> Account:
        known = self._known.get(customer.external_id or values.key(customer.name), customer)
        account = Account(name=customer.name, **known.facts)
        account.external_ids = [customer.external_id] if customer.external_id else []
        account.save(force_insert=True)
        self._note(account, created=True)
        self._remember(account)
        return account

    def _change(self, account: Account, fields: dict[str, Any]) -> None:
        changed = {name: [getattr(account, name), value] for name, value in fields.items()}
        for name, value in fields.items():
            setattr(account, name, value)
        account.save(update_fields=list(fields))
        self._note(account, changed=changed)

    def _note(self, account: Account, **data: Any) -> None:
        at, origin = self._at, Origin.IMPORT
        self._events.append(event_of(account, IMPORTED, by=None, at=at, origin=origin, **data))

    def tell(self) -> None:
        """Write what happened to accounts since it was last told."""
        if self._events:
            append(self._events)
            self._events = []

    def complete(self) -> None:
        """Give accounts that are here what a companion file knows and they lack."""
        for known in self._known.values():
            account = self._by_id.get(known.external_id) or self._by_name.get(
                values.key(known.name)
            )
            lacking = [
                fact for fact in known.facts if account and getattr(account, fact) in ("", None)
            ]
            if account and lacking:
                self._change(account, {fact: known.facts[fact] for fact in lacking})

    def _remember(self, account: Account) -> None:
        self._by_name[values.key(account.name)] = account
        self._by_id |= dict.fromkeys(account.external_ids, account)

"""Raising an issue: whose customer it is, whether somebody asked already, and all of it at once.

Source: domain.md §2.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import atomic

from emdesk.ledger.recording import record
from emdesk.people.models import User
from scoping import rules
from scoping.facts import answer_all
from scoping.models import Account, Opportunity, Question, ScopingIssue, Source
from scoping.scheduling import begin

TITLE = " - Scope Issue and Write SOW"
SUFFIXES = {"inc", "llc", "ltd", "limited", "gmbh", "ag", "corp", "corporation", "co", "plc", "sa"}
OFFERED = 8


@dataclass(frozen=True)
class Request:
    """What somebody asks for. ``account`` empty: a new customer called ``customer``."""

    customer: str
    account: Account | None
    answers: Mapping[Question, str] = field(default_factory=dict)
    source: str = Source.CALCULATOR
    opportunity_link: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def known_accounts(user: User) -> QuerySet[Account]:
    """The accounts a person may be shown: all, or those of the issues they see."""
    if rules.sees_every_issue(user):
        return Account.objects.all()
    seen = ScopingIssue.objects.visible_to(user)
    return Account.objects.filter(pk__in=seen.values("account"))


def own_accounts(user: User) -> QuerySet[Account]:
    """Those of the issues a person asked for or works, to be offered first."""
    own = ScopingIssue.objects.filter(requester=user) | ScopingIssue.objects.worked_by(user)
    return Account.objects.filter(pk__in=own.values("account"))


def named(customer: str, user: User) -> list[Account]:
    """The accounts of exactly this name, whatever the case.

    Of several, those the person may be shown; if they know none, the oldest: the desk sorts it.
    """
    found = list(Account.objects.filter(name__iexact=customer).order_by("pk"))
    if len(found) < 2 or rules.sees_every_issue(user):
        return found
    known = set(known_accounts(user).filter(name__iexact=customer).values_list("pk", flat=True))
    return [each for each in found if each.pk in known] or found[:1]


def similar(customer: str, user: User) -> list[Account]:
    """Accounts one may have meant: their name holds the first word that is no legal form."""
    words = [word for word in customer.split() if word.casefold().strip(".,") not in SUFFIXES]
    if not words or len(words[0]) < 3:
        return []
    found = known_accounts(user).filter(name__icontains=words[0]).exclude(name__iexact=customer)
    return list(found.order_by("name", "pk")[:OFFERED])


def asked_already(account: Account, user: User) -> list[ScopingIssue]:
    """Live issues of the account, as far as the person may know of them."""
    if not account.is_named:
        return []
    live = ScopingIssue.objects.visible_to(user).live().filter(account=account)
    return list(live.with_people().order_by("-created_at", "-pk"))


def title_for(customer: str) -> str:
    return customer[: 200 - len(TITLE)] + TITLE


def raise_issue(asked: Request, *, by: User, at: datetime, sent_with: str) -> ScopingIssue:
    """The issue, its answers and its scheduling intake; the same one for a form sent again.

    ``sent_with`` is the form's own token; it means nothing from anybody else.
    """
    key = f"{by.pk}-{sent_with}"
    with atomic():
        _one_at_a_time(key)
        if before := raised_with(sent_with, by):
            return before
        account = asked.account or _account(asked.customer, by=by, at=at)
        facts = {"title": title_for(account.name), **asked.facts}
        issue = ScopingIssue.objects.open_issue(by=by, at=at, account=account, **facts)
        answer_all(issue, asked.answers, source=asked.source, by=by, at=at)
        begin(issue, by=by, at=at, sent_with=key, opportunity_link=asked.opportunity_link)
    return issue


def raised_with(sent_with: str, by: User) -> ScopingIssue | None:
    """What this person's form with this token has made already."""
    return ScopingIssue.objects.filter(scheduling__sent_with=f"{by.pk}-{sent_with}").first()


def deal_for(external_id: str, account: Account | None, user: User) -> Opportunity | None:
    """The deal a link names, if it is this customer's and the person may see it anyway."""
    if not (external_id and account):
        return None
    deals = Opportunity.objects.visible_to(user).filter(external_id=external_id, account=account)
    return deals.filter(deleted=False).first()


def _account(customer: str, *, by: User, at: datetime) -> Account:
    """The account of this name, made if there is none; two who ask at once get the same."""
    _one_at_a_time(customer.casefold())
    found = Account.objects.filter(name__iexact=customer).order_by("pk").first()
    if found:
        return found
    account = Account.objects.create(name=customer)
    record(account, "scoping.account_added", by=by, at=at, name=customer)
    return account


def _one_at_a_time(name: str) -> None:
    """Whoever says the same name waits until this transaction is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])

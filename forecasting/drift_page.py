"""The page of drift: pairs that disagree by account owner, each with one drafted message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from django.db.models import Count, DurationField, F, Q
from django.utils.timezone import localdate

from emdesk.money import Money
from emdesk.notifications.writing import absolute
from emdesk.people.models import User
from forecasting.drift import Told, disagreeing, flag
from forecasting.drift_rules import Rule, Rules, rules_on
from forecasting.models import Drift
from scoping.models import Opportunity, ScopingIssue
from scoping.percentile import Percentile

LATELY = timedelta(days=90)
MOST_IN_MAIL = 1_800  # of an address; some programs cut off what is longer
TOOK: DurationField[Any, Any] = DurationField()


@dataclass(frozen=True)
class Pair:
    """An issue that disagrees with its deal, by which rules, and since when as far as is known."""

    issue: Any
    rules: Sequence[tuple[Rule, datetime | None]]

    @property
    def deal(self) -> Opportunity:
        found: Opportunity = self.issue.opportunity
        return found

    @property
    def in_crm(self) -> str:
        booked = self.issue.crm_amount
        amount = "no amount" if booked is None else Money(booked, self.deal.currency).short
        closes = self.deal.close_date
        dated = f"closes {closes:%-d %b %Y}" if closes else "no close date"
        return f"{self.deal.get_stage_display()}, {dated}, {amount}"

    @property
    def on_desk(self) -> str:
        value = self.issue.value
        amount = value.short if value else "no value"
        return f"{self.issue.get_state_display()}, {self.deal.get_confidence_display()}, {amount}"

    @property
    def since(self) -> datetime | None:
        return min((since for _, since in self.rules if since), default=None)


@dataclass(frozen=True)
class Owner:
    """Somebody in the CRM, and the one message that would set their deals right."""

    name: str
    email: str
    sender: str
    pairs: list[Pair] = field(default_factory=list)

    @property
    def subject(self) -> str:
        one = len(self.pairs) == 1
        return f"{'One opportunity' if one else f'{len(self.pairs)} opportunities'} to set right"

    @property
    def message(self) -> str:
        """Plain text: for each deal what stands where, and what is asked."""
        told = [self._of(pair) for pair in self.pairs]
        return "\n\n".join([*self._greeting, *told, f"Thank you,\n{self.sender}"])

    @property
    def mailto(self) -> str:
        """The message as an address; a long one with the names of the deals alone."""
        for body in (self.message, self._short):
            found = f"mailto:{quote(self.email)}?" + urlencode(
                {"subject": self.subject, "body": body.replace("\n", "\r\n")}, quote_via=quote
            )
            if len(found) <= MOST_IN_MAIL:
                return found
        return f"mailto:{quote(self.email)}?" + urlencode(
            {"subject": self.subject}, quote_via=quote
        )

    @property
    def _greeting(self) -> list[str]:
        first = self.name.split()[0] if self.name else "there"
        return [
            f"Hello {first},",
            "what the CRM says of these deals is not what our scoping says. Could you have a look?",
        ]

    @property
    def _short(self) -> str:
        names = "\n".join(f"- {pair.deal.name}" for pair in self.pairs)
        return "\n\n".join([*self._greeting, names, f"Thank you,\n{self.sender}"])

    def _of(self, pair: Pair) -> str:
        lines = [pair.deal.name, f"CRM: {pair.in_crm}", f"Scoping: {pair.on_desk}"]
        lines += [f"- {rule.name}: {rule.asks}" for rule, _ in pair.rules]
        return "\n".join([*lines, absolute(pair.deal.get_absolute_url())])


@dataclass(frozen=True)
class Line:
    """One rule: how many disagree by it, and how long those mended lately took."""

    rule: Rule
    count: int
    mended: int = 0
    median: timedelta | None = None
    most: timedelta | None = None


@dataclass(frozen=True)
class Look:
    """Whose pairs are looked at, by which rule, and when."""

    user: User
    at: datetime
    mine: bool = False
    rule: str = ""

    @cached_property
    def rules(self) -> Rules:
        return rules_on(localdate(self.at))

    @property
    def issues(self) -> Any:
        found = ScopingIssue.objects.visible_to(self.user)
        return found.worked_by(self.user) if self.mine else found

    @cached_property
    def pairs(self) -> Any:
        """Those that disagree by the chosen rule, or by any."""
        found = disagreeing(self.issues, self.rules, localdate(self.at))
        names = [rule.name for rule in self.rules]
        return found.filter(**{flag(names.index(self.rule)): True}) if self.rule in names else found

    def owners(self) -> Any:
        """Names of account owners, the one with most to do first."""
        rows = self.pairs.order_by().values("opportunity__owner").annotate(n=Count("pk"))
        return rows.order_by("-n", "opportunity__owner")

    def of(self, names: Sequence[str]) -> list[Owner]:
        """What these owners are asked, in this order; in a fixed number of queries."""
        rows = self.pairs.filter(opportunity__owner__in=names).order_by("opportunity__name", "pk")
        issues = list(rows.select_related("account", "opportunity", "engagement_manager"))
        begun = Drift.objects.under_way().filter(issue__in=[issue.pk for issue in issues])
        since = {
            Told(issue, rule): at
            for issue, rule, at in begun.values_list("issue", "rule", "began_at")
        }
        known = User.objects.active().filter(name__in=names).values_list("name", "email")
        mails = dict(known)
        found = {name: Owner(name, mails.get(name, ""), self.user.name) for name in names}
        for issue in issues:
            found[issue.opportunity.owner].pairs.append(Pair(issue, self._broken(issue, since)))
        return list(found.values())

    def _broken(
        self, issue: Any, since: dict[Told, datetime]
    ) -> list[tuple[Rule, datetime | None]]:
        return [
            (rule, since.get(Told(issue.pk, rule.name)))
            for place, rule in enumerate(self.rules)
            if getattr(issue, flag(place))
        ]

    def lines(self) -> list[Line]:
        """Every rule with what disagrees now and what was mended lately."""
        everything = disagreeing(self.issues, self.rules, localdate(self.at))
        counted = everything.aggregate(
            **{
                f"n{place}": Count("pk", filter=Q(**{flag(place): True}))
                for place in range(len(self.rules))
            }
        )
        took = F("ended_at") - F("began_at")
        rows = (
            self.mended()
            .order_by()
            .values("rule")
            .annotate(
                n=Count("pk"),
                median=Percentile(took, 0.5, TOOK),
                most=Percentile(took, 0.85, TOOK),
            )
        )
        fixed = {row["rule"]: (row["n"], row["median"], row["most"]) for row in rows}
        return [
            Line(rule, counted[f"n{place}"], *fixed.get(rule.name, ()))
            for place, rule in enumerate(self.rules)
        ]

    def mended(self) -> Any:
        """What was mended in the last ninety days."""
        found = Drift.objects.filter(issue__in=self.issues, mended=True)
        return found.filter(ended_at__gt=self.at - LATELY, ended_at__lte=self.at)
